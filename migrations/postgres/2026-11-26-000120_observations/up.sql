-- Contacts that a coach listened to, with the behaviours that were seen in each. The day is stored as
-- its midnight.
CREATE TABLE observations (
  organisation_id UUID NOT NULL REFERENCES organisations (id),
  id UUID NOT NULL,
  agent_id UUID NOT NULL,
  observed_on TIMESTAMPTZ NOT NULL,
  channel TEXT NOT NULL,
  contact TEXT NOT NULL,
  behaviours JSONB NOT NULL,
  note TEXT NOT NULL,
  observer TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, agent_id) REFERENCES agents (organisation_id, id)
);
CREATE INDEX observations_agent ON observations (organisation_id, agent_id, observed_on);
