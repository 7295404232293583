ALTER TABLE feedback DROP COLUMN good_from;
