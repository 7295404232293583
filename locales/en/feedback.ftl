### Pages about the intake of feedback.

feedback-title = Customer feedback

## Uploading a file

upload-title = Import a file
upload-hint = A table with a header (CSV, XLSX or ODS), or JSON. If you import a file again, rows that are already stored are skipped. Personal data is removed from comments before they are stored.
upload-mapping = Column names
upload-mapping-contact-centre = Contact-centre export (day first, CSAT 1 to 5)
upload-mapping-standard = Rapport's own column names
upload-sources-hint = A source stores your own column names.
upload-sources-link = Manage sources
upload-mapping-file = Your own mapping (TOML file, optional)
upload-mapping-examples = Show example mappings
upload-corrects = Correct stored rows that differ in this file
upload-preview = Preview first: show what would be imported (files up to 32 MB)
upload-file = File
upload-submit = Import file

## List of imports

imports-title = Imports
imports-none = No imports yet.
imports-caption = Newest first
imports-file = File
imports-state = Status
imports-started = Started

import-state-previewed = Previewed, not imported
import-state-waiting = Waiting
import-state-running = Running
import-state-finished = Finished
import-state-stopped = Stopped
import-state-undone = Undone

## One import

import-title = Import
import-running = { $count ->
    [0] Waiting to start. This page updates every two seconds.
    [one] 1 row read so far. This page updates every two seconds.
   *[other] { $count } rows read so far. This page updates every two seconds.
 }
import-progress = Import is running
import-finished = Finished.
import-finished-detail = { $count ->
    [0] Nothing new was stored.
    [one] 1 row was stored.
   *[other] { $count } rows were stored.
 }
import-next = Next steps
import-next-overview = See what customers say in the overview
import-next-plan = Choose an agent and create a plan
import-next-plan-others = A coach or an administrator can now create plans.
import-next-invite = Create a vacancy and invite your team to the questionnaire
import-next-invite-others = A recruiter or an administrator can invite the team to the questionnaire.
import-stopped = Stopped.
import-stopped-kept = The rows before this point are stored.
import-undone = Undone.
import-undone-hint = The rows of this import are no longer stored.
import-rows-read = Rows read
import-imported = Imported
import-imported-detail = { $rows }, { $comments } with a comment
import-corrected = Corrected
import-corrected-detail = { $rows } already stored, with other values in this file
import-duplicates = Duplicates
import-duplicates-detail = { $rows ->
    [one] 1 row with an id that was stored before
   *[other] { $rows } rows with ids that were stored before
 }
import-differing = { $count ->
    [one] 1 row has the id of a stored record and other values. It was left out
   *[other] { $count } rows have ids of stored records and other values. They were left out
 }; the first is row { $row }. To take the new values, import the file again and tick “{ $corrects }”.
import-rejected = Rejected
import-redacted = Personal data removed
import-redacted-detail = { $count ->
    [one] 1 item
   *[other] { $count } items
 } in comments
import-undo = Undo this import
import-undo-hint = { $count ->
    [one] This deletes 1 row and its theme mentions, and restores rows that this import corrected.
   *[other] This deletes { $count } rows and their theme mentions, and restores rows that this import corrected.
 } Agents, teams and plans stay. You can import the file again.
import-delivered = Everything that this source delivered on { $day } (UTC).
import-undo-day-hint = { $count ->
    [one] This deletes the 1 row that was delivered on this day with its theme mentions, and restores the rows that were corrected.
   *[other] This deletes the { $count } rows that were delivered on this day with their theme mentions, and restores the rows that were corrected.
 } Agents, teams and plans stay.
import-failed-job = The import failed several times because of a problem on our side. Try again here, or import the file again.
import-upload-abandoned = The file did not arrive in full, and nothing was imported. Import the file again.
import-job-gone = The import ended before the whole file was read. Import the file again.
import-dropped = An administrator dropped this import before the whole file was read. Import the file again.
import-retry = Try again
import-retry-hint = The import goes on where it stopped, without another upload. { $days ->
    [one] The file is kept for 1 day.
   *[other] The file is kept for { $days } days.
 }
import-failed-request = The records could not be stored. Send them again.

import-notes = Notes on this file

rejection-groups = Rejected rows by reason
rejection-groups-count = Rows
rejection-groups-first-row = First row
rejections-title = Rejected rows
rejections-hint = Fix these rows and import the file again. Rows that are already stored are skipped.
rejections-download = Download all row numbers and reasons (CSV)
rejections-not-kept = The rows themselves are not stored, because personal data was not removed from them. The command “rapport feedback import” writes them to a file.
rejections-caption = { $count ->
    [one] 1 row
   *[other] The first { $count } rows
 }
rejections-row = Row
rejections-column = Column
rejections-reason = Reason

## Preview of an import

preview-title = Preview: nothing is imported yet
preview-kept = The file is kept for one hour, then deleted unless you import it.
preview-import = Import now
preview-other-file = Choose another file
preview-imported = Would be imported
preview-duplicates = { $count ->
    [0] 0
    [one] 1 row repeats an id that is already in this file
   *[other] { $count } rows repeat an id that is already in this file
 }
preview-rejected = Would be rejected
preview-first-rows = The first rows
preview-good-score = score { $score } (good)
preview-other-score = score { $score } (not good)
preview-no-theme = No theme

## Which scores count as good

score-rules = { $count ->
    [one] Good scores: { $rules }.
   *[other] Good scores: { $rules }. Scores with different rules are counted together.
 }
score-rule = { $from } or more on a scale of { $low } to { $high }
score-rule-highest = { $high } on a scale of { $low } to { $high }
score-rule-thumbs = a thumb up
score-on-scale = { $score } on a scale of { $low } to { $high }
score-thumb-up = thumb up
score-thumb-down = thumb down

## Reasons why a row is rejected

# These also go into CSV files and terminals, hence the straight quotation marks.

row-cell-count = { $count ->
    [one] The row has 1 cell
   *[other] The row has { $count } cells
 }; the header has { $expected }
row-missing = The value is missing
row-too-long = The value is longer than { $most } characters
row-control-character = The value contains a line break or control character
row-no-scale = The score has no scale
row-unknown-scale = "{ $name }" is not a scale. Scales are { $scales }
row-not-thumb = "{ $text }" is neither thumbs up nor thumbs down
row-not-number = "{ $text }" is not a number
row-off-scale = { $value } is not a whole number from { $low } to { $high }
row-time-format = "{ $text }" is not a time in one of these formats: { $formats }
row-no-such-time = "{ $text }" does not exist in the time zone: the clocks skip this hour
row-before-first-year = "{ $text }" is before { $year }
row-in-future = "{ $text }" is in the future
row-no-content = The row has neither a score nor a comment
row-not-json = The line is not JSON: { $problem }
row-not-object = The record is not a JSON object
row-line-too-long = The line is longer than 1 MB
row-not-text = A text or number is expected here, not { $text }. A path such as agent.name leads to a field inside
row-field-twice = The record has this field several times, with the values { $values }
row-inexact-number = { $number } has more digits than can be read exactly. Send it as a text in quotation marks
row-fields = The fields of the record do not fit: { $problem }

## Sources

sources-title = Feedback sources
sources-intro = A source stores the column names of one kind of file. It also has an address to which a survey tool can send answers.
sources-none = No sources yet.
source-since = since { $day }
source-add = Add a source
source-name = Name
source-mapping = Mapping
source-mapping-hint = Left: the field in Rapport. Right: the column of your file or the field of your JSON. A dot leads into a nested object, for example survey.score.
source-save = Save source
source-deliveries = Deliveries
source-deliveries-hint = Your survey tool can send answers to this address as JSON, signed according to the Standard Webhooks specification. A record that is sent again corrects the stored one. All deliveries of a day form one import, which can be undone.
source-address = Address
source-show-secret = Show the secret
source-secret = Secret (only for the sender)
source-replace-secret = Replace the secret
source-replace-secret-hint = The old secret stops working at once.
source-mapping-text = Fields and columns
source-mapping-changed-hint = A change applies to new files and deliveries. To apply it to stored rows, import the file again and tick “Correct stored rows that differ in this file”.
source-save-mapping = Save mapping

## Errors

error-no-import = There is no such import.
error-no-preview = The file of this preview is no longer kept. Choose it again.
error-empty-upload = The file is empty. Choose another file.
error-no-file = The form has no field “file”. Send the file as the last field.
error-no-mapping = Send the field “mapping” or “mapping_file” before the file.
error-record-count = { $count ->
    [0] Send at least 1 and at most { $most } records in one request.
    [one] Send at least 1 and at most { $most } records in one request; this request has 1.
   *[other] Send at least 1 and at most { $most } records in one request; this request has { $count }.
 }
error-record-without-id = Record { $number } has no external_id.
error-no-comment = There is no such comment.
error-no-source = There is no such source.
error-source-taken = A built-in mapping has this name. Choose another name.
error-signature = The signature does not match the body, or the timestamp is more than five minutes off.
error-delivery-body = The body is not JSON: { $problem }
error-invitation-column = The table has no column “{ $column }”. It needs the columns “day” and “invited”.
error-invitation-row = Row { $row }, column “{ $column }”: write a day as 2026-11-24 and a count as a whole number.
error-invitation-count = { $count ->
    [0] Send at least 1 and at most { $most } counts in one request.
    [one] Send at least 1 and at most { $most } counts in one request; this request has 1.
   *[other] Send at least 1 and at most { $most } counts in one request; this request has { $count }.
 }
error-import-running = The import is still running. Wait until it has finished.
error-import-undone = This import has already been undone.
error-mapping-syntax = Line { $line } of the mapping: { $problem }
error-mapping-no-scale = The mapping needs score.scale or a scale column.
error-mapping-good-from-no-scale = score.good_from of the mapping needs score.scale.
error-mapping-good-from = score.good_from of the mapping must be above { $low } and up to { $high }.
error-mapping-label = score.labels of the mapping: { $value }, the value of "{ $label }", is not on the scale.
error-mapping-label-twice = score.labels of the mapping: "{ $label }" has two values.
error-mapping-offset = utc_offset_minutes of the mapping must be between -1440 and 1440.
error-mapping-no-time-format = The mapping needs at least one time format.
error-mapping-zone = “{ $zone }” is not a time zone. Use a name such as Europe/Athens.
error-mapping-zone-and-offset = The mapping has both time.zone and time.utc_offset_minutes. Remove one of them.
error-mapping-time-syntax = “{ $format }” is not a time format. See strftime, or use epoch, epoch_ms or excel.
error-mapping-time-incomplete = The time format “{ $format }” needs a year, a month and a day.
error-mapping-time-no-minutes = The time format “{ $format }” has an hour but no minutes. Add %M.
error-mapping-time-no-am-pm = The time format “{ $format }” has a 12-hour clock. Add %p for AM and PM, or use %H.
error-mapping-time-zone-last = In the time format “{ $format }”, %Z must be at the end.
error-mapping-missing-column = The file has no column “{ $column }”, which the mapping uses as { $field }. Its columns are: { $present }.
error-mapping-no-header = The first row of the file looks like data. It must contain the names of the columns. This mapping uses: { $columns }.
error-mapping-unknown = There is no mapping “{ $name }”. Use contact-centre, standard, the name of a source, or a mapping file.

## Redactions

redactions-title = Redacted personal data
redactions-intro = Names, addresses and numbers are taken out of comments before they are stored. For { $days } days, administrators can see what was taken out and put back what was no personal data. Each view and each change is in the audit log.
redactions-none = Nothing was taken out of a comment in this time.
redactions-caption = Newest first
redactions-comment = Comment as stored
redactions-original = Taken out
redactions-until = Deleted on
redactions-decision = Decision
redactions-restore = Restore
redactions-restore-this = Restore “{ $original }” in its comment
redactions-older = Older redactions
