-- Scorecards of quality checks, imported from files. An uploaded file waits here until its columns
-- are mapped.
CREATE TABLE qa_imports (
  organisation_id UUID NOT NULL REFERENCES organisations (id),
  id UUID NOT NULL,
  source TEXT NOT NULL,
  file BYTEA,
  mapping JSONB NOT NULL,
  rows_read BIGINT NOT NULL,
  imported BIGINT NOT NULL,
  corrected BIGINT NOT NULL,
  duplicates BIGINT NOT NULL,
  rejected BIGINT NOT NULL,
  rejections JSONB NOT NULL,
  created_by TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  imported_at TIMESTAMPTZ,
  undone_at TIMESTAMPTZ,
  PRIMARY KEY (organisation_id, id)
);
-- The result of one criterion in one checked contact. The day is stored as its midnight. A corrected
-- score names the import that replaced it, so that undoing that import restores it.
CREATE TABLE qa_scores (
  organisation_id UUID NOT NULL,
  id UUID NOT NULL,
  import_id UUID NOT NULL,
  agent_id UUID NOT NULL,
  checked_on TIMESTAMPTZ NOT NULL,
  contact TEXT NOT NULL,
  criterion TEXT NOT NULL,
  theme TEXT,
  evaluator TEXT NOT NULL,
  share DOUBLE PRECISION NOT NULL,
  met BOOLEAN NOT NULL,
  replaced_by UUID,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, import_id) REFERENCES qa_imports (organisation_id, id),
  FOREIGN KEY (organisation_id, agent_id) REFERENCES agents (organisation_id, id)
);
CREATE UNIQUE INDEX qa_scores_current ON qa_scores (organisation_id, agent_id, checked_on, contact, criterion)
  WHERE replaced_by IS NULL;
CREATE INDEX qa_scores_import ON qa_scores (organisation_id, import_id);
CREATE INDEX qa_scores_replaced ON qa_scores (organisation_id, replaced_by);
CREATE INDEX qa_scores_day ON qa_scores (organisation_id, checked_on);
