-- What an import assumed, left out and rejected, and the standard term for a clause that an
-- annotator chose.
ALTER TABLE imports ADD COLUMN report JSONB;
UPDATE annotations SET sampling = 'purposive' WHERE sampling = 'picked';
