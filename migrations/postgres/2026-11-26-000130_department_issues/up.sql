-- Several issues for each theme of a department. The newest update of a theme becomes its first
-- issue; department_updates keeps every update.
CREATE TABLE department_issues (
  organisation_id UUID NOT NULL REFERENCES organisations (id),
  id UUID NOT NULL,
  theme TEXT NOT NULL,
  title TEXT NOT NULL,
  owner TEXT NOT NULL,
  status TEXT NOT NULL,
  due TIMESTAMPTZ,
  action_taken TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  changed_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (organisation_id, id)
);
CREATE INDEX department_issues_theme ON department_issues (organisation_id, theme);
CREATE INDEX audit_entries_object ON audit_entries (organisation_id, object_kind, object_id);
INSERT INTO department_issues (organisation_id, id, theme, title, owner, status, action_taken,
  created_by, created_at, changed_at)
SELECT organisation_id, id, theme,
  CASE WHEN note = '' THEN theme ELSE substr(note, 1, 120) END,
  '',
  CASE status WHEN 'acknowledged' THEN 'open' WHEN 'in_progress' THEN 'in_progress'
    WHEN 'fixed' THEN 'solved' ELSE 'will_not_be_done' END,
  note, created_by, created_at, created_at
FROM department_updates AS newest
WHERE NOT EXISTS (
  SELECT 1 FROM department_updates AS later
  WHERE later.organisation_id = newest.organisation_id AND later.theme = newest.theme
    AND later.id > newest.id
);
