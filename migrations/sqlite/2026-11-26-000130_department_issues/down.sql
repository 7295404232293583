DROP INDEX audit_entries_object;
DROP TABLE department_issues;
