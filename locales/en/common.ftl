### Texts that several pages and documents share.

date = { $day } { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
 } { $year }
time = { $date }, { $time } UTC
percent = { $percent } %
percent-under-one = under 1 %
range = { $low } to { $high }

# The items of a list, with one more.
list = { $before }, { $item }

# Where a quotation comes from; $about is a list.
customer-on = a customer, { $date }
customer-on-about = a customer, { $date }, { $about }

# A text that is data, for example from the practice library.
verbatim = { $text }

frame-synthetic = Synthetic data: nobody here exists.
frame-skip = Skip to the content
frame-main-navigation = Main
frame-account-navigation = Account
frame-sign-out = Sign out

nav-vacancies = Vacancies
nav-teams = My team
nav-agents = Agents
nav-praise = Praise
nav-departments = Departments
nav-overview = Overview
nav-feedback = Feedback
nav-themes = Themes
nav-validity = Validity
nav-effect = Did coaching help?
nav-people = People
nav-audit = Audit
nav-me = My feedback

## What a form has done

done-plan-created = Plan created as a draft. The agent sees it when you share it.
done-plan-shared = Plan shared. The agent can now read it and answer.
done-plan-withdrawn = Plan withdrawn.
done-plan-accepted = Plan agreed. The check-ins are listed below.
done-promise-added = Promise saved.
done-promise-kept = Promise marked as kept.
done-check-in-saved = Check-in saved.
done-dispute-sent = Dispute sent. Somebody other than the coach who accepted the plan decides.
done-dispute-decided = Decision saved. The agent sees it in the plan.
done-plan-closed = Plan closed. You can reopen it within a day.
done-plan-reopened = Plan reopened.
done-plan-rated = Thank you. Your rating is saved.
done-plan-answered = Plan marked as read. Your coach sees it.
done-one-to-one-created = 1:1 created.
done-one-to-one-saved = 1:1 saved.
done-one-to-one-deleted = 1:1 deleted.
done-agenda-saved = Agenda saved. Your coach sees it.
done-action-added = Action added.
done-action-saved = Action saved.
done-action-deleted = Action deleted.
done-observation-saved = Observation saved.
done-observation-deleted = Observation deleted.
done-tally-saved = Saved.
done-tally-deleted = Day deleted.
done-tally-sharing-saved = Sharing saved.
done-example-saved = Your choice is saved.
done-reference-added = Name or number added.
done-teams-saved = Your teams are saved.
done-pause-added = Pause added.
done-pause-ended = Pause ended.
done-practice-changed = Change added to the draft. It takes effect when you use the draft.
done-practice-saved = Practice library saved. New plans use it.
done-draft-discarded = Draft discarded.
done-edit-undone = Change removed from the draft.
done-theme-changed = Change added to the draft. It takes effect when you use the draft.
done-annotation-saved = Annotation saved.
done-source-saved = Source saved.
done-secret-replaced = Secret replaced. Give the new one to the sender.
done-checks-imported = Quality checks imported.
done-vacancy-created = Vacancy created. Next, add candidates.
done-decision-saved = Decision saved.
done-candidate-hired = Added to the team as an agent.
done-status-saved = Status saved.
done-issue-created = Issue created.
done-issue-saved = Issue saved.
done-moderation-saved = Decision saved.
done-news-seen = Marked as seen.
done-account-created = Account created. The outbox shows what becomes of the invitation.
done-department-saved = Department saved.
done-roles-saved = Roles saved.
done-account-suspended = Account suspended. The person is signed out.
done-account-resumed = The account is active again.
done-account-closed = Account closed. The person is signed out.
done-session-ended = Session ended.
done-sessions-ended = Sessions ended.
done-working-days-saved = Working days saved.
done-password-changed = Password changed. Sign in with the new one.
done-api-key-revoked = API key revoked. Programs that use it are refused from now on.
done-step-expired = Sign in again. The code has to follow the password within ten minutes.
done-two-step-off = Two-step sign-in is off.
done-two-step-removed = Two-step sign-in removed. The person signs in with the password next time.
done-two-step-rule-saved = Saved.
done-job-retried = The job is waiting again.
done-job-dropped = Job dropped.
done-import-retried = The import is waiting again. It goes on where it stopped.
done-redaction-restored = Restored in the comment.
