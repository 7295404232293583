-- A new plan is a draft until a coach shares it. Agents could see every plan until now, so each
-- counts as shared when it was made, before its other steps.
INSERT INTO plan_steps (organisation_id, id, plan_id, position, kind, content, created_by, created_at)
SELECT organisation_id, id, id, -1, 'shared', '{"step":"shared"}', created_by, created_at FROM plans;
