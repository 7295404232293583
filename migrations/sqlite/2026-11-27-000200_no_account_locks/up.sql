-- Pauses after failed attempts belong to an account and a source together, in memory: a stranger
-- could lock the owner out of an account that is locked as a whole.
ALTER TABLE people DROP COLUMN failed_attempts;
ALTER TABLE people DROP COLUMN locked_until;
