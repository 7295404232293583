-- Why the last attempt of a job failed, for people: a message with its arguments.
ALTER TABLE jobs ADD COLUMN failure TEXT;
