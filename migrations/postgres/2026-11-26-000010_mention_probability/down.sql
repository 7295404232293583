ALTER TABLE feedback DROP COLUMN mood_probability;
ALTER TABLE feedback DROP COLUMN mood;
ALTER TABLE theme_mentions DROP COLUMN probability;
