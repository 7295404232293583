-- Times in which no plan begins, of an agent, a team or everybody. Days are whole, and stand as their midnight.
CREATE TABLE freezes (
  organisation_id UUID NOT NULL REFERENCES organisations (id),
  id UUID NOT NULL,
  agent_id UUID,
  team_id UUID,
  reason TEXT NOT NULL,
  first_day TIMESTAMPTZ NOT NULL,
  last_day TIMESTAMPTZ NOT NULL,
  made_by TEXT NOT NULL,
  made_at TIMESTAMPTZ NOT NULL,
  lifted_at TIMESTAMPTZ,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, agent_id) REFERENCES agents (organisation_id, id),
  FOREIGN KEY (organisation_id, team_id) REFERENCES teams (organisation_id, id)
);
CREATE INDEX freezes_last_day ON freezes (organisation_id, last_day);
