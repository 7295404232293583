### Criterion validity of the hiring score.

validity-title = Does the score predict what customers say?
validity-pairs = Hires compared
validity-pairs-value = { $count ->
    [one] 1 hire has
   *[other] { $count } hires have
 } a score and at least { $scores } customer scores{ $waiting ->
    [0] {""}
    [one] ; 1 more has too few
   *[other] ; { $waiting } more have too few
 }
validity-criterion = Customer scores
validity-criterion-value = Rate of good scores, pulled towards the average where there are few; differences between agents explain { $percent } % of the differences between scores ({ $count ->
    [one] 1 score
   *[other] { $count } scores
 } of { $agents ->
    [one] 1 agent
   *[other] { $agents } agents
 })
validity-reliability = Reliability of the rates
validity-reliability-value = { $reliability } on average
validity-reliability-needed = { $reliability } on average; 0.70 needs { $count ->
    [one] 1 score
   *[other] { $count } scores
 } per agent
validity-correlation = Correlation
validity-correlation-value = r = { $r } (95 % interval { $low } to { $high }), uncorrected
validity-weighted = Weighted
validity-weighted-value = r = { $r }, each hire weighted by the reliability of the agent's rate
validity-corrected = Corrected
validity-corrected-value = r = { $r } (95 % interval { $low } to { $high }), corrected for the unreliability of the rates only
validity-power = Sample size
validity-power-value = With { $count ->
    [one] 1 hire
   *[other] { $count } hires
 }, a true correlation of .20 would be detected 80 % of the time
validity-chart = Score at hiring and later customer scores
validity-score-axis = Score at hiring
validity-criterion-axis = Good customer scores of the agent (%)
validity-note = People were hired partly because of this score, so the scores of hires vary less than those of applicants. The correlation is therefore more likely to be too low than too high. It is not corrected for this.
validity-download = The pairs behind these figures (CSV)
validity-download-note = The file contains no names. The command “rapport analyse” computes these figures from it.

## What may be concluded

validity-no-spread = Not enough evidence: customer scores do not differ between agents yet, so there is nothing to predict.
validity-few-pairs = Not enough evidence: { $count ->
    [one] 1 hire has
   *[other] { $count } hires have
 } a score and enough customer scores; { $missing } more are needed.
validity-positive = Higher scores go with better customer ratings.
validity-negative = Higher scores go with worse customer ratings.
validity-unclear = Too close to call: there may be no relation.
validity-claim = { $direction } There is enough evidence to report this correlation.
validity-needs-pairs = { $direction } A claim of validity still needs { $count ->
    [one] 1 more hire
   *[other] { $count } more hires
 } with enough customer scores.
validity-needs-reliability = { $direction } A claim of validity still needs a reliability of { $needed } (now { $now }).
validity-needs-both = { $direction } A claim of validity still needs { $count ->
    [one] 1 more hire
   *[other] { $count } more hires
 } with enough customer scores and a reliability of { $needed } (now { $now }).
