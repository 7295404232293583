-- Sources of feedback: a saved mapping, and an address for signed deliveries whose secret is derived and never stored.
CREATE TABLE sources (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  mapping TEXT NOT NULL,
  generation INTEGER NOT NULL,
  made_by TEXT NOT NULL,
  made_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, id),
  UNIQUE (organisation_id, name)
);

-- A record as it was before a correction, so that undoing the correction brings it back.
CREATE TABLE feedback_versions (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  feedback_id TEXT NOT NULL,
  import_id TEXT NOT NULL,
  content TEXT NOT NULL,
  replaced_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, import_id) REFERENCES imports (organisation_id, id)
);
CREATE INDEX feedback_versions_import ON feedback_versions (organisation_id, import_id);

-- The question as it was worded: answers to another wording are another measure.
ALTER TABLE feedback ADD COLUMN wording TEXT;
CREATE INDEX feedback_import ON feedback (organisation_id, import_id);
ALTER TABLE imports ADD COLUMN corrected BIGINT NOT NULL DEFAULT 0;
ALTER TABLE imports ADD COLUMN corrects BOOLEAN NOT NULL DEFAULT FALSE;

-- Surveys sent out, so that a response rate exists.
CREATE TABLE survey_invitations (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  day TEXT NOT NULL,
  channel TEXT NOT NULL,
  invited BIGINT NOT NULL,
  PRIMARY KEY (organisation_id, day, channel)
);

-- Themes and their words, edition after edition; the newest is in force. Without one the shipped words are.
CREATE TABLE taxonomies (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  version INTEGER NOT NULL,
  source TEXT NOT NULL,
  note TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, version)
);

-- What one person read in one clause. Append-only: the newest reading of a clause is the one that counts.
CREATE TABLE codings (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  clause_key TEXT NOT NULL,
  clause_text TEXT NOT NULL,
  themes TEXT NOT NULL,
  shown TEXT NOT NULL,
  sampled_as TEXT NOT NULL,
  why TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, id)
);
CREATE INDEX codings_clause ON codings (organisation_id, clause_key);

-- Models learned from codings, edition after edition.
CREATE TABLE theme_models (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  version INTEGER NOT NULL,
  content TEXT NOT NULL,
  made_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, version)
);

-- Whether a withheld comment may be passed on after all, or one that passed may not.
CREATE TABLE moderations (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  feedback_id TEXT NOT NULL,
  released BOOLEAN NOT NULL,
  comment_key TEXT NOT NULL,
  reason TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, id)
);
CREATE INDEX moderations_feedback ON moderations (organisation_id, feedback_id);

-- What a department says of a theme that is its to mend. Append-only: the newest word is where it stands.
CREATE TABLE department_words (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  theme TEXT NOT NULL,
  status TEXT NOT NULL,
  note TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, id)
);
CREATE INDEX department_words_theme ON department_words (organisation_id, theme);

-- Figures that take long and change with imports only.
CREATE TABLE measurements (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  kind TEXT NOT NULL,
  content TEXT NOT NULL,
  measured_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, kind)
);

-- When a person last looked.
CREATE TABLE looks (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  person_id TEXT NOT NULL,
  looked_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, person_id)
);

-- Practice, edition after edition; the newest is in force. Without one the shipped library is.
CREATE TABLE practice_libraries (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  version INTEGER NOT NULL,
  source TEXT NOT NULL,
  note TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, version)
);

-- Plans of a whole team, made in the background.
CREATE TABLE plan_packs (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  team_id TEXT NOT NULL,
  state TEXT NOT NULL,
  total INTEGER NOT NULL,
  done INTEGER NOT NULL,
  plan_ids TEXT NOT NULL,
  bytes BLOB,
  made_by TEXT NOT NULL,
  made_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, team_id) REFERENCES teams (organisation_id, id)
);

CREATE TRIGGER codings_append_only BEFORE UPDATE ON codings
BEGIN SELECT RAISE(ABORT, 'codings is append-only'); END;
CREATE TRIGGER department_words_append_only BEFORE UPDATE ON department_words
BEGIN SELECT RAISE(ABORT, 'department_words is append-only'); END;
