-- Deliveries that were taken, so that one that arrives again changes nothing. Kept for a week.
CREATE TABLE delivery_messages (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  source_id TEXT NOT NULL,
  message_hash TEXT NOT NULL,
  reply TEXT NOT NULL,
  received_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, source_id, message_hash),
  FOREIGN KEY (organisation_id, source_id) REFERENCES sources (organisation_id, id)
);
CREATE INDEX delivery_messages_age ON delivery_messages (received_at);
-- When the delivery was sent that a record is from.
ALTER TABLE feedback ADD COLUMN sent_at TEXT;
-- The source whose deliveries of a day an import takes, and the day as its midnight in UTC.
ALTER TABLE imports ADD COLUMN source_id TEXT;
ALTER TABLE imports ADD COLUMN delivered_on TEXT;
CREATE UNIQUE INDEX imports_of_days ON imports (organisation_id, source_id, delivered_on);
