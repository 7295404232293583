DROP TABLE practice_drafts;
DROP TABLE taxonomy_drafts;
