-- What was said about an issue at each change. The audit log, which keeps names and free text for
-- ever, only says that it was changed; entries from before this migration stay as they are.
CREATE TABLE department_issue_changes (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL,
  issue_id TEXT NOT NULL,
  title TEXT NOT NULL,
  owner TEXT NOT NULL,
  status TEXT NOT NULL,
  due TEXT,
  action_taken TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, issue_id) REFERENCES department_issues (organisation_id, id)
);
CREATE INDEX department_issue_changes_issue ON department_issue_changes (organisation_id, issue_id);
