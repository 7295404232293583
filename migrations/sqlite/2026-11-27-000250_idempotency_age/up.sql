-- Replies are forgotten after two days.
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
