### Quality checks: their imports, and the checks of an agent.

## Imports

quality-title = Quality checks
quality-link = Import quality checks
quality-intro = Import the results of quality checks from a file. Plans print how often each criterion was met, with its source. They never make a focus area by themselves.
quality-upload = Import a file
quality-file = File (CSV, XLSX or ODS)
quality-file-hint = One row for each checked contact with a column for each criterion, or one row for each criterion. At most 8 MB. Next you choose which column is what.
quality-upload-submit = Upload file
quality-example = Mapping for the API and the command line
quality-imports = Imports
quality-imports-none = No quality checks imported yet.
quality-imports-caption = The newest imports
quality-scores = Scores
quality-uploaded = Uploaded
quality-state-waiting = waiting for its columns
quality-state-imported = imported
quality-state-undone = undone

## Columns of a file

quality-mapping-title = Choose the columns
quality-mapping-intro = Choose which column of { $file } is what. The choice is kept for the next file.
quality-mapping-columns = Columns
quality-column-none = none
quality-column-agent = Agent (reference as in your feedback files)
quality-column-date = Date of the check
quality-column-evaluator = Evaluator (optional)
quality-column-contact = Contact id (optional)
quality-column-criterion = Name of the criterion
quality-column-score = Score
quality-date-format = How dates are written
quality-long = Each row is one criterion
quality-long-hint = Choose both columns if a check has several rows. Then save: the criteria of the file are listed below.
quality-scale = Scale
quality-scale-kind = How criteria are rated
quality-scale-pass-fail = Pass or fail, yes or no, 1 or 0
quality-scale-points = Points
quality-scale-percent = Per cent
quality-scale-max = Most points
quality-scale-met-from = Met from
quality-scale-hint = Points and per cent count as met from 80 % unless you enter a limit. Words such as yes and no are read on every scale. Empty cells and “n/a” are not counted.
quality-criteria = Criteria
quality-criteria-hint = For each criterion choose the theme whose behaviour it rates. Plans print it beside strengths and focus areas of this theme.
quality-use-none = Not a criterion
quality-use-own = Under its own name, no theme
quality-use-theme = Theme: { $theme }
quality-mapping-submit = Import quality checks

## An import

quality-import-title = Import of quality checks
quality-undone = This import was undone. Scores that it had replaced are valid again.
quality-imported = New scores
quality-corrected = Replaced scores
quality-duplicates = Scores that were stored already
quality-rejected = Rejected rows
quality-undo = Undo this import
quality-undo-hint = Its scores are deleted, and scores that it replaced are restored. Plans that were made from them keep their figures.
quality-rejections-hint = These rows were not imported. Correct them in the file and import it again: what is stored already changes nothing.
quality-row-unknown-agent = No agent has the reference “{ $reference }”. Import feedback of this agent first, or add the reference to an agent.
quality-row-off-scale = “{ $text }” is not on the scale of this criterion.
quality-row-nothing-rated = No criterion has a score.
quality-row-repeated = Row { $row } has another score for the same agent, day, contact and criterion. Choose a contact id to tell two checks of a day apart.
error-quality-no-import = There is no such import of quality checks.
error-quality-no-file = Choose a file. Programs also send a mapping, before the file.
error-quality-imported = This file was imported already.
error-quality-not-imported = This file was not imported, so there is nothing to undo.
error-quality-undone = This import was undone already.
error-quality-half-long = If each row is one criterion, choose both the column of its name and the column of its score.
error-quality-criteria = Choose at least one criterion and at most { $most }.
error-quality-twice = Two criteria are called “{ $name }”. Give each its own name.
error-quality-theme = There is no theme “{ $theme }”. Choose one of your themes.
error-quality-scale = Enter the most points, and as the limit a number above 0 that is on the scale.
error-quality-name = The name of a criterion has 1 to 200 characters on one line.
error-quality-missing-column = The file has no column “{ $column }”. Its columns are: { $present }.

## The checks of an agent

quality-checks-link = Quality checks
quality-of = Quality checks of { $agent }
quality-of-intro = Results of imported quality checks. A plan prints criteria with at least 3 checks; they make no focus area by themselves.
quality-mine = My quality checks
quality-mine-intro = Results of imported quality checks of your contacts in the last year. They make no focus area by themselves.
quality-results = The last 90 days
quality-checks = Checks of the last year
quality-checks-none = No quality checks in the last year.
quality-by = checked by { $name }
quality-met = met
quality-not-met = not met
# A criterion with its counts, in the sentences below.
quality-result = { $criterion }: met in { $met } of { $count ->
    [one] 1 check
   *[other] { $count } checks
 } ({ $from } to { $to })
quality-result-alone = { $result }.
quality-result-peers = { $result }, colleagues { $peers }.
plan-quality = Quality checks. { $result } Source: imported quality checks.
