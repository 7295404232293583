-- Counts over a period are read from the index alone.
DROP INDEX feedback_time;
CREATE INDEX feedback_time ON feedback
  (organisation_id, occurred_at, agent_id, team_id, good, comment_state, channel, issue);
