### Pages about agents, coaching plans and their steps.

plan-state-draft = draft
plan-state-proposed = proposed
plan-state-withdrawn = withdrawn
plan-state-agreed = agreed
plan-state-closed = closed
plan-paused = No plan can start before { $until }: { $reason }.
plan-of = Plan of { $date }

pause-reason-leave = leave
pause-reason-personal = personal reasons
pause-reason-system-change = a system change
pause-reason-work-change = a change of duties

source-focus = from customer feedback: differs from peers by more than chance
source-shared = depends on the agent and the process; the coach judges that it is within the agent's control
source-asked = from the coach's own observation, not from feedback alone
source-knowledge = from scores on one kind of issue, not from comments
source-team = what the whole team works on, not specific to this agent
source-strength = a strength to extend
source-single-praise = praised by one customer; the coach confirms it
source-own = a personal goal, not from feedback

outcome-reached = goal reached
outcome-continue = to be continued
outcome-change = a change of approach or goal

## Agents

agents-title = Agents
agents-intro = Agents are listed by name and never ranked. Open one to see recent feedback and make a plan.
agents-find = Find an agent
agents-find-submit = Find agent
agents-find-hint = Part of a name or reference.
agents-show-all = Show all agents
agents-none-found = No agent's name or reference contains “{ $find }”.
teams-title = My team
teams-one = Team { $team }
teams-intro-own = The teams that you coach.
teams-intro-all = All teams. Choose the teams that you coach below, and this page begins with them.
teams-show-all = Show all teams
teams-show-own = Show only the teams that I coach
teams-tasks = To do
teams-no-tasks = Nothing is due this week.
teams-promise = You promised: { $promise }
teams-dispute = Dispute without an answer: { $point }
teams-unread = The agent has not read the plan yet.
teams-was-due = was due { $day }
teams-due = due { $day }
teams-since = since { $day }
teams-agents = Agents
teams-agents-caption = Agents by name, never by figures
teams-agent = Agent
teams-new-comments = New comments
teams-working-on = Working on
teams-state = Plan
teams-last = Last check-in
teams-next = Next check-in
teams-one-to-one = 1:1 planned
teams-one-to-one-missed = 1:1 planned: mark it as held, or move it
teams-action = Action of a 1:1 ({ $owner }): { $action }
teams-last-one-to-one = Last 1:1
teams-next-one-to-one = Next 1:1
teams-no-one-to-one = none yet
teams-one-to-ones-of = 1:1s with { $agent }: none yet
teams-overdue-actions = Overdue actions
teams-overdue = { $total } (agent { $agent }, coach { $coach })
teams-paused = Paused: a plan can start from { $until }
teams-check-ins = { $held } of { $count ->
    [one] { $count } check-in held
   *[other] { $count } check-ins held
 }
teams-no-plan = none
teams-praise = New praise
teams-no-praise = No praise came in the newest week of feedback.
teams-praise-of = for { $agent }, { $day }
teams-all-praise = All praise of the week
teams-choose = Teams that I coach
teams-choose-legend = Which teams do you coach?
teams-choose-submit = Save
agents-none = There are no agents yet. Import customer feedback or add a hired candidate to a team.
agents-team-plans = Make plans for the team
agents-team-plans-of = Make plans for the team { $team }
agents-team-archive = Newest plans of { $team } (ZIP)
plan-archive-failed = This plan could not be made into a PDF. Open it in Rapport and download it for Word instead, and tell your administrator: the server’s log has the cause.
agents-team-workshop = Workshop for { $team } (PDF)
agents-team-workshop-word = Word
agents-team-workshop-word-of = Workshop for { $team } (Word)
agents-team-size = { $count ->
    [one] 1 agent
   *[other] { $count } agents
 } of { $team }
agents-no-team = Without a team
agents-no-team-size = { $count ->
    [one] 1 agent.
   *[other] { $count } agents.
 } Find them by name.
agents-pauses-hint = for leave or a system change
agents-practice-hint = what plans and workshops suggest for each theme

agent-make-plan = Make a plan from this feedback
agent-add-pause = Add a pause, for example for leave
agent-reference = Reference { $reference }
agent-references = Reference { $reference }, also { $others }
agent-reference-hint = Do your feedback files use a new name or number for { $agent }? Add it here. Feedback already stored under it moves to { $agent }. This cannot be undone.
agent-new-reference = Name or number used in your feedback files
agent-new-name = New name (optional)
agent-add-reference = Add reference
agent-plans = Plans
agent-plan-read = read by the agent
agent-plan-unread = not read yet
agent-draft = What the feedback says
agent-draft-hint = This is what a plan made today would say. It changes with new feedback. It is for development, not for ranking, pay or discipline. Each view of this page is recorded.

## The comments about an agent

agent-comments = All comments
agent-comments-of = Comments about { $agent }
agent-comments-hint = Comments of the year until { $date }, newest first. Each view is recorded.
agent-comments-find = Words in the comment, or a contact’s id
agent-comments-theme = Theme
agent-comments-polarity = Praise or complaint
agent-comments-score = Score
agent-comments-channel = Channel
agent-comments-any = any
agent-comments-good = good
agent-comments-poor = poor
agent-comments-filter = Show
agent-comments-clear = Show all
agent-comments-found = { $count ->
    [one] 1 comment
   *[other] { $count } comments
 }
agent-comments-scored = Score: { $score }
agent-comments-contact = Contact { $contact }
agent-comments-withheld = Insulting, so { $agent } does not see it.
agent-comments-correct = Correct this for “{ $clause }”
agent-comments-correct-hint = To correct a theme, choose it below its comment. The correction applies to every comment with the same words.
agent-comments-contradicts = contradicts its score, so it does not count
agent-comments-next = Older comments

## Contacts that a coach listened to

observations-title = Observed contacts
observations-of = Observed contacts of { $agent }
observations-intro = Record what you saw in contacts of { $agent } that you listened to. A new plan counts the contacts of the last 90 days beside the strength or focus area that they belong to. They never make a focus area by themselves.
observations-add = Record a contact
observations-date = Date of the contact
observations-channel = Channel (optional)
observations-contact = Contact id (optional)
observations-behaviours = Behaviours
observations-behaviours-hint = Mark at least one as seen or not seen.
observations-note = Note (optional)
observations-note-hint = Only coaches and administrators read contacts and notes. In a shared plan, { $agent } reads how often you saw a behaviour, and your name.
observations-submit = Save contact
observations-list = Contacts of the last year
observations-none = No contacts recorded yet.
observations-by = observed by { $name }
observations-delete = Delete
observations-delete-this = Delete the contact of { $date }
sighting-seen = seen
sighting-not-seen = not seen
sighting-not-applicable = not applicable

## 1:1s

one-to-ones-title = 1:1s
one-to-ones-of = 1:1s with { $agent }
one-to-ones-intro = Prepare an agenda, keep notes and agree on actions. { $agent } sees a 1:1 after you share it.
one-to-ones-none = No 1:1s yet.
one-to-one-prepare = Prepare a 1:1
one-to-one-prepare-with = Prepare a 1:1 with { $agent }
one-to-one-of = 1:1 of { $date }
one-to-one-with = 1:1 with { $agent }, { $date }
one-to-one-planned = planned
one-to-one-held = held
one-to-one-by = with { $name }
one-to-one-not-shared = not shared
one-to-one-open-actions = { $count ->
    [0] no open actions
    [one] 1 open action
   *[other] { $count } open actions
 }
one-to-one-date = Date
one-to-one-planned-for = Planned for
one-to-one-held-on = Held on
one-to-one-held-hint = Used when you choose “Mark as held”.
one-to-one-held-past = Today or earlier.
one-to-one-agenda = Agenda
one-to-one-agenda-title = Agenda
one-to-one-agenda-hint = One point on each line, at most 30. The first proposal comes from the plan and from open actions: change it, remove lines or add your own.
one-to-one-agenda-edit-hint = One point on each line, at most 30.
one-to-one-agent-agenda = What { $agent } wants to talk about
one-to-one-notes = Notes
one-to-one-shared-notes = Shared notes
one-to-one-shared-notes-hint = { $agent } reads them when the 1:1 is shared and marked as held. So do coaches and administrators.
one-to-one-private-notes = Private notes
one-to-one-private-notes-hint = Only you read them here: not { $agent }, not other coaches or administrators. They are in no export. Write nothing that you could not justify to { $agent }: the law may give people a right to see notes about them.
one-to-one-share = Share with { $agent }
one-to-one-share-hint = { $agent } then sees the agenda and the actions, and can add to the agenda. This cannot be undone.
one-to-one-shared-on = shared with { $agent } on { $date }
one-to-one-hidden = { $agent } does not see it yet
one-to-one-save = Save 1:1
one-to-one-mark-held = Mark as held
one-to-one-mark-planned = Mark as not held
one-to-one-read-only = { $name } prepared this 1:1. Only they can change it, but you can add actions and mark them as done.
one-to-one-no-agenda = No agenda.
one-to-one-no-notes = No notes.
one-to-one-actions = Actions
one-to-one-no-actions = No actions yet.
one-to-one-delete = Delete 1:1
one-to-one-delete-hint = You can delete this 1:1 with its notes and actions until { $time }.
action-of-agent = agent
action-of-coach = coach
action-mine = you
action-coachs = your coach
action-due = due { $date }
action-was-due = was due { $date }
action-done-on = done on { $date }
action-done = Mark as done
action-done-this = Mark as done: { $action }
action-reopen = Reopen
action-reopen-this = Reopen: { $action }
action-remove = Remove
action-remove-this = Remove: { $action }
action-add = Add an action
action-text = What will be done?
action-owner = Who?
action-due-field = Due (optional)
action-submit = Add action
# Lines of a proposed agenda. Agents read them too.
agenda-how = How are things going? What do you want to talk about?
agenda-view = Your view of the plan: “{ $view }”
agenda-praise = Praise from a customer on { $date }, { $theme }: “{ $quote }”
agenda-focus = What we work on: { $title }. Goal: { $goal }
agenda-next-step = Next step: { $step }
agenda-proposed = The plan proposes to work on: { $theme }. What do you think?
agenda-worth-asking = { $theme }: what happens in your contacts?
agenda-question = Which contact would you handle differently today, and how?
agenda-promise = Promised by the coach, due { $date }: { $promise }
agenda-check-in = Check-in, due { $date }: { $purpose }
agenda-action = Open action ({ $owner }): { $action }
agenda-action-due = Open action ({ $owner }), due { $date }: { $action }
agenda-news = News from { $owner }, { $theme }: { $status }
agenda-news-note = News from { $owner }, { $theme }: { $status }. { $note }
## An agent's own tally

tally-title = My tally
tally-plan = Back to the plan
tally-intro = Count how often you do what your plan works on. It helps you to see your own progress. This is not a test, and no decision is based on it.
tally-add = Record a day
tally-area = What you practised
tally-date = Day
tally-opportunities = Contacts where it applied
tally-done = Contacts where you did it
tally-note = Note (optional)
tally-note-hint = Only you read notes and single days.
tally-submit = Save day
tally-closed = Days can be recorded while the plan is agreed, not closed, and works on an area.
tally-weeks = By week
tally-none = No days recorded yet.
tally-sharing = Who sees it
tally-private = Only you see your tally. You can show the sums by week to your coach and end that at any time.
tally-shared = Your coach sees the sums by week on the plan and its documents. You can end that at any time; documents that were downloaded before keep them.
tally-sharing-begin = Share my tally with my coach
tally-sharing-end = Stop sharing my tally
tally-days = Days
tally-correct = To correct a day, enter it again. A day can be changed or deleted for 24 hours.
tally-day = { $done } of { $count ->
    [one] 1 contact
   *[other] { $count } contacts
 }
tally-delete = Delete
tally-delete-this = Delete the entry of { $date }
plan-my-tally = Record how often you did it

## A plan

plan-own-goal = Personal goal
plan-download = Download:
plan-calendar = Check-ins for your calendar
plan-brief = Brief for the 1:1
plan-read-on = Read by the agent on { $date }.
plan-view = Their view: { $view }
plan-view-field = Your own view (optional)
plan-view-hint = What are you proud of? What gets in your way? What do you find unfair?
plan-view-submit = Mark plan as read
plan-view-note = This does not mean that you agree.
plan-closed = Closed: { $outcome }.
plan-reopen = Undo closing
plan-rating = How much did the coaching help you?
plan-rating-best = 5 (very much)
plan-rating-worst = 1 (not at all)
plan-rating-hint = Your answer is never shown on its own, only as an average with at least four others.
plan-rating-submit = Save answer
plan-overdue = This plan is paused because a promise is overdue.
plan-overdue-days = { $count ->
    [one] So far it was paused for 1 day. Check-ins moved back by 1 day.
   *[other] So far it was paused for { $count } days. Check-ins moved back by { $count } days.
 }
plan-effect = Did it help?

plan-draft = Draft
plan-draft-hint = { $agent } cannot see this plan yet. A new draft replaces it.
plan-share = Share with { $agent }
plan-withdraw = Withdraw this plan
plan-withdraw-hint = { $agent } will no longer see it. The plan and the reason stay on record.
plan-withdraw-reason = Reason
plan-withdraw-submit = Withdraw plan
plan-withdrawn-on = Withdrawn on { $date }.

plan-accept = Choose together what to work on
plan-accept-hint = Choose one area, or two at most. These are proposals: nothing is agreed until you accept the plan.
plan-offer-details = Goal and reason for { $area }
plan-offer-goal = Goal (leave empty to use the practice library's)
plan-offer-reason = Reason (optional)
plan-offer-reason-required = Reason (required)
plan-own-goal-legend = Or set your own goal
plan-own-goal-field = Goal
plan-own-goal-reason = Reason
plan-accept-submit = Accept plan

plan-agreed = What we agreed
plan-next = Next step
plan-next-check-in = { $day }: { $purpose }
plan-next-none = All check-ins were held. Close the plan.
plan-owed = Promised by the coach, not kept yet
plan-owed-nothing = Nothing
plan-check-ins = Check-ins
plan-check-in-held = Held on { $date }.
plan-check-in-seen = Seen in { $seen } of { $count ->
    [one] 1 contact.
   *[other] { $count } contacts.
 }
plan-check-in-hold = Mark as held
plan-check-in-on = Held on (leave empty for today)
plan-check-in-notes = Notes (optional)
plan-check-in-seen-field = Contacts where the behaviour was seen
plan-check-in-of-field = Contacts reviewed
plan-check-in-submit = Save check-in

plan-promises = Promised by the coach
plan-promises-none = No promises yet.
plan-promise-due = due { $date }
plan-promise-kept = kept on { $date }
plan-promise-open = open
plan-promise-keep = Mark as kept
plan-promise-keep-this = Mark as kept: { $promise }
plan-promise-add = Add a promise
plan-promise-field = What do you promise? For example time, a tool, an article or a permission
plan-promise-due-field = Due
plan-promise-hint = If the promise is overdue, the plan pauses.
plan-promise-submit = Add promise

plan-disputes = Disputes
plan-dispute-upheld = Upheld on { $date }: { $answer }
plan-dispute-rejected = Not upheld on { $date }: { $answer }
plan-dispute-decide = Decide this dispute
plan-dispute-who = Somebody other than the coach who accepted the plan decides.
plan-dispute-question = Is the agent right?
plan-dispute-yes = Yes, uphold the dispute
plan-dispute-no = No
plan-dispute-answer = Answer to the agent
plan-dispute-submit = Save decision
plan-dispute-open = Dispute something in this plan
plan-dispute-point = Which comment or sentence?
plan-dispute-reason = Why?
plan-dispute-send = Send dispute

plan-close = Close the plan
plan-close-outcome = Outcome (judge the behaviour, not the score)
plan-close-reached = The agent shows the behaviour
plan-close-continue = Continue for another round
plan-close-change = Change the approach or the goal
plan-close-notes = What shows it? For example contacts you observed, or what helped and what did not. Required if the goal was reached
plan-close-submit = Close plan

## My feedback

me-title = My feedback
me-not-linked = Your account is not linked to an agent yet. Please ask an administrator.
me-week = Praise of the week
me-week-none = No comment praised you in the week of { $date }.
me-week-file = Download this week's praise (PDF)
me-strengths = What customers value
me-strengths-none = No praise for a particular theme in this period.
me-not-yours = Not yours to fix
me-not-yours-none = Nothing in this period.
me-not-yours-hint = Customers told you about these, but other departments have to fix them.
me-process-issue = { $theme }: { $count ->
    [one] 1 comment
   *[other] { $count } comments
 }, owned by { $owner }.
me-no-status = No status yet.
me-plans = My plans
me-plan-read = read
me-plan-new = new
me-one-to-ones = My 1:1s
me-one-to-one = 1:1 with { $name }, { $date }
me-one-to-one-agenda = What I want to talk about
me-one-to-one-agenda-hint = One point on each line, at most 10. { $name }, other coaches and administrators read it.
me-one-to-one-agenda-save = Save points
me-comments = Newest comments
me-comments-none = No comments in this period.
me-score-good = good score
me-score-not-good = not a good score
me-privacy = You, the coaches and the administrators of your organisation can see this. Each of their views is recorded. It is for development, not for ranking, pay or discipline.
me-withheld = { $count ->
    [0] No comment is left out.
    [one] 1 insulting comment is left out.
   *[other] { $count } insulting comments are left out.
 }
me-export = Download everything (JSON)

## Practice library

practice-title = Practice library
practice-shipped = This is the library that ships with the program.
practice-version = This is version { $version } of your own library.
practice-intro = For every theme within an agent's control, it describes the behaviour below, at and above expectation, a goal, an if-then sentence and up to five activities. New plans use the library in force. Existing plans do not change.
practice-intro-edit = Open a theme to change its texts. Your changes are collected in a draft until you use it.
practice-used = Version { $version } is in use. New plans use it.
practice-experts = Edit as TOML (for experts)
practice-draft-waits = { $count ->
    [one] The draft has 1 changed theme that is not in use yet.
   *[other] The draft has { $count } changed themes that are not in use yet.
 }
practice-in-draft = Changed in the draft
practice-own = Your own text
practice-none = No practice yet.
practice-of = Practice: { $theme }
practice-behaviour = Behaviour and goal
practice-activities = Activities
practice-activities-hint = Empty a field to remove its activity. At least one has to stay.
practice-field-if-then = If–then sentence
practice-field-see = See
practice-field-say = Say
practice-field-do = Do
practice-field-reflect = Reflect
practice-field-teach = Teach
practice-hint-below = What somebody who watches would see or hear.
practice-hint-at = What a good contact looks like.
practice-hint-above = What an excellent contact looks like.
practice-hint-goal = Completes “By 1 March, …”. Plans add the date.
practice-hint-if-then = One sentence with “If” and “then”.
practice-hint-see = Watch or listen to an example.
practice-hint-say = Rehearse aloud, for example in a role play. Workshops use it too.
practice-hint-do = Use it in live contacts.
practice-hint-reflect = Look back on your own contacts.
practice-hint-teach = Show a colleague.
practice-undo = Undo these changes
practice-undo-of = Undo the changes of { $theme }
practice-reset = Use the text that ships with the program
practice-printed = As plans print it
practice-draft-title = Preview the draft
practice-draft-empty = The draft is empty. Open a theme and change its texts.
practice-changes = Changed texts
practice-changes-of = Changed texts: { $theme }
practice-text = Text
practice-draft-use = Use this version
practice-draft-use-what = New plans and workshops then use these texts. Existing plans keep theirs.
practice-source-title = Practice library as TOML
practice-source-intro = For experts: the whole library. Changes in the draft then apply to the new version.
error-practice-missing = Fill in “{ $field }”.
error-practice-too-long = Write at most { $most } characters.
error-practice-if-then = Write one sentence that begins with “If” and has “then” in it.
error-practice-no-activity = Keep at least one activity.
error-practice-draft-changed = Somebody changed the draft in the meantime. Nothing of yours or theirs was lost: compare the texts on this page, then save yours again if you want to replace theirs.
practice-source = Library (TOML)
practice-note = What did you change, and why?
practice-submit = Save library

## Pauses

pauses-title = Pauses
pauses-intro = Nobody is coached during leave, a difficult time or a system change. No plan can start until two full weeks after the last day of the pause. A check-in during a pause does not count as missed. Plans for a whole team leave these agents out. Praise still reaches them.
pauses-none = No pauses now or planned.
pauses-period = { $reason }, { $first } to { $last }
pauses-until = plans can start again on { $date }
pauses-everybody = Everybody
pauses-end = End pause
pauses-end-this = End pause of { $name } from { $date }
pauses-add = Add a pause
pauses-whom = For
pauses-whom-hint = To add a pause for one agent, open the agent's page first.
pauses-reason = Reason
pauses-reason-hint = Only this reason is stored. Private details do not belong here.
pauses-first-day = First day
pauses-last-day = Last day
pauses-submit = Add pause

## Exports of plans

export-title = Plans of { $team }
export-ready = { $count ->
    [one] 1 plan is ready.
   *[other] { $count } plans are ready.
 }
export-kept = Agents who already had a plan that is not closed keep it. Agents in a pause are left out.
export-download = Download all plans as PDF (ZIP)
export-failed = The plans could not be made after several attempts. Plans that were made are on their agents' pages. Please try again, or tell your administrator.
export-empty = There is nobody to make a plan for: the team has no agents, or all of them are in a pause.
export-waiting = The plans are about to be made. This page updates every two seconds.
export-progress = { $done } of { $count ->
    [one] 1 plan
   *[other] { $count } plans
 } made. This page updates every two seconds.
export-progress-label = Plans made

## Effect of coaching

effect-title = Did coaching help?
effect-better = Coaching helped, by more than chance.
effect-worse = Scores fell, by more than chance.
effect-no-difference = No difference large enough to matter.
effect-cannot-tell = Too close to call.
effect-pooled = { $verdict } The share of good scores changed by { $points } points on average (95 % interval { $low } to { $high }), over { $plans } plans in { $teams } teams.
effect-missing = Too early to tell: { $with_scores } of { $count ->
    [one] 1 accepted plan has
   *[other] { $count } accepted plans have
 } { $scores } scores since and { $colleagues } colleagues without a plan to compare with. { $plans } such plans are needed.
effect-plans = Plans
effect-plans-value = { $count ->
    [one] 1 accepted plan
   *[other] { $count } accepted plans
 }, { $with_scores } with enough scores since
effect-comparison = Compared with
effect-comparison-value = the rate expected from earlier scores after allowing for chance, and colleagues without a plan over the same days
effect-behaviour = Behaviour seen
effect-behaviour-value = in { $first } of { $first_of } contacts at the first check-in, in { $last } of { $last_of } at the last, over { $plans } plans
effect-own-tally = Agents' own tallies
effect-own-tally-value = done in { $first } of { $first_of } contacts in the first week, in { $last } of { $last_of } in the last, over { $plans } plans whose agents share them
effect-rating = Agents' rating
effect-rating-value = { $mean } of 5 on average ({ $count ->
    [one] 1 answer
   *[other] { $count } answers
 })
effect-note = An agent who is chosen after a weak period usually scores better next time by chance alone, so a simple before-and-after comparison would always look like success. Plans are pooled here and nobody is named. Each plan's page shows its own figures.

effect-plan = { $verdict } Good scores before the plan: { $before } of { $scores_before }. Expected since then without coaching: { $expected }. Actual: { $after } of { $scores_after }.
effect-plan-few-colleagues = Cannot tell: there are too few colleagues without a plan to compare with.
effect-plan-cannot-tell = Too few scores to tell: with so few, only a difference of about { $points } points would show.
effect-plan-no-difference = No difference beyond chance.
effect-plan-better = Better than expected, by more than chance.
effect-plan-worse = Worse than expected, by more than chance.

## Errors

error-no-agent = There is no such agent.
error-no-team = There is no such team.
error-reference-taken = An agent with this reference already exists.
error-reference-of-another = This reference belongs to another agent who has a plan, an account, a pause, observed contacts, quality checks, 1:1s, a hiring record or another reference. The two agents cannot be merged.
error-already-agent = This candidate is already an agent.
error-no-plan = There is no such plan.
error-no-export = There is no such export, or it is not ready.
error-no-pause = There is no such pause.
error-plan-format = Choose pdf, docx, html, md or json as the format of a plan.
error-plan-open = Another plan of this agent is open. Close it first.
error-plan-paused = No plan can start before { $until }: { $reason }. You can still pass on praise.
error-no-observation = There is no such observed contact.
error-observation-date = Enter the day of the contact: today, or at most a year ago.
error-observation-theme = “{ $theme }” is not a behaviour of the practice library.
error-observation-empty = Mark at least one behaviour as seen or not seen.
error-observation-long = Channel and contact id can have at most { $field } characters, the note at most { $note }. Shorten them.
error-observation-kept = An observed contact can be deleted for a day only. Record another one instead.
error-no-one-to-one = There is no such 1:1.
error-no-action = There is no such action.
error-one-to-one-author = Only { $name }, who prepared this 1:1, can change it.
error-one-to-one-kept = A 1:1 can be deleted for a day only.
error-one-to-one-date = Enter the date of the 1:1, at most a year before or after today.
error-one-to-one-held-on = Enter the day on which the 1:1 was held: today, or at most a year ago.
error-one-to-one-notes-long = Notes can have at most { $limit } characters. Shorten them.
error-one-to-one-already-held = This 1:1 was held already. Tell your coach what you want to talk about next time.
error-agenda-lines = An agenda can have at most { $limit } lines here. Remove some.
error-agenda-line-long = A line or an action can have at most { $limit } characters. Shorten it or split it.
error-action-missing = Enter what will be done.
error-actions = A 1:1 can have at most { $limit } actions. Prepare another 1:1 for more.
error-action-due = Enter the day on which the action is due, at most two years from today, or leave it empty.
error-action-done-on = Enter the day on which the action was done: today or earlier.
error-no-tally-day = There is no such entry in your tally.
error-tally-area = Your plan does not work on this area. Choose one of its areas.
error-tally-closed = Your plan is not open, so no day can be recorded.
error-tally-date = Enter a day since the plan was agreed, today at the latest.
error-tally-counts = Enter how many contacts it applied to, from 1 to { $most }, and in how many of them you did it.
error-tally-note = The note can have at most { $limit } characters. Shorten it.
error-tally-kept = This day was entered more than 24 hours ago and can no longer be changed.
error-pause-invalid = A pause is for one agent, one team or everybody. Enter a first and a last day, at most 400 days apart and starting within about two years of today.
error-view-too-long = Your view can have at most { $limit } characters. Shorten it.
error-filter = The filter “{ $field }” has no such value. Leave it out to see everything.
error-too-few-comments = There are too few comments for a workshop of this team: somebody could be recognised. A workshop needs comments by at least five customers about at least three agents on a theme within the agents' control. Try again when more feedback has been imported. Plans for single agents need fewer comments.
error-library-outdated = Somebody else saved the library in the meantime. Load the page again and repeat your change.
error-library-syntax = Line { $line }: { $problem }
error-library-no-theme = “{ $theme }” is not a theme within an agent's control.
error-library-twice = The theme “{ $theme }” is in the library twice. Remove one entry.
error-library-empty = “{ $theme }” has an empty entry. Every theme needs three behaviours, a goal, an if-then sentence and five activities.
error-library-if-then = The if-then sentence of “{ $theme }” must start with “If” and contain “then”.
error-step-field = The field “{ $field }” is missing or cannot be read.
error-step-unreadable = The step could not be read. Check its name and its fields.
error-step-not-shared = This plan is a draft. Share it with the agent first.
error-step-already-shared = This plan is already shared.
error-step-withdrawn = This plan was withdrawn. Make a new one.
error-step-not-accepted = A coach must accept this plan first.
error-step-already-accepted = This plan is already accepted. To work on something else, close it and make a new one.
error-step-closed = This plan is closed.
error-step-items = Choose one or two areas, or set your own goal.
error-step-not-offered = This plan does not offer “{ $theme }”.
error-step-twice = You chose “{ $title }” twice.
error-step-reason-needed = Enter a reason for “{ $title }”: feedback alone does not support it.
error-step-goal-needed = Enter the goal.
error-step-text-missing = A required field is empty. Fill it in.
error-step-text-too-long = A text can have at most { $limit } characters. Shorten it.
error-step-due-in-the-past = Choose today or a later day as the due date.
error-step-no-promise = There is no such promise.
error-step-kept-already = This promise is already marked as kept.
error-step-no-check-in = There is no such check-in.
error-step-checked-in-already = This check-in is already marked as held.
error-step-check-in-day = A check-in was held between the day the plan was accepted and today.
error-step-evidence-needed = Say what shows that the goal was reached, for example the contacts you observed.
error-step-not-closed = This plan is not closed.
error-step-too-late-to-reopen = Closing a plan can be undone until the next day, and only before the agent has rated the coaching. Make a new plan.
error-step-tally = Enter both numbers: how many contacts you reviewed, and in how many of them the behaviour was seen.
error-step-no-dispute = There is no such dispute.
error-step-decided-already = This dispute is already decided.
error-step-rating = A plan is rated once, from 1 to 5, after it is closed.
error-step-own-plan = You accepted this plan, so somebody else must decide this dispute.
