### Charts: titles, descriptions, labels and the headings of their tables.

chart-numbers = The numbers
chart-numbers-caption = { $title }: the numbers
chart-range = { $low } to { $high }
chart-agent = This agent
chart-estimate = Estimate
chart-range-80 = 80 % range
chart-range-95 = 95 % range
chart-limits-95 = 95 %
chart-limits-998 = 99.8 %

## Praise and complaints by theme

chart-balance-title = What customers talked about
chart-balance-description = Comments by theme.
chart-balance-item = { $theme }: praised by { $praise ->
    [one] { $praise } customer
   *[other] { $praise } customers
 }, { $critical ->
    [one] { $critical } complaint
   *[other] { $critical } complaints
 }.
chart-balance-praise = praise
chart-balance-critical = complaints
chart-balance-legend = Dark: own behaviour. Pale: shared with others, or process.
chart-balance-theme-heading = Theme
chart-balance-praise-heading = Praise
chart-balance-critical-heading = Complaints
chart-balance-whose-heading = Control
chart-balance-own = own behaviour
chart-balance-shared = shared with others
chart-balance-process = process

## An agent's rate and the team's

chart-rate-title = Share of good scores
chart-rate-description = Estimate { $rate }, 80 % range { $low } to { $high }.
chart-rate-team-description = Most of the team: { $low } to { $high }.
chart-rate-team = most of the team
chart-rate-axis = good scores: estimate and 80 % range

## Scores of candidates

chart-score-title = Score of { $name }
chart-score-description = Score { $score }, 95 % range { $low } to { $high }.
chart-facets-description = Facet scores; 50 is the average.
chart-facets-item = { $facet }: { $score }.
chart-profile-title = Facet profile
chart-profile-description = Scores with 95 % ranges; half of all people score above 50.
chart-profile-item = { $facet }: { $score }, { $low } to { $high }.
chart-profile-axis = score; 50 is the average
chart-facet-heading = Facet
chart-score-heading = Score

## Weekly rates

chart-weeks-title = Good scores week by week
chart-weeks-description = { $count ->
    [one] One week
   *[other] { $count } weeks
 }: { $caption }.
chart-weeks-axis = good scores
chart-weeks-week-heading = Week of
chart-weeks-good-heading = Good
chart-weeks-scores-heading = Scores

## An agent's own tally

chart-tally-title = { $area }: own tally by week
chart-tally-share = { $done } of { $of }
chart-tally-item = Week of { $date }: { $share }.
chart-tally-done-heading = Done
chart-tally-applied-heading = Applied

## Funnel

chart-funnel-title = Share of good scores by number of scores
chart-funnel-description = { $count ->
    [one] One agent
   *[other] { $count } agents
 } around { $rate }: { $inside } inside the 99.8 % limits, { $outside } outside.
chart-funnel-x-axis = number of scores
chart-funnel-y-axis = share of good scores
chart-funnel-legend = Dots: agents, without names. Lines: 95 % and 99.8 % limits.
chart-funnel-limits-heading = Limits
chart-funnel-inside-heading = Agents inside
chart-funnel-outside-heading = Agents outside

## Scatter plot

chart-scatter-description = { $count ->
    [one] One pair.
   *[other] { $count } pairs.
 } Larger points are based on more customer scores.
chart-scatter-reliability-heading = Reliability

## Mentions per 100 comments

chart-rates-title = Mentions of “{ $theme }”
chart-rates-description = { $count ->
    [one] One interval
   *[other] { $count } intervals
 }, from { $first } to { $last } mentions per 100 comments.
chart-rates-none = No comments in this period.
chart-rates-axis = per 100 comments
chart-rates-from-heading = From
chart-rates-mentions-heading = With a mention
chart-rates-comments-heading = Comments
chart-rates-no-comments = no comments
