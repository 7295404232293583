### A candidate's sitting and result.

## Welcome

welcome-invitation = Hello { $name }. { $organisation } invites you to answer this questionnaire for the vacancy “{ $vacancy }”. It has { $count ->
    [one] { $count } statement
   *[other] { $count } statements
 } and takes about { $minutes ->
    [one] { $minutes } minute
   *[other] { $minutes } minutes
 }.
welcome-asks = What it asks
welcome-use = How it is used
welcome-rights = Your rights
welcome-saved = Each answer is saved right away. You can close this page and come back with the same link.
welcome-agree = I have read this and agree that my answers are used for this vacancy.
welcome-submit = Start the questionnaire

## Statements

sitting-page = Page { $page } of { $pages }
sitting-answered = { $answered } of { $total } answered
sitting-saving = Saving…
sitting-saved = Saved
sitting-offline = No connection. Keep this page open: your answer will be sent again.
sitting-failed = This answer could not be saved. Choose it again.
sitting-back = Back
sitting-next = Next
sitting-review = Check answers
sitting-skipped = No answer yet

review-complete = { $count ->
    [one] The { $count } statement is answered
   *[other] All { $count } statements are answered
 }
review-note = You can still change answers. After you submit them, you cannot.
review-submit = Submit answers
review-change = Change answers
review-missing = { $count ->
    [one] { $count } statement has no answer yet
   *[other] { $count } statements have no answer yet
 }
review-missing-note = Choose a statement to answer it. You can submit once every statement has an answer.
review-page = page { $page }

## Result

result-title = Your result
result-thanks = Thank you, { $name }
result-use = The hiring team of { $organisation } reads your result together with your application and interview. People decide, and you can ask them to review your result.
result-compare = How your answers compare
result-range = Each result is a range: on another day it could be a little higher or lower.
result-lower = In the lower range.
result-middle = In the range of most applicants.
result-higher = Higher than most applicants.
result-withdraw = Withdraw my answers
result-withdraw-note = Your answers and scores are then no longer used for this vacancy.
result-withdrawn = You have withdrawn
result-withdrawn-note = Your answers and scores are no longer used for this vacancy. If this was a mistake, write to { $organisation }.

## Errors

error-link-invalid = This link does not work. It may be mistyped, or a newer link may have replaced it. Ask the person who invited you.
error-link-expired = This link has expired. Ask the organisation that invited you for a new one.
error-no-sitting = There is no such sitting.
error-sitting-finished = These answers are complete and can no longer be changed.
error-unknown-item = This questionnaire has no statement “{ $item }”.
error-off-scale = An answer must be a whole number from { $min } to { $max }.
error-sequence = The sequence number must be from 1 to { $max }.
error-answer-changed-often = The answer to a statement can be changed up to { $most } times. The last one saved counts; please go on.
error-sequence-used = Another answer was saved under this sequence number. Send this one again with { $next }.
error-unanswered = { $count ->
    [one] { $count } statement has no answer yet. It is on page { $page }.
   *[other] { $count } statements have no answer yet. The first is on page { $page }.
 }
error-no-consent = Please agree first. The statements start after that.
