-- How certain the polarity of a theme mention is, and the mood of the whole comment. The share of
-- older mentions that had the right polarity was about .8; the job reads their comments again.
ALTER TABLE theme_mentions ADD COLUMN probability DOUBLE PRECISION NOT NULL DEFAULT 0.8;
ALTER TABLE feedback ADD COLUMN mood TEXT;
ALTER TABLE feedback ADD COLUMN mood_probability DOUBLE PRECISION;
INSERT INTO jobs (organisation_id, id, kind, payload, state, run_at, attempts, created_at)
SELECT id, id, 'feedback.retag', '{}', 'waiting', created_at, 0, created_at
FROM organisations o
WHERE NOT EXISTS (SELECT 1 FROM jobs j WHERE j.organisation_id = o.id AND j.id = o.id);
