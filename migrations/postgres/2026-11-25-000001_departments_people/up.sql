-- The department a person speaks for, as the themes name their owner; only people of that role have one.
ALTER TABLE people ADD COLUMN department TEXT;
