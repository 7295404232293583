-- Other references by which files know an agent: a name before marriage, the number in another system.
CREATE TABLE agent_references (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  reference TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  added_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, reference),
  FOREIGN KEY (organisation_id, agent_id) REFERENCES agents (organisation_id, id)
);
CREATE INDEX agent_references_agent ON agent_references (organisation_id, agent_id);
