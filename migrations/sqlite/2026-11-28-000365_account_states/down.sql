ALTER TABLE tokens ADD COLUMN revoked_at TEXT;
ALTER TABLE tokens RENAME COLUMN session_id TO family_id;
UPDATE tokens SET revoked_at = (
  SELECT own.ended_at FROM sessions AS own
  WHERE own.organisation_id = tokens.organisation_id AND own.id = tokens.family_id
);
DROP TABLE sessions;
-- The version before knows no states: whoever could not sign in must not be able to afterwards.
UPDATE people SET password_hash = '' WHERE state <> 'active';
ALTER TABLE people DROP COLUMN signed_in_at;
ALTER TABLE people DROP COLUMN state;
