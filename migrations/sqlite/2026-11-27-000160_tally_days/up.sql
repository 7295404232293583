-- How often an agent did an agreed behaviour on a day, as the agent counted. The day is stored as
-- its midnight. Coaches read the sums of a plan whose agent shares them.
CREATE TABLE tally_days (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  plan_id TEXT NOT NULL,
  theme TEXT NOT NULL,
  counted_on TEXT NOT NULL,
  opportunities INTEGER NOT NULL,
  done INTEGER NOT NULL,
  note TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, id),
  UNIQUE (organisation_id, plan_id, theme, counted_on),
  FOREIGN KEY (organisation_id, plan_id) REFERENCES plans (organisation_id, id)
);
ALTER TABLE plans ADD COLUMN tally_shared_at TEXT;
