-- Accounts can be suspended and closed. A session has a row of its own, on which its tokens depend:
-- ending it ends them.
ALTER TABLE people ADD COLUMN state TEXT NOT NULL DEFAULT 'active';
ALTER TABLE people ADD COLUMN signed_in_at TIMESTAMPTZ;
CREATE TABLE sessions (
  organisation_id UUID NOT NULL REFERENCES organisations (id),
  id UUID NOT NULL,
  person_id UUID NOT NULL,
  kind TEXT NOT NULL,
  device TEXT NOT NULL,
  started_at TIMESTAMPTZ NOT NULL,
  last_used_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL,
  ended_at TIMESTAMPTZ,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id)
);
CREATE INDEX sessions_person ON sessions (organisation_id, person_id);
INSERT INTO sessions (organisation_id, id, person_id, kind, device, started_at, last_used_at,
  expires_at, ended_at)
SELECT organisation_id, family_id, person_id, MIN(kind), '', MIN(created_at), MAX(created_at),
  MAX(expires_at), MAX(revoked_at)
FROM tokens
GROUP BY organisation_id, family_id, person_id;
UPDATE people SET signed_in_at = (
  SELECT MAX(own.started_at) FROM sessions AS own
  WHERE own.organisation_id = people.organisation_id AND own.person_id = people.id
);
ALTER TABLE tokens RENAME COLUMN family_id TO session_id;
ALTER TABLE tokens DROP COLUMN revoked_at;
