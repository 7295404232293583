UPDATE department_issues SET status = 'solved' WHERE status = 'fixed';
UPDATE department_issues SET status = 'will_not_be_done' WHERE status = 'wont_fix';
UPDATE department_issue_changes SET status = 'solved' WHERE status = 'fixed';
UPDATE department_issue_changes SET status = 'will_not_be_done' WHERE status = 'wont_fix';
DROP TRIGGER department_updates_append_only;
UPDATE department_updates SET status = 'acknowledged' WHERE status = 'open';
CREATE TRIGGER department_updates_append_only BEFORE UPDATE ON department_updates
BEGIN SELECT RAISE(ABORT, 'department_updates is append-only'); END;
