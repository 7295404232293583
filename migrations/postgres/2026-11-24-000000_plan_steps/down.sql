DROP TABLE plan_steps;
