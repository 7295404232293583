-- 1:1s of a coach with an agent, and the actions agreed in them. Days are stored as their midnight.
-- Private notes are read by their author only.
CREATE TABLE one_to_ones (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  author_id TEXT NOT NULL,
  author TEXT NOT NULL,
  planned_for TEXT NOT NULL,
  held_on TEXT,
  agenda TEXT NOT NULL,
  agent_agenda TEXT NOT NULL,
  shared_notes TEXT NOT NULL,
  private_notes TEXT NOT NULL,
  shared_at TEXT,
  created_at TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, agent_id) REFERENCES agents (organisation_id, id)
);
CREATE INDEX one_to_ones_agent ON one_to_ones (organisation_id, agent_id, planned_for);

CREATE TABLE one_to_one_actions (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  one_to_one_id TEXT NOT NULL,
  content TEXT NOT NULL,
  owner TEXT NOT NULL,
  due TEXT,
  done_on TEXT,
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, one_to_one_id) REFERENCES one_to_ones (organisation_id, id)
);
CREATE INDEX one_to_one_actions_one_to_one ON one_to_one_actions (organisation_id, one_to_one_id);
