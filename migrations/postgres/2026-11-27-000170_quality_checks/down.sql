DROP TABLE qa_scores;
DROP TABLE qa_imports;
