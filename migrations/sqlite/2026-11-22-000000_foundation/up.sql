-- Every table that belongs to an organisation has the key (organisation_id, id), and foreign keys carry both.

CREATE TABLE organisations (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  synthetic BOOLEAN NOT NULL,
  created_at TEXT NOT NULL
);

CREATE TABLE teams (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, id),
  UNIQUE (organisation_id, name)
);

CREATE TABLE questionnaires (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  slug TEXT NOT NULL,
  version INTEGER NOT NULL,
  title TEXT NOT NULL,
  content TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  published_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, id),
  UNIQUE (organisation_id, slug, version)
);

CREATE TABLE vacancies (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  title TEXT NOT NULL,
  questionnaire_id TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, questionnaire_id) REFERENCES questionnaires (organisation_id, id)
);

CREATE TABLE candidates (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  vacancy_id TEXT NOT NULL,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, id),
  UNIQUE (organisation_id, vacancy_id, email),
  FOREIGN KEY (organisation_id, vacancy_id) REFERENCES vacancies (organisation_id, id)
);

CREATE TABLE invitations (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  candidate_id TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  revoked_at TEXT,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, candidate_id) REFERENCES candidates (organisation_id, id)
);
CREATE INDEX invitations_candidate ON invitations (organisation_id, candidate_id);

CREATE TABLE sittings (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  candidate_id TEXT NOT NULL,
  questionnaire_id TEXT NOT NULL,
  consented_at TEXT NOT NULL,
  finished_at TEXT,
  withdrawn_at TEXT,
  PRIMARY KEY (organisation_id, id),
  UNIQUE (organisation_id, candidate_id),
  FOREIGN KEY (organisation_id, candidate_id) REFERENCES candidates (organisation_id, id),
  FOREIGN KEY (organisation_id, questionnaire_id) REFERENCES questionnaires (organisation_id, id)
);
CREATE INDEX sittings_finished ON sittings (organisation_id, questionnaire_id, finished_at);

-- Append-only: a changed mind is a new row with a higher client sequence; the newest counts.
CREATE TABLE answers (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  sitting_id TEXT NOT NULL,
  item TEXT NOT NULL,
  client_sequence BIGINT NOT NULL,
  value INTEGER NOT NULL,
  answered_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, sitting_id, item, client_sequence),
  FOREIGN KEY (organisation_id, sitting_id) REFERENCES sittings (organisation_id, id)
);

CREATE TABLE scores (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  sitting_id TEXT NOT NULL,
  composite DOUBLE NOT NULL,
  composite_se DOUBLE NOT NULL,
  content TEXT NOT NULL,
  scored_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, sitting_id) REFERENCES sittings (organisation_id, id)
);
CREATE INDEX scores_sitting ON scores (organisation_id, sitting_id);

CREATE TABLE reliabilities (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  questionnaire_id TEXT NOT NULL,
  sittings INTEGER NOT NULL,
  content TEXT NOT NULL,
  measured_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, questionnaire_id) REFERENCES questionnaires (organisation_id, id)
);

CREATE TABLE decisions (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  candidate_id TEXT NOT NULL,
  decision TEXT NOT NULL,
  reason TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, candidate_id) REFERENCES candidates (organisation_id, id)
);
CREATE INDEX decisions_candidate ON decisions (organisation_id, candidate_id);

CREATE TABLE agents (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  reference TEXT NOT NULL,
  name TEXT NOT NULL,
  team_id TEXT,
  candidate_id TEXT,
  hired_at TEXT,
  created_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, id),
  UNIQUE (organisation_id, reference),
  UNIQUE (organisation_id, candidate_id),
  FOREIGN KEY (organisation_id, team_id) REFERENCES teams (organisation_id, id),
  FOREIGN KEY (organisation_id, candidate_id) REFERENCES candidates (organisation_id, id)
);

CREATE TABLE people (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  agent_id TEXT,
  failed_attempts INTEGER NOT NULL,
  locked_until TEXT,
  created_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, id),
  UNIQUE (organisation_id, agent_id),
  FOREIGN KEY (organisation_id, agent_id) REFERENCES agents (organisation_id, id)
);

CREATE TABLE tokens (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  family_id TEXT NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  used_at TEXT,
  revoked_at TEXT,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id)
);
CREATE INDEX tokens_person ON tokens (organisation_id, person_id);

CREATE TABLE idempotency_keys (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  person_id TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  status INTEGER NOT NULL,
  body TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, person_id, idempotency_key),
  FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id)
);

CREATE TABLE audit_heads (
  organisation_id TEXT NOT NULL PRIMARY KEY REFERENCES organisations (id),
  sequence BIGINT NOT NULL,
  hash TEXT NOT NULL
);

-- Append-only, hash-chained. `detail` is text, not jsonb: the hash covers its exact bytes.
CREATE TABLE audit_entries (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  sequence BIGINT NOT NULL,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  object_kind TEXT NOT NULL,
  object_id TEXT NOT NULL,
  detail TEXT NOT NULL,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (organisation_id, sequence)
);

CREATE TABLE jobs (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  payload TEXT NOT NULL,
  state TEXT NOT NULL,
  run_at TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  last_error TEXT,
  created_at TEXT NOT NULL,
  finished_at TEXT,
  PRIMARY KEY (organisation_id, id)
);
CREATE INDEX jobs_due ON jobs (state, run_at);

CREATE TABLE imports (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  source TEXT NOT NULL,
  mapping TEXT NOT NULL,
  state TEXT NOT NULL,
  problem TEXT,
  rows_read BIGINT NOT NULL,
  imported BIGINT NOT NULL,
  duplicates BIGINT NOT NULL,
  rejected BIGINT NOT NULL,
  comments BIGINT NOT NULL,
  redactions BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  PRIMARY KEY (organisation_id, id)
);

-- An uploaded file in pieces, until the worker (on whichever replica) has read it.
CREATE TABLE import_chunks (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  import_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (organisation_id, import_id, position),
  FOREIGN KEY (organisation_id, import_id) REFERENCES imports (organisation_id, id)
);

CREATE TABLE import_rejections (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  import_id TEXT NOT NULL,
  row_number BIGINT NOT NULL,
  column_name TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (organisation_id, import_id, row_number),
  FOREIGN KEY (organisation_id, import_id) REFERENCES imports (organisation_id, id)
);

-- Agent and team are those of the interaction; a later move changes nothing here.
CREATE TABLE feedback (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  import_id TEXT NOT NULL,
  external_id TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  team_id TEXT,
  occurred_at TEXT NOT NULL,
  channel TEXT NOT NULL,
  issue TEXT NOT NULL,
  scale TEXT,
  score DOUBLE,
  good BOOLEAN,
  comment TEXT,
  comment_state TEXT NOT NULL,
  PRIMARY KEY (organisation_id, id),
  UNIQUE (organisation_id, external_id),
  FOREIGN KEY (organisation_id, import_id) REFERENCES imports (organisation_id, id),
  FOREIGN KEY (organisation_id, agent_id) REFERENCES agents (organisation_id, id),
  FOREIGN KEY (organisation_id, team_id) REFERENCES teams (organisation_id, id)
);
CREATE INDEX feedback_agent ON feedback (organisation_id, agent_id, occurred_at);
CREATE INDEX feedback_time ON feedback (organisation_id, occurred_at);

CREATE TABLE comment_themes (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  feedback_id TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  occurred_at TEXT NOT NULL,
  clause INTEGER NOT NULL,
  clause_text TEXT NOT NULL,
  theme TEXT NOT NULL,
  pole TEXT NOT NULL,
  words TEXT NOT NULL,
  contradicts_score BOOLEAN NOT NULL,
  taxonomy_version INTEGER NOT NULL,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, feedback_id) REFERENCES feedback (organisation_id, id),
  FOREIGN KEY (organisation_id, agent_id) REFERENCES agents (organisation_id, id)
);
CREATE INDEX comment_themes_agent ON comment_themes (organisation_id, agent_id, occurred_at);
CREATE INDEX comment_themes_time ON comment_themes (organisation_id, occurred_at);
CREATE INDEX comment_themes_feedback ON comment_themes (organisation_id, feedback_id);

CREATE TABLE plans (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  content TEXT NOT NULL,
  rules_version INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  acknowledged_at TEXT,
  agent_view TEXT,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, agent_id) REFERENCES agents (organisation_id, id)
);
CREATE INDEX plans_agent ON plans (organisation_id, agent_id);

CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only'); END;
CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only'); END;
CREATE TRIGGER answers_append_only BEFORE UPDATE ON answers
BEGIN SELECT RAISE(ABORT, 'answers is append-only'); END;
