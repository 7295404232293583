-- What becomes of a plan, step by step. Append-only: where a plan stands is the sum of its steps.
CREATE TABLE plan_steps (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  plan_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  kind TEXT NOT NULL,
  content TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, id),
  UNIQUE (organisation_id, plan_id, position),
  FOREIGN KEY (organisation_id, plan_id) REFERENCES plans (organisation_id, id)
);
CREATE INDEX plan_steps_kind ON plan_steps (organisation_id, kind);

CREATE TRIGGER plan_steps_append_only BEFORE UPDATE ON plan_steps
BEGIN SELECT RAISE(ABORT, 'plan_steps is append-only'); END;
