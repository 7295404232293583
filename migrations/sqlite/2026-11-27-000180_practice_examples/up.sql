-- Themes for which an agent agreed to show praise to the team, with or without their name.
CREATE TABLE practice_examples (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  theme TEXT NOT NULL,
  named BOOLEAN NOT NULL,
  words TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, id),
  UNIQUE (organisation_id, agent_id, theme),
  FOREIGN KEY (organisation_id, agent_id) REFERENCES agents (organisation_id, id)
);
