-- Changes by form that wait for the next edition: one draft of the taxonomy and one of the practice
-- library for each organisation, every revision a row. A draft that was used or discarded is empty.
CREATE TABLE taxonomy_drafts (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  revision INTEGER NOT NULL,
  changes TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, revision)
);
CREATE TABLE practice_drafts (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  revision INTEGER NOT NULL,
  changes TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, revision)
);
