-- Two-step sign-in: the sealed secret of each person's authenticator app, recovery codes as hashes,
-- and whether an organisation demands it.
ALTER TABLE organisations ADD COLUMN two_step_required BOOLEAN NOT NULL DEFAULT FALSE;

CREATE TABLE two_step_secrets (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  person_id TEXT NOT NULL,
  sealed_secret TEXT NOT NULL,
  created_at TEXT NOT NULL,
  -- When the first code was entered; until then the secret counts for nothing.
  confirmed_at TEXT,
  -- Step of the last code used.
  last_step BIGINT,
  PRIMARY KEY (organisation_id, person_id),
  FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id)
);

CREATE TABLE recovery_codes (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  code_hash TEXT NOT NULL,
  used_at TEXT,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id)
);
CREATE INDEX recovery_codes_person ON recovery_codes (organisation_id, person_id);
