-- The rules of reading have changed: the job reads every comment again. An earlier upgrade may have
-- left a job under the same id.
UPDATE jobs SET state = 'waiting', run_at = created_at, attempts = 0, last_error = NULL, finished_at = NULL, lease = NULL
WHERE id = organisation_id AND kind = 'feedback.retag';
INSERT INTO jobs (organisation_id, id, kind, payload, state, run_at, attempts, created_at)
SELECT id, id, 'feedback.retag', '{}', 'waiting', created_at, 0, created_at
FROM organisations o
WHERE NOT EXISTS (SELECT 1 FROM jobs j WHERE j.organisation_id = o.id AND j.id = o.id);
