DROP TABLE practice_examples;
