ALTER TABLE people DROP COLUMN department;
