### Figures of the feedback: the overview and emerging terms.

## Overview

overview-basis = { $from } to { $to }: { $scores } and { $comments }.
overview-scores = { $count ->
    [one] 1 score
   *[other] { $count } scores
 }
overview-comments = { $count ->
    [one] 1 comment
   *[other] { $count } comments
 }
overview-not-analysed = { $count ->
    [one] 1 more comment is in another language and was not analysed.
   *[other] { $count } more comments are in another language and were not analysed.
 }
overview-new-since = New since { $time }
overview-new-week = New in the last seven days
overview-nothing-new = Nothing new.
overview-seen = Mark as seen

overview-rate-title = Good scores
overview-rate = { $rate } of all scores are good (95 % interval { $low } to { $high }).
overview-rate-change = Compared with the 90 days before: { $change }.
overview-rate-improved = improved by more than chance
overview-rate-declined = declined by more than chance
overview-rate-unchanged = no reliable change
overview-no-scores = No scores yet.

overview-response-title = Response rate by channel
overview-channel = Channel
overview-all-channels = All channels
overview-invited = Surveys sent
overview-answered = Answers
overview-response-rate = Response rate
overview-response-impossible = more answers than surveys sent

overview-agents-title = How much of a score depends on the agent?
overview-icc = Differences between agents explain { $percent } % of the differences between scores.
overview-scores-needed = A figure about one agent needs { $half } scores for a reliability of 0.5, { $fair } for 0.7 and { $good } for 0.8.
overview-no-icc = The scores do not show differences between agents yet.
overview-agents-download = Scores by agent and kind of case (CSV)
overview-drivers-download = Scored comments with their themes (CSV)
overview-download-note = The file contains no names. The command “rapport analyse” computes these figures from it.
overview-low = { $count ->
    [one] 1 agent has ten scores or more
   *[other] { $count } agents have ten scores or more
 }; { $low ->
    [0] none of them
   *[other] { $low } of them
 } scored five points or more below the average. { $credible ->
    [0] Nobody is clearly lower.
    [one] 1 is clearly lower; { $corrected } after correcting for multiple comparisons.
   *[other] { $credible } are clearly lower; { $corrected } after correcting for multiple comparisons.
 } No names are listed here.

overview-teams = Teams
overview-teams-caption = In alphabetical order; adjusted for channel and issue
overview-team = Team
overview-team-scores = Scores
overview-team-good = Good scores
overview-interval = 95 % interval
overview-team-outside = More than chance
overview-yes = yes
overview-no = no
overview-team-hidden = Hidden: the team is too small, or a small team could be derived from it

overview-themes = What customers talk about
overview-themes-caption = Comments by theme; a change is shown only if it is more than chance
overview-theme = Theme
overview-praise = Praise
overview-complaints = Complaints
overview-complaints-before = Complaints in the 90 days before
overview-change = Change
overview-complaints-rose = more complaints
overview-complaints-fell = fewer complaints

overview-team-themes = Complaints by team
overview-team-themes-caption = Comments with a complaint, by team; “few” hides numbers that could identify people
overview-few = few
overview-team-themes-note = Teams work in different queues. A team with hard cases hears more complaints. The table shows where to look, not who is at fault.

overview-drivers = What drives the scores
overview-drivers-explained = { $count ->
    [one] In 1 comment
   *[other] In { $count } comments
 } with a score, the themes together explain { $share } of whether the score is good. The rest is not in the comments.
overview-drivers-caption = Share of what is explained (relative weights, 95 % bootstrap interval)
overview-drivers-comments = Comments
overview-drivers-share = Share

## Activity since the last visit

activity-imports = { $count ->
    [one] 1 import of feedback
   *[other] { $count } imports of feedback
 }
activity-undone = { $count ->
    [one] 1 import undone
   *[other] { $count } imports undone
 }
activity-moved = { $count ->
    [one] 1 agent with a new team or name
   *[other] { $count } agents with a new team or name
 }
activity-hired = { $count ->
    [one] 1 agent hired
   *[other] { $count } agents hired
 }
activity-departments = { $count ->
    [one] 1 update from a department
   *[other] { $count } updates from departments
 }
activity-taxonomy = { $count ->
    [one] 1 new version of the themes and words
   *[other] { $count } new versions of the themes and words
 }
activity-annotations = { $count ->
    [one] 1 clause annotated
   *[other] { $count } clauses annotated
 }
activity-plans = { $count ->
    [one] 1 plan made
   *[other] { $count } plans made
 }
activity-accepted = { $count ->
    [one] 1 plan accepted
   *[other] { $count } plans accepted
 }
activity-acknowledged = { $count ->
    [one] 1 plan read by its agent
   *[other] { $count } plans read by their agents
 }
activity-disputes = { $count ->
    [one] 1 dispute
   *[other] { $count } disputes
 }
activity-closed = { $count ->
    [one] 1 plan closed
   *[other] { $count } plans closed
 }
activity-practice = { $count ->
    [one] 1 new version of the practice library
   *[other] { $count } new versions of the practice library
 }

## Emerging terms

terms-title = New words in comments
terms-intro = Customers use these words and pairs of words clearly more often in the last two weeks than before. Read the comments before you draw a conclusion.
terms-none = No new words, as in most weeks.
terms-counts = { $count ->
    [one] 1 comment
   *[other] { $count } comments
 } about { $agents ->
    [one] 1 agent
   *[other] { $agents } agents
 } ({ $before } in the 90 days before).
terms-read = { $count ->
    [one] Read 1 comment with “{ $term }”
   *[other] Read { $count } comments with “{ $term }”
 }
terms-note = Comments with the same text count once. Names of agents and teams are left out. A word needs { $comments } comments about { $agents } agents. Shares are compared by log-odds with an informative prior: z above { $clear } now, or above { $likely } in two periods of two weeks in a row.
