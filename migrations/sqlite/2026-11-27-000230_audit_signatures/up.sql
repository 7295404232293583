-- The head of each log is signed with a key that is not in the database.
ALTER TABLE audit_heads ADD COLUMN signature TEXT;
ALTER TABLE audit_heads ADD COLUMN key_id TEXT;

CREATE TRIGGER audit_heads_no_delete BEFORE DELETE ON audit_heads
BEGIN SELECT RAISE(ABORT, 'audit_heads is append-only'); END;
CREATE TRIGGER audit_heads_forward BEFORE UPDATE ON audit_heads
WHEN NEW.sequence < OLD.sequence OR NEW.organisation_id <> OLD.organisation_id
BEGIN SELECT RAISE(ABORT, 'audit_heads is append-only'); END;
CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions
BEGIN SELECT RAISE(ABORT, 'decisions is append-only'); END;
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions
BEGIN SELECT RAISE(ABORT, 'decisions is append-only'); END;
CREATE TRIGGER scores_no_update BEFORE UPDATE ON scores
BEGIN SELECT RAISE(ABORT, 'scores is append-only'); END;
CREATE TRIGGER scores_no_delete BEFORE DELETE ON scores
BEGIN SELECT RAISE(ABORT, 'scores is append-only'); END;
CREATE TRIGGER plan_steps_no_delete BEFORE DELETE ON plan_steps
BEGIN SELECT RAISE(ABORT, 'plan_steps is append-only'); END;
