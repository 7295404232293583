DROP TABLE one_to_one_actions;
DROP TABLE one_to_ones;
