-- How the words of an organisation's comments go with its scores, version after version. A version
-- without content says that too few comments have a score.
CREATE TABLE mood_models (
  organisation_id UUID NOT NULL REFERENCES organisations (id),
  version INTEGER NOT NULL,
  taxonomy_version INTEGER NOT NULL,
  scored_comments BIGINT NOT NULL,
  content TEXT,
  created_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (organisation_id, version)
);
