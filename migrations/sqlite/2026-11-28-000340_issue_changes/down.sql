DROP TABLE department_issue_changes;
