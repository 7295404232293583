DROP TABLE recovery_codes;
DROP TABLE two_step_secrets;
ALTER TABLE organisations DROP COLUMN two_step_required;
