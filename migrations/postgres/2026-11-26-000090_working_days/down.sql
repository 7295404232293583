ALTER TABLE organisations DROP COLUMN region;
ALTER TABLE organisations DROP COLUMN time_zone;
