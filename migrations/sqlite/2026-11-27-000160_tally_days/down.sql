ALTER TABLE plans DROP COLUMN tally_shared_at;
DROP TABLE tally_days;
