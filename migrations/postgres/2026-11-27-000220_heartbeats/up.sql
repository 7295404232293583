-- One row that is written again and again, to see whether the database takes writes. It belongs to
-- no organisation.
CREATE TABLE heartbeats (
    name TEXT NOT NULL PRIMARY KEY,
    beat_at TIMESTAMPTZ NOT NULL
);
