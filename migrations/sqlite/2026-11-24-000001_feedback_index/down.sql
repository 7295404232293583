DROP INDEX feedback_time;
CREATE INDEX feedback_time ON feedback (organisation_id, occurred_at);
