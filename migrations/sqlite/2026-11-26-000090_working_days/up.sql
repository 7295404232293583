-- Time zone and region of an organisation, for the dates and times of check-ins.
ALTER TABLE organisations ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC';
ALTER TABLE organisations ADD COLUMN region TEXT NOT NULL DEFAULT '';
