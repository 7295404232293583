-- Times in which no plan begins, of an agent, a team or everybody. Days are whole, and stand as their midnight.
CREATE TABLE freezes (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  agent_id TEXT,
  team_id TEXT,
  reason TEXT NOT NULL,
  first_day TEXT NOT NULL,
  last_day TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at TEXT NOT NULL,
  lifted_at TEXT,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, agent_id) REFERENCES agents (organisation_id, id),
  FOREIGN KEY (organisation_id, team_id) REFERENCES teams (organisation_id, id)
);
CREATE INDEX freezes_last_day ON freezes (organisation_id, last_day);
