-- Of several roles, the one with the most rights stays.
ALTER TABLE people ADD COLUMN role TEXT NOT NULL DEFAULT 'agent';
UPDATE people SET role = COALESCE((
  SELECT own.role FROM person_roles AS own
  WHERE own.organisation_id = people.organisation_id AND own.person_id = people.id
  ORDER BY CASE own.role WHEN 'admin' THEN 1 WHEN 'recruiter' THEN 2 WHEN 'analyst' THEN 3
    WHEN 'coach' THEN 4 WHEN 'department' THEN 5 ELSE 6 END
  LIMIT 1
), 'agent');
DROP TABLE person_roles;
