DELETE FROM plan_steps WHERE kind IN ('withdrawn', 'reopened');
DELETE FROM plans WHERE NOT EXISTS (
  SELECT 1 FROM plan_steps
  WHERE plan_steps.organisation_id = plans.organisation_id AND plan_steps.plan_id = plans.id
);
DELETE FROM plan_steps WHERE kind = 'shared';
