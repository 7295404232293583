-- The teams that somebody coaches: their pages begin with these teams.
CREATE TABLE coached_teams (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  person_id TEXT NOT NULL,
  team_id TEXT NOT NULL,
  PRIMARY KEY (organisation_id, person_id, team_id),
  FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id),
  FOREIGN KEY (organisation_id, team_id) REFERENCES teams (organisation_id, id)
);
