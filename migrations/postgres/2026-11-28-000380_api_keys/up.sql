-- Keys with which programs call the API for an organisation, as hashes.
CREATE TABLE api_keys (
  organisation_id UUID NOT NULL REFERENCES organisations (id),
  id UUID NOT NULL,
  name TEXT NOT NULL,
  key_hash TEXT NOT NULL,
  -- First characters, by which people recognise a key.
  starts_with TEXT NOT NULL,
  -- Names of scopes, separated by spaces.
  scopes TEXT NOT NULL,
  created_by UUID NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL,
  last_used_at TIMESTAMPTZ,
  revoked_at TIMESTAMPTZ,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, created_by) REFERENCES people (organisation_id, id)
);
CREATE UNIQUE INDEX api_keys_hash ON api_keys (key_hash);
