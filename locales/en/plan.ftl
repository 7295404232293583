### Documents: the coaching plan, the brief before a 1:1, and the team workshop.

plan-document-title = 1:1 plan for { $agent }
plan-document-subtitle = { $organisation } · { $date }
plan-document-subtitle-team = { $organisation } · team { $team } · { $date }
plan-document-footer = For development, not for ranking, pay or discipline. Proposed by rules version { $version }; people decide. Rapport

over-99-percent = over 99 %

## What the plan rests on

basis-period = Period
basis-period-days = { $from } to { $to } ({ $count ->
    [one] 1 day
   *[other] { $count } days
 })
basis-feedback = Feedback
basis-feedback-counts = { $scores ->
    [0] No scores
    [one] 1 score
   *[other] { $scores } scores
 } and { $comments ->
    [0] no comments
    [one] 1 comment
   *[other] { $comments } comments
 }.
basis-newest = The newest is from { $date }, { $count ->
    [0] the day of this plan
    [one] 1 day before this plan
   *[other] { $count } days before this plan
 }.
basis-weights = Newer feedback counts more: after { $days } days a comment or score counts half.
basis-stale-title = This feedback is old.
basis-stale = The newest is from { $date }, more than 60 days before this plan, so the plan proposes no check-ins. Import newer feedback before you agree on anything.
basis-left-out = Left out
basis-left-out-nothing = Nothing
basis-no-content = { $count ->
    [one] 1 comment without content.
   *[other] { $count } comments without content.
 }
basis-not-analysed = { $count ->
    [one] 1 comment that could not be read, for example in another language.
   *[other] { $count } comments that could not be read, for example in another language.
 }
basis-contradicting = { $count ->
    [one] 1 comment, because its words contradict its score.
   *[other] { $count } comments, because their words contradict their scores.
 }
basis-withheld = { $count ->
    [one] 1 insulting or discriminatory comment.
   *[other] { $count } insulting or discriminatory comments.
 }
basis-unreliable = Mentions of { $themes }, because annotators disagree about them.
basis-confidence = Confidence
basis-confidence-good = Good: enough scores to say something about one person.
basis-confidence-moderate = Moderate: use the range, not the single figure.
basis-confidence-low = Low: there is no rate to show. Take single comments as something to talk about.
basis-purpose = Purpose
basis-purpose-text = Development in a 1:1. Not for ranking, pay or discipline.

## The agent's own view

view-title = In your own words
view-questions = What are you proud of? Which contacts were hard? What gets in your way? Which comments seem unfair? What do you want to get better at?

## Strengths

strengths-title = What customers value
strengths-none = In the comments of this period, no specific praise was recognised. Ask which contact went best, and why.
strength-credible = { $count ->
    [one] 1 customer praises
   *[other] { $count } customers praise
 } { $what }. That is more often than for peers ({ $chance } sure). Keep doing it.
strength-named = { $count ->
    [one] 1 customer praises
   *[other] { $count } customers praise
 } { $what }. Keep doing it.
single-praise = One customer said ({ $theme }):
pleased-without-reason = { $count ->
    [one] 1 customer was pleased without giving a reason.
   *[other] { $count } customers were pleased without giving a reason.
 }
# Beside the strength or the area that it belongs to.
plan-observed = Observed by { $by }: seen in { $seen } of { $count ->
    [one] 1 contact
   *[other] { $count } contacts
 }.
# Below the chart of an agreed area.
own-tally = Done in { $done } of { $opportunities } contacts where it applied. Source: own tally, { $count ->
    [one] 1 day
   *[other] { $count } days
 }, shared by the agent.
strengths-share = I am willing to show a colleague how I do this (my choice)

## The picture

picture-title = At a glance
picture-none = In the comments of this period, no praise of a theme and no complaint about one was recognised.
trend-no-change = no reliable change
trend-improved = improved by more than chance
trend-declined = declined by more than chance
rate-estimate = Good scores: about { $rate }, most likely between { $low } and { $high }.
rate-no-variance = No rate is shown: so far, scores in this organisation do not differ between agents by more than chance.
rate-too-few = No rate is shown: too few scores to tell. { $scores ->
    [0] There are none
    [one] There is 1
   *[other] There are { $scores }
 }, and { $count ->
    [one] 1 more is needed.
   *[other] { $count } more are needed.
 }
rate-shrunk = The estimate allows for chance: with { $scores } scores it moves towards the average (reliability { $reliability }).
rate-adjusted = The estimate allows for chance: with { $scores } scores it moves towards the average (reliability { $reliability }). It also allows for channels and issues: among peers with the same mix, { $expected } of scores are good; among all peers, { $peers }.
rate-team = The band shows where most of the team is. It is not a target and not a ranking.

## Process issues

process-title = Not yours to fix
process-none = In recent comments, no complaint was recognised that another department owns.
process-intro = Customers also told you about things that other departments have to fix. They do not count against you. The coach passes them on to their owners.
process-caption = Themes that other departments own
process-theme = Theme
process-owner = Owner
process-comments = Comments
process-example = What it is about
process-status = Status
process-quoted = “{ $text }”
process-no-status = no status yet
process-status-on = { $status } ({ $date })
process-status-note = { $status } ({ $date }): { $note }

## What was agreed

agreement-title = What we agreed on { $date }
agreement-goal = Goal
agreement-source = Source
agreement-reason = Reason
agreement-outcome = Outcome:
agreement-outcome-note = { $outcome }: { $note }

## Focus areas

focus-title = { $areas ->
    [0] Focus
    [one] One focus area
   *[other] { $areas } focus areas
 }
focus-evidence = { $count ->
    [one] 1 of { $comments } comments mentions
   *[other] { $count } of { $comments } comments, in { $weeks } different weeks, mention
 } { $what }. Allowing for chance, that is about { $rate } of comments, against { $peers } for peers with the same channels and issues. Probability of a real difference: { $chance }.
focus-none-title = No focus area from the comments.
no-focus-new-in-role = { $count ->
    [one] 1 day in the role is
   *[other] { $count } days in the role are
 } too few for a focus area. This plan is for a good start: choose together what to learn first.
no-focus-too-few-comments = There are too few comments for a focus area: { $count ->
    [0] none
    [one] 1
   *[other] { $count }
 } in { $days } days, and { $needed } are needed. Choose a goal together, perhaps from something that you both saw in at least three contacts.
no-focus-too-few-peer-comments = There are too few comments about peers to compare with: { $count ->
    [0] none
    [one] 1
   *[other] { $count }
 }, and { $needed } are needed. Choose a goal together, perhaps from something that you both saw in at least three contacts.
no-focus-only-shared = Your feedback shows no area that is within your control alone and differs from your peers'. The coach can confirm the shared theme below with a reason, or you can choose a goal together.
no-focus-no-difference = Your feedback shows no area that differs from your peers' by more than chance. That is a normal result. Choose a goal together.
shared-title = For the coach to judge: { $theme }.
shared-question = This theme depends on both the agent and the process. It becomes a focus area only if the coach ticks it and gives a reason: ☐ within the agent's control, because …
worth-asking = Worth asking about: { $theme }. { $count ->
    [one] 1 customer mentions
   *[other] { $count } customers mention
 } { $what }; this may be chance.
environment = Complaints rose for peers too, so this is about the team's working conditions and not about one person: { $themes }.

## Alternatives to a focus area

extend-title = A strength to extend: { $strength }
extend-source = Source: what customers value, not a weakness.
alternative-issue-title = Issue: { $issue }
alternative-issue-source = Source: scores on one issue, not what comments say about you.
alternative-issue-evidence = { $bad } of { $scores } scores on { $issue } were not good; for peers with the same issue, the share is { $peers }. Probability of a real difference: { $chance }.
alternative-team-title = The team's theme: { $theme }
alternative-team-source = Source: comments about the whole team. Your own do not differ from your peers'.
alternative-team-source-alone = Source: comments about the whole team. There are too few comments to compare your own with your peers'.
alternative-team-evidence = { $comments } comments about { $agents } agents of the team mention { $what }: { $rate } % of the team's comments, { $elsewhere } % elsewhere. The whole team works on it.
alternative-other = Or: { $name }.
example-named = An example of good practice in { $theme }, from { $colleague }, who agreed to show it:
example-unnamed = An example of good practice in { $theme }, from a colleague who agreed to show it:
example-words = What the colleague does, in their own words: “{ $words }”
no-focus-question = A question to ask: which contact would you handle differently today, and how?
goal-write-in = The goal we choose together, and where it comes from:

## Practice

anchor-below = Below expectation
anchor-at = As expected
anchor-above = Above expectation
practice-goal = Goal
practice-goal-by = By { $date }, { $goal }.
practice-if-then = If–then, said aloud three times:
practice-see = See: { $activity }
practice-say = Say: { $activity }
practice-do = Do: { $activity }
practice-reflect = Reflect: { $activity }
practice-teach = Teach: { $activity }

## Cause, check-ins, support, signatures

cause-title = Before practice: what is the cause?
cause-practice = Knowledge, skill or habit: practise as above
cause-coach = Tool, policy, time or workload: the coach commits to a change by ……………… ; the plan pauses until then
check-ins-title = Check-ins and measures
check-ins-caption = Check-ins
check-ins-date = Date
check-ins-purpose = Purpose
check-ins-notes = Notes
check-in-notes = { $date }: { $note }
check-in-seen = { $date }: seen in { $seen } of { $of } contacts. { $note }
check-in-first-try = 10 minutes: what have you tried? What got in the way?
check-in-contacts = 20 minutes: review two contacts and your own tally together
check-in-review = 30 minutes: review the goal
check-in-lasting = 15 minutes: what will you keep doing?
check-in-close = 30 minutes: close, continue or change
check-in-calendar = 1:1 check-in: { $agent }
measure-goal = We look at the goal that we chose: what was tried, and what it changed.
measure-behaviour = We judge the behaviour: the agent's own tally, and five contacts that the coach observes at the start, on day 14 and on day 30.
measure-change = With this many scores, only a change of about { $count ->
    [one] 1 point
   *[other] { $count } points
 } could be seen, so the score does not decide.
measure-none = There are too few scores to see a change in them.
promises-caption = Support promised by the coach. An overdue promise pauses the plan.
promises-promise = Promise
promises-due = Due
promises-kept = Kept
promises-write-in = Support promised by the coach (time, tool, article, shadowing), with a date. An overdue promise pauses the plan.
conversation-write-in = Notes from our conversation:
signature-read = Read by the agent on { $date }. That does not mean agreement.
signature-unread = Not read by the agent yet.
signature-agent = Agent: I have read this. That does not mean that I agree. Date and initials: ……………………
signature-coach = Coach: agreed in conversation on …………………… · On day 60: continue / close / change
signature-coach-only = Coach: agreed in conversation on ……………………

## The brief before a 1:1

brief-title = Brief for the 1:1 with { $agent }
brief-subtitle = { $organisation } · { $date }
brief-footer = For the coach only, in the order of the conversation. Coach and agent share the plan. Rapport
brief-open = Open points
brief-open-promise = You promised, by { $date }: { $promise }
brief-open-check-in = Next check-in, { $date }: { $purpose }
brief-open-paused = The plan is paused until the overdue promise is kept.
brief-open-dispute = Disputed, not decided yet: { $point }
brief-ask = Ask:
brief-agent = The agent first
brief-agent-question = What are you proud of since we last met? What got in your way?
brief-agent-source = { $agent }, before the 1:1
brief-goal = Goal
brief-goal-question = What would you like to be different in thirty days?
brief-goal-agreed = { $title }: { $goal }
brief-goal-suggested = To suggest if no goal comes up: { $goal }.
brief-reality = Reality
brief-reality-strengths = Start with what customers praise: { $what }.
brief-reality-no-focus = The plan says: “{ $reason }”
brief-reality-focus = { $count ->
    [one] Then: { $theme }. 1 of { $comments } comments mentions it, more than for peers with the same work.
   *[other] Then: { $theme }. { $count } of { $comments } comments mention it, more than for peers with the same work.
 }
brief-reality-process = { $count ->
    [one] Not the agent's to fix: { $theme }. 1 comment, owned by { $owner }, { $status }. Tell the agent.
   *[other] Not the agent's to fix: { $theme }. { $count } comments, owned by { $owner }, { $status }. Tell the agent.
 }
# Own tally of the agent, if it is shared.
brief-own-tally = { $theme }: { $tally }
brief-reality-question = What happened in that contact? What would a camera have seen?
brief-options = Options
brief-options-question = What have you tried? What else could you do? What would it take?
brief-will = Will
brief-will-rehearse = Say it aloud together, three times: { $sentence }
brief-will-question = What will you do first, and when? What do you need from me, and by which day?
brief-will-check-ins = Check-ins: { $dates }.
brief-after = Afterwards, ask yourself
brief-after-talk = The agent talked more than I did
brief-after-behaviour = Every point was about something done in a real contact, not about the agent's character
brief-after-focus = We spoke about two things at most, and I wrote down one commitment of mine
brief-after-process = We kept process issues apart from what the agent can change

## The team workshop

workshop-title = Team workshop: { $theme }
workshop-subtitle = { $organisation } · team { $team } · { $date }
workshop-footer = About the work, not about people: no comment points to anyone in the room. Rapport
workshop-guide = Guide for the facilitator
workshop-reason = Why this theme
workshop-reason-compared = { $count ->
    [one] 1 of { $comments } comments about this team mentions
   *[other] { $count } of { $comments } comments about this team mention
 } { $what }: { $rate }, against { $elsewhere } in other teams.
workshop-reason-alone = { $count ->
    [one] 1 of { $comments } comments about this team mentions
   *[other] { $count } of { $comments } comments about this team mention
 } { $what }: { $rate }. There is no other team to compare with.
workshop-period = Period
workshop-period-dates = { $from } to { $to }
workshop-needs = You need
workshop-needs-text = 60 minutes, a printed handout for everybody, and somebody who takes notes. Nobody keeps score.
workshop-hour = Agenda
workshop-minutes = Minutes
workshop-step = Step
workshop-how = How
workshop-listen = Listen
workshop-listen-how = Read the five comments aloud, slowly, each by a different person. No discussion yet.
workshop-see = What do we see?
workshop-see-how = Collect what happened to the customer, in verbs. Ask anyone who explains or defends to wait.
workshop-example = An example that worked
workshop-example-how = Read the praise on the handout, or tell each other about a contact that went well. Which words made the difference? What good looks like: { $above }
workshop-practise = Practise in pairs
workshop-obstacles = What gets in our way?
workshop-obstacles-how = Make two lists: ours to fix, and not ours to fix. The second goes to its owners tomorrow. Agree who takes it there.
workshop-sentence = One sentence for everybody
workshop-sentence-how = Choose one and say it aloud together: { $sentence }
workshop-follow-up = In thirty days
workshop-follow-up-text = Look at the team's share of comments with this theme, never at one person's. A month with this many comments can show a change of about { $count ->
    [one] 1 point
   *[other] { $count } points
 }. A smaller one is too close to call; then the team judges by what it observes.
workshop-obstacles-write-in = Obstacles for their owners: who takes them there, and by when?
workshop-handout = Handout: { $theme }
workshop-handout-note = Five customers, in no particular order. Names, dates and channels are left out on purpose.
workshop-customer = a customer
workshop-good = What good looks like: { $what }
workshop-if-then = If–then:
workshop-attendance = Attendance
workshop-attendance-caption = A signature says that you were there, nothing else.
workshop-name = Name
workshop-initials = Initials
workshop-choice = The sentence we chose, and how we will notice that we use it:
