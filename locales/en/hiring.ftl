### Vacancies, candidates and shortlists.

## Vacancies

vacancies-empty = No vacancies yet. Open one below, then add candidates.
vacancies-facts = { $count ->
    [one] { $count } candidate
   *[other] { $count } candidates
 }, opened { $day }
vacancies-open = Open a vacancy
vacancies-title = Title
vacancies-submit = Open vacancy
vacancies-questionnaire = Questionnaire
questionnaire-version = { $questionnaire }, version { $version }

## Shortlist

vacancy-empty = No candidates yet. Add the first ones below.
vacancy-scored = { $count ->
    [one] { $scored } of { $count } candidate scored.
   *[other] { $scored } of { $count } candidates scored.
 }
vacancy-download = Download CSV
# The bars are drawn with 1.39 standard errors, so that overlap means a difference within 1.96.
vacancy-legend = Dot: score, 50 is the average applicant. Bar: range for comparing two candidates; overlapping bars are too close to call. Shaded: range of the top candidate. In numbers: score and 95 % range. Below: facets above or below average.
score-provisional-note = Provisional: compared with an assumed population until 300 people have answered.
vacancy-below-top = Clearly below the top candidate
vacancy-too-close = Too close to the top candidate to call
vacancy-check-quality = Check answer quality
vacancy-score = Score { $score } ({ $low } to { $high })
vacancy-rank = rank { $rank }
vacancy-rank-range = rank { $best } to { $worst }
vacancy-add = Add candidates
vacancy-add-one = One candidate
vacancy-add-one-submit = Add candidate
vacancy-open-candidate = Open the candidate
vacancy-add-file = From a file
vacancy-file = Table (CSV or XLSX) with columns for name and email address
vacancy-add-file-submit = Add candidates

stage-invited = Not started
stage-started = Still answering
stage-finished = Finished
stage-withdrawn = Withdrawn

reason-adds = { $facet } ({ $score }) adds { $points } points
reason-takes-off = { $facet } ({ $score }) takes off { $points } points
reason-answer-quality = Check answer quality. Ask about it; it is not a reason to reject.

## Links

links-title = Private links
links-for-one = Link for { $name }
links-for-many = { $count ->
    [one] { $count } link
   *[other] { $count } links
 }
links-none = No candidate was added
links-note = Copy now: links are shown only once. A link works for { $days } days. Anyone who has it can answer as the candidate, so keep it private.
links-candidate = Candidate
links-link = Link
links-rejected = { $count ->
    [one] { $count } row was not added
   *[other] { $count } rows were not added
 }
links-rejected-row = Row { $row }: { $reason }
links-back-to-vacancy = Back to the vacancy
links-back-to-candidate = Back to the candidate

## A candidate

candidate-name = Name
candidate-team = Team
candidate-facts = { $email }, added { $day }
candidate-score = Score { $score }, 95 % range { $low } to { $high }, { $ranks }.
candidate-reasons = Main reasons for the score
candidate-interview = Ask in the interview
candidate-quality = Answer quality
candidate-quality-good = Nothing unusual.
candidate-quality-one = A single signal means little.
candidate-quality-several = More than one signal: ask the candidate about it, or invite them again. It is not a reason to reject.
candidate-method = How this score was calculated
candidate-method-name = Method
candidate-norm = Norm
candidate-reliabilities = Reliability
candidate-reliability = { $facet } { $reliability } ({ $source })
candidate-next-stage = What is missing
candidate-no-score = No score yet.
candidate-decisions = Decisions
candidate-no-decision = No decision yet.
candidate-decide = Your decision
candidate-decision = Decision
candidate-reason-hint = What matters besides the score? The reason is kept on record.
candidate-decide-submit = Save decision
candidate-agent = Works as agent { $reference }.
candidate-hire = Add to a team
candidate-reference = Name or number used in your feedback files
candidate-hire-submit = Add to team
candidate-link-hint = A new link replaces the old one. Saved answers are kept.
candidate-link-submit = Create new link
candidate-reason = Reason

decide-advance = Invite to interview
decide-hold = Hold
decide-hired = Hire
decide-declined = Decline
decision-advance = Interview
decision-hold = On hold
decision-hired = Hired
decision-declined = Declined

## Scores

score-provisional = Provisional
score-next-calibrated = Calibrated scores need 200 complete sittings of this version.
reliability-assumed = assumed
reliability-measured = { $count ->
    [one] measured on { $count } sitting
   *[other] measured on { $count } sittings
 }
signal-instructed = { $count ->
    [one] Missed { $count } attention check
   *[other] Missed { $count } attention checks
 }
signal-instructed-some = Missed at least one attention check
signal-longstring = Gave the same answer { $times } times in a row
signal-longstring-some = Gave the same answer many times in a row
signal-irv = Gave nearly the same answer to every statement, including reversed ones
signal-speed = Answered faster than anyone can read
signal-repeated-pattern = Repeated the same sequence of answers
signal-contradiction = Gave the same answers to statements and to their opposites
signal-within-scale-sd = Answers to similar statements differ as much as random ones

## Errors

error-no-vacancy = There is no such vacancy.
error-no-candidate = There is no such candidate.
error-already-in-vacancy = This address is already in the vacancy.
error-decision-missing = Choose a decision.
error-decision-reason = Write a reason of 3 to 1,000 characters.
error-candidate-columns = The file needs a column for the name and one for the email address, such as “name” and “email”. It has: { $columns }.
error-candidate-no-header = The first row of the file looks like data. It must contain the names of the columns, such as “name” and “email”.
error-too-many-candidates = One file can add up to { $limit } candidates. Split it into smaller files.
error-no-file-field = The form has no field “file”. Choose a file.
error-not-hired = Only a candidate with the decision “Hired” can be added to a team.
error-no-questionnaire = There is no such questionnaire.
error-version-taken = Version { $version } of “{ $slug }” is already published with other content. Use a higher version number.
