DROP INDEX imports_of_days;
ALTER TABLE imports DROP COLUMN delivered_on;
ALTER TABLE imports DROP COLUMN source_id;
ALTER TABLE feedback DROP COLUMN sent_at;
DROP TABLE delivery_messages;
