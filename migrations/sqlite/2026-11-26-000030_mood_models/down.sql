DROP TABLE mood_models;
