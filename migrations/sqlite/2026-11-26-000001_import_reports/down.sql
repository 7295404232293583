UPDATE annotations SET sampling = 'picked' WHERE sampling = 'purposive';
ALTER TABLE imports DROP COLUMN report;
