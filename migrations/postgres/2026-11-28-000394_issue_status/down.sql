UPDATE department_issues SET status = 'solved' WHERE status = 'fixed';
UPDATE department_issues SET status = 'will_not_be_done' WHERE status = 'wont_fix';
UPDATE department_issue_changes SET status = 'solved' WHERE status = 'fixed';
UPDATE department_issue_changes SET status = 'will_not_be_done' WHERE status = 'wont_fix';
DROP TRIGGER department_updates_append_only ON department_updates;
UPDATE department_updates SET status = 'acknowledged' WHERE status = 'open';
CREATE TRIGGER department_updates_append_only BEFORE UPDATE ON department_updates
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
