DROP TRIGGER plan_steps_no_delete ON plan_steps;
DROP TRIGGER scores_append_only ON scores;
DROP TRIGGER decisions_append_only ON decisions;
DROP TRIGGER audit_heads_forward ON audit_heads;
DROP TRIGGER audit_heads_no_delete ON audit_heads;
ALTER TABLE audit_heads DROP COLUMN key_id;
ALTER TABLE audit_heads DROP COLUMN signature;
