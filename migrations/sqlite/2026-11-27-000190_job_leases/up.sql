-- The claim under which a job runs. Only the worker that made it may renew, finish or fail the job.
ALTER TABLE jobs ADD COLUMN lease TEXT;
