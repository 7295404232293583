-- The head of each log is signed with a key that is not in the database.
ALTER TABLE audit_heads ADD COLUMN signature TEXT;
ALTER TABLE audit_heads ADD COLUMN key_id TEXT;

CREATE TRIGGER audit_heads_no_delete BEFORE DELETE ON audit_heads
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_heads_forward BEFORE UPDATE ON audit_heads
  FOR EACH ROW WHEN (NEW.sequence < OLD.sequence OR NEW.organisation_id <> OLD.organisation_id)
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decisions_append_only BEFORE UPDATE OR DELETE ON decisions
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER scores_append_only BEFORE UPDATE OR DELETE ON scores
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER plan_steps_no_delete BEFORE DELETE ON plan_steps
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
