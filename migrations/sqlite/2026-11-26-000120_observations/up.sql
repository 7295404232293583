-- Contacts that a coach listened to, with the behaviours that were seen in each. The day is stored as
-- its midnight.
CREATE TABLE observations (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  observed_on TEXT NOT NULL,
  channel TEXT NOT NULL,
  contact TEXT NOT NULL,
  behaviours TEXT NOT NULL,
  note TEXT NOT NULL,
  observer TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, agent_id) REFERENCES agents (organisation_id, id)
);
CREATE INDEX observations_agent ON observations (organisation_id, agent_id, observed_on);
