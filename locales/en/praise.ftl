### Praise, moderation and departments.

## Departments

departments-title = What departments own
departments-title-own = What your department owns
departments-intro = Customers told agents about these things, and agents cannot change them. Comments from { $from } to { $to }, compared with the 90 days before. Every agent who is affected sees the status.
departments-none = No comment in this period is about something that a department owns.
departments-none-own = No comment in this period is about something that { $department } owns.
departments-unknown = No theme belongs to “{ $department }” any more. Ask an administrator.
department-comments = { $count ->
    [one] 1 comment
   *[other] { $count } comments
 } ({ $before } in the 90 days before).
department-comments-only = { $count ->
    [one] 1 comment
   *[other] { $count } comments
 }. No data for the 90 days before.
department-no-comments = No complaint in this period, so there is nothing to quote.
department-no-examples = No quote to show: the comments are withheld, too short or long to quote, or not certain enough.
department-mentions = All mentions of “{ $theme }”
departments-mentions = All mentions and trend
department-no-status = No status yet
department-examples = { $count ->
    [one] 1 comment about “{ $theme }”
   *[other] { $count } comments about “{ $theme }”
 }
department-history = All updates of “{ $theme }”
department-update = { $day }: { $status }
department-update-note = { $day }: { $status }. { $note }
department-set-status = Update the status of “{ $theme }”
department-status = Status
department-note = What happens next, in a sentence that agents can pass on
department-save = Save status
error-unknown-status = Choose a status from the list.

## Issues of departments

issue-open = open
issue-in-progress = in progress
issue-fixed = fixed
issue-wont-fix = will not change
issues-title = Issues
issues-intro = What your department does about what customers say. Agents whose customers complained about a theme read the newest status and action.
issues-none = No issues yet. Add the first one below.
issues-no-themes = No theme belongs to a department that you can see, so no issue can be added.
issues-add = Add an issue
issues-create = Add issue
issue-title = Title
issue-owner = Owner (optional)
issue-due = Due date (optional)
issue-action = Action taken
issue-action-hint = A sentence that agents can pass on. Required if nothing will change.
issue-overdue = overdue
issue-owned-by = Owner: { $owner }
issue-due-on = Due { $day }
issue-edit = Edit or close
issue-save = Save issue
issue-history = History
issue-change = { $day }, { $by }: { $status }
issue-no-history = No changes since this issue was taken over from the theme’s last update.
departments-issues = Issues
department-add-issue = Add an issue about “{ $theme }”

## Mentions of the themes that departments own

mentions-title = Mentions
mentions-intro = What customers said about your themes from { $from } to { $to }. Personal data is removed, and nothing identifies the agent.
mentions-find = Words in the quote
mentions-polarity = Praise, complaint or request
mentions-from = First day
mentions-to = Last day
mentions-interval = Trend by
mentions-by-month = month
mentions-by-week = week
mentions-trend = Trend
mentions-trend-hint = Words that you search for do not change the trend. The first and last interval count only days of the period.
mentions-trend-caption = Comments that mention each theme, compared with the equally long period before
mentions-comments = With a mention
mentions-rate = Per 100 comments
mentions-before = Per 100 before
mentions-no-comments = No comments
mentions-chart = Chart and numbers of “{ $theme }”
mentions-list = All mentions
mentions-found = { $count ->
    [one] 1 mention
   *[other] { $count } mentions
 }
mentions-search-hint = The search covers quotes that are shown. Withheld and uncertain ones are left out.
mentions-none = No mention matches these filters. Choose another period or clear the filters.
mentions-export = Export as CSV
mentions-next = Older mentions
mention-withheld = Quote withheld: the comment insults somebody, or a person decided not to pass it on.
mention-uncertain = No quote: it is not certain enough what the customer meant.
no-data-before = No data for the period before

## The page with the praise of a week

praise-title = Praise to pass on
praise-intro = Week of { $date }. Read it to your team in the customers' own words. Each agent sees their own praise on their page.
praise-weeks = Weeks
praise-week-before = Week before
praise-week-after = Week after
praise-newest = Newest week

## Comments that are withheld

withheld-title = Withheld comments
withheld-intro = Comments that insult somebody, or are about a person's origin, sex or body, are shown only here and do not count as evidence. You can change this for a comment if you give a reason.
withheld-none = None in the last 30 days.
withheld-count = { $count ->
    [one] 1 comment to decide about
   *[other] { $count } comments to decide about
 }
withheld-day = { $day }
withheld-passed-on = { $day }, passed on
withheld-by-person = { $day }, withheld by a person
withheld-decision = Decision
withheld-withhold = Withhold
withheld-pass-on = Pass on
withheld-reason = Reason
withheld-save = Save decision

## The praise of a week, as a document

digest-title = Praise of the week
digest-title-agent = Praise of the week for { $agent }
digest-subtitle = { $organisation } · week of { $date }
digest-footer = Customers' own words, without personal data. Agents are not compared or ranked by praise. Rapport
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
error-note-too-long = A note can have at most { $limit } characters. Shorten it.
error-no-issue = There is no such issue, or it belongs to another department.
error-issue-title = Enter a title.
error-issue-too-long = A title or owner can have at most { $limit } characters. Shorten it.
error-due-date = Enter a due date as year, month and day, or leave it empty.

## Examples of good practice

examples-title = Show what I do well
examples-intro = Customers praise you for these themes. If you agree, plans of colleagues in your team can print what a customer wrote about you as an example of good practice, for one theme at a time. You can end it at any time: then plans leave it out.
examples-none = No praise that could be shown yet.
examples-no-quote = No praise of the last year can be shown, so nothing is printed.
examples-now = { $theme }: colleagues see { $shown }
examples-shown = Colleagues see
examples-shown-no = nothing
examples-shown-unnamed = an example without my name (in a small team they may guess)
examples-shown-named = an example with my name
examples-words = What I do, in my own words (optional)
examples-save = Save
examples-save-this = Save the choice for { $theme }
