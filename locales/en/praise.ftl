### Praise, moderation and departments.

status-acknowledged = acknowledged
status-in-progress = in progress
status-fixed = fixed
status-wont-fix = will not change

## The praise of a week, as a document

digest-title = Praise of the week
digest-title-agent = Praise of the week for { $agent }
digest-subtitle = { $organisation } · week of { $date }
digest-footer = Customers' own words, without personal data. Praise is not counted, compared or ranked. Rapport
digest-none = Nobody wrote praise this week. Scores without a comment are not listed here.
digest-count = { $count ->
    [one] 1 customer took the time to write something good.
   *[other] { $count } customers took the time to write something good.
 }
digest-more = { $count ->
    [one] 1 more comment is not shown here.
   *[other] { $count } more comments are not shown here.
 }

## Errors

error-no-owned-theme = There is no such theme, or it belongs to another department.
error-no-department = No theme belongs to this department. Departments with themes: { $departments }.
error-reason-needed = Enter a reason.
error-note-too-long = A note can have at most { $limit } characters.
