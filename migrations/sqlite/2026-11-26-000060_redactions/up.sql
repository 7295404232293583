-- Personal data that was taken out of comments, kept apart for a limited time so that administrators
-- can restore what was none.
CREATE TABLE redactions (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  feedback_id TEXT NOT NULL,
  mark TEXT NOT NULL,
  position INTEGER NOT NULL,
  original TEXT NOT NULL,
  restored BOOLEAN NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, feedback_id) REFERENCES feedback (organisation_id, id) ON DELETE CASCADE
);
CREATE INDEX redactions_feedback ON redactions (organisation_id, feedback_id);
