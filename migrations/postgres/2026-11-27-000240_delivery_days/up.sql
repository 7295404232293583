-- Deliveries that were taken, so that one that arrives again changes nothing. Kept for a week.
CREATE TABLE delivery_messages (
  organisation_id UUID NOT NULL REFERENCES organisations (id),
  source_id UUID NOT NULL,
  message_hash TEXT NOT NULL,
  reply JSONB NOT NULL,
  received_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (organisation_id, source_id, message_hash),
  FOREIGN KEY (organisation_id, source_id) REFERENCES sources (organisation_id, id)
);
CREATE INDEX delivery_messages_age ON delivery_messages (received_at);
-- When the delivery was sent that a record is from.
ALTER TABLE feedback ADD COLUMN sent_at TIMESTAMPTZ;
-- The source whose deliveries of a day an import takes, and the day as its midnight in UTC.
ALTER TABLE imports ADD COLUMN source_id UUID;
ALTER TABLE imports ADD COLUMN delivered_on TIMESTAMPTZ;
CREATE UNIQUE INDEX imports_of_days ON imports (organisation_id, source_id, delivered_on);
