-- A person has one role or several.
CREATE TABLE person_roles (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  person_id TEXT NOT NULL,
  role TEXT NOT NULL,
  PRIMARY KEY (organisation_id, person_id, role),
  FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id)
);
INSERT INTO person_roles (organisation_id, person_id, role)
SELECT organisation_id, id, role FROM people;
ALTER TABLE people DROP COLUMN role;
