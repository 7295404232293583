DROP TRIGGER plan_steps_no_delete;
DROP TRIGGER scores_no_delete;
DROP TRIGGER scores_no_update;
DROP TRIGGER decisions_no_delete;
DROP TRIGGER decisions_no_update;
DROP TRIGGER audit_heads_forward;
DROP TRIGGER audit_heads_no_delete;
ALTER TABLE audit_heads DROP COLUMN key_id;
ALTER TABLE audit_heads DROP COLUMN signature;
