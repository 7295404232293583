DROP TABLE coached_teams;
