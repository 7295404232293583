-- Issues and updates of departments have the same statuses: open, in progress, fixed, won't fix.
UPDATE department_issues SET status = 'fixed' WHERE status = 'solved';
UPDATE department_issues SET status = 'wont_fix' WHERE status = 'will_not_be_done';
UPDATE department_issue_changes SET status = 'fixed' WHERE status = 'solved';
UPDATE department_issue_changes SET status = 'wont_fix' WHERE status = 'will_not_be_done';
DROP TRIGGER department_updates_append_only;
UPDATE department_updates SET status = 'open' WHERE status = 'acknowledged';
CREATE TRIGGER department_updates_append_only BEFORE UPDATE ON department_updates
BEGIN SELECT RAISE(ABORT, 'department_updates is append-only'); END;
