### Accounts, signing in, people and the audit log.

field-name = Name
field-email = Email address
field-password = Password
field-current-password = Current password
field-new-password = New password
field-department = Department

role-admin = Administrator
role-recruiter = Recruiter
role-analyst = Analyst
role-coach = Coach
role-department = Department
role-agent = Agent

sign-in-title = Sign in
sign-in-submit = Sign in
sign-in-candidates = Candidates need no account: use the link you were sent.

## First start

setup-title = Set up Rapport
setup-intro = There is no organisation yet. Create it, with yourself as its administrator.
setup-code = Code
setup-code-hint = The code is in the log of the service, in the line about this page.
setup-organisation = Name of the organisation
setup-name = Your name
setup-submit = Create organisation
done-set-up = Organisation created. Sign in as its administrator.
error-setup-code = This is not the code from the log of the service.
error-setup-done = There is an organisation already. Sign in, or ask its administrator for an account.

## Two-step sign-in

sign-in-code-hint = Open your authenticator app and enter the six digits for Rapport. If you do not have your phone, enter a recovery code.
sign-in-code-lost = No phone and no recovery code? Ask an administrator to remove your two-step sign-in.
two-step-title = Two-step sign-in
two-step-intro = After your password, Rapport asks for a code from an app on your phone. Somebody who knows your password cannot sign in without it.
two-step-is-on = Two-step sign-in is on. { $count ->
    [0] You have no recovery codes left. Create new ones.
    [one] You have { $count } recovery code left.
   *[other] You have { $count } recovery codes left.
 }
two-step-set-up = Set up two-step sign-in
two-step-set-up-hint = You need an authenticator app, such as Aegis, Google Authenticator or the one in your password manager.
two-step-demanded = Your organisation requires two-step sign-in.
two-step-scan = Scan this code with your authenticator app.
two-step-qr-code = QR code for your authenticator app
two-step-type = If you cannot scan it, type this key into the app:
two-step-code = Code
two-step-code-hint = The six digits that the app shows for Rapport
two-step-proof-hint = Six digits from your authenticator app, or a recovery code
two-step-ends-sessions = When it is on, you are signed out on all other devices.
two-step-confirm = Turn on two-step sign-in
two-step-turn-off = Turn off two-step sign-in
two-step-new-codes = Create new recovery codes
two-step-new-codes-hint = Your old recovery codes will stop working.
two-step-people = Who uses two-step sign-in
two-step-on = On
two-step-off = Off
two-step-remove = Remove two-step sign-in
two-step-remove-of = Remove two-step sign-in of { $name }
two-step-remove-hint = For somebody who has lost their phone and their recovery codes. They are signed out and sign in with their password next time.
two-step-rule-on = Everybody in your organisation needs two-step sign-in. People without it set it up when they sign in.
two-step-rule-off = Two-step sign-in is optional. If you require it, people without it are signed out and set it up when they sign in again.
two-step-rule-own = Two-step sign-in is optional. To require it, set it up for your own account first.
two-step-rule-demand = Require two-step sign-in
two-step-rule-drop = Make two-step sign-in optional
recovery-codes-title = Your recovery codes
recovery-codes-intro = Each code signs you in once if you do not have your phone. Print them or save them in your password manager.
recovery-codes-once = Rapport does not show these codes again.
recovery-codes-continue = I have saved the codes

## API keys

api-keys-title = API keys
api-keys-intro = Programs use a key to call the API for your organisation, without a person's password.
api-keys-none = No API keys yet.
api-key-create = Create API key
api-key-name-hint = The program that will use it, such as “Survey tool”
api-key-scopes = What it may do
api-key-days = Days until it expires
api-key-password-hint = To be sure that it is you.
api-key-created-by = Created by
api-key-expires = Expires
api-key-last-used = Last used
api-key-never = Never
api-key-active = Active
api-key-expired = Expired
api-key-revoked = Revoked
api-key-former-secret = Void: the secret of the server was changed
api-key-creator-unfit = Refused: its creator is not an active administrator
api-key-revoke = Revoke key
api-key-revoke-this = Revoke { $name }
api-key-revoke-hint = Programs that use this key are refused from now on. This cannot be undone.
api-key-created = Your new API key
api-key-once = Copy the key of “{ $name }” now and keep it secret. Rapport does not show it again.
api-key-use = The program sends it with each request in the header “Authorization: Bearer”, followed by a space and the key.
api-key-saved = I have saved the key
scope-read-feedback = Read feedback, themes and quality checks
scope-write-feedback = Send feedback and quality checks
scope-read-plans = Read agents and their plans
scope-manage-candidates = Add candidates and read shortlists

## Your account

account-title = Your account
account-change-password = Change password
account-password-hint = At least 12 characters. Three or four random words are easy to remember and hard to guess.
account-sessions = Where you are signed in
account-sessions-hint = A browser is signed out after 12 hours, a program after 30 days without use. End a session that you do not know, and change your password.
account-api-keys = API keys you created
account-api-keys-hint = Programs with these keys act for your organisation, whether you are signed in or not. An administrator can revoke a key that you do not know.
account-end-others = Sign out everywhere else
account-signs-out = You will be signed out on all devices. Sign in again with the new password.

## People

people-caption = All accounts
people-since = Account since
people-signed-in = Last sign-in
people-never-signed-in = Never
people-role-of = { $role }: { $of }
people-change-department = Change department of { $name }
people-save-department = Save department
people-invite = Invite a person
people-invite-hint = The person chooses a password through a link that works once, within seven days.
people-invite-by-mail = Invite by mail
people-invite-by-link = Show a link to pass on
people-invited = Invited
people-link-for = Send { $name } a link
people-link-hint = With the link the person chooses a new password and is signed out everywhere. Links from before no longer work.
people-mail-link = Send by mail
people-show-link = Show the link once
people-agent-reference = Agent's name or number in feedback files (only for the role Agent)
people-roles = Roles
people-first-role = Role (others can be added later)
people-department = Department (only for the role Department)
people-no-department = None
person-change-roles = Change roles
person-save-roles = Save roles
person-roles-hint = An agent cannot also be a coach or an administrator.
person-state = Status
person-own = Your own sessions and password
person-sessions = Sessions
person-no-sessions = This person is not signed in anywhere.
person-end-sessions = End all sessions
person-access = Access
person-suspend = Suspend account
person-suspend-hint = Suspend the account of somebody who is away for a time. They are signed out at once and cannot sign in. API keys they created are refused meanwhile. Their work stays theirs.
person-resume = Make account active
person-resume-hint = This person cannot sign in.
person-close = Close account
person-close-hint = Close the account of somebody who leaves. They are signed out at once, API keys they created are revoked, and somebody else takes over their open work.
person-agent-reference = Agent's name or number in feedback files (for the role Agent; leave it empty to keep the agent)

account-state-active = Active
account-state-suspended = Suspended
account-state-closed = Closed

## Sessions

session-browser = Browser
session-program = Program
session-current = This session
session-times = Signed in { $started }, last used { $used }
session-end = End session
session-end-this = End session: { $name }, signed in { $started }

## Closing an account

close-title = Close the account of { $name }
close-intro = { $name } is signed out at once and can no longer sign in. What they wrote stays. An administrator can make the account active again.
close-no-work = There is no open work to hand over.
close-teams = Teams they coach
close-one-to-ones = Open 1:1s
close-one-to-one = { $name }, { $date }: not held
close-open-actions = { $name }, { $date }: { $count ->
    [one] { $count } open action
   *[other] { $count } open actions
 }
close-issues = Open issues they own
close-unclear-issues = Issues that stay as they are
close-unclear-issues-hint = Another person is also called { $name }, so it is not clear whose issues these are. If one belongs to the person who leaves, enter a new owner on its page.
close-api-keys = API keys they created
close-api-keys-hint = These keys are revoked. If a program still needs one, first create another key for it.
close-successor = Who takes over?
close-successor-hint = Only active people whose roles allow all of this work are listed.
close-notes-hint = Only active people whose roles allow all of this work are listed. The private notes of these 1:1s are deleted, because only their author may read them.
close-no-successor = Nobody else has the roles for all of this work. Give them to somebody first.
close-choose = Choose a person
close-submit = Close account

## Audit log

audit-title = Audit log
audit-intact = The log is intact: { $count ->
    [one] { $count } entry, verified by its hash and its signature.
   *[other] { $count } entries, each verified by the hash of the entry before it, the last by its signature.
 }
audit-api-key = API key “{ $name }”
audit-part = This time, only the entries since the last view were read.
audit-check-all = Check the whole log
audit-other-key = The log cannot be verified: its { $count ->
    [one] { $count } entry fits together, but another secret signed it.
   *[other] { $count } entries fit together, but another secret signed the last.
 } Start the server with the former secret, or run “rapport audit sign”.
audit-entry-missing = The log was changed: entry { $sequence } is missing.
audit-entry-unlinked = The log was changed: entry { $sequence } does not follow the entry before it.
audit-entry-changed = The log was changed: entry { $sequence } was altered.
audit-truncated = The log was changed: all entries from { $sequence } onwards are missing.
audit-no-head = The log was changed: its head record is missing.
audit-unsigned = The log may have been changed: its last entry is not signed. Compare it with heads that you exported.
audit-forged = The log was changed: its signature does not fit. Somebody without the secret wrote entries.
audit-jobs = { $waiting ->
    [0] No background jobs are waiting
    [one] { $waiting } background job is waiting
   *[other] { $waiting } background jobs are waiting
 }; { $failed ->
    [0] none have failed.
    [one] { $failed } has failed.
   *[other] { $failed } have failed.
 }
audit-caption = Newest entries first
audit-number = No.
audit-time = Time
audit-action = Action
audit-person = Person
audit-object = Object
audit-older = Older entries

## Working days

working-days-title = Working days
working-days-intro = Check-ins and calendar entries are dated in this time zone and never fall on a weekend or a public holiday.
working-days-weekend = Weekend
working-days-holidays = Next public holidays
working-days-no-holidays = No public holidays, because no region is set
working-days-time-zone = Time zone
working-days-time-zone-hint = Such as Europe/Berlin
working-days-region = Region
working-days-region-hint = The code of a country or of a part of it, such as DE, DE-BY or GB-ENG. Leave it empty for no public holidays and weekends on Saturday and Sunday.
working-days-save = Save working days
working-days-note = Holidays are known for 2026 to 2035. Those that depend on the moon are estimates. Plans drafted before keep their dates.
weekday-monday = Monday
weekday-tuesday = Tuesday
weekday-wednesday = Wednesday
weekday-thursday = Thursday
weekday-friday = Friday
weekday-saturday = Saturday
weekday-sunday = Sunday

## Errors

error-bad-login = The email address or password is wrong, or there were too many attempts. Check both, or try again in a few minutes.
error-signed-out = You are signed out. Please sign in again.
error-wrong-password = The current password is wrong. Type it again.
error-code-missing = Enter a code from your authenticator app as well.
error-wrong-code = The code is wrong, has expired or was used before. Enter the next code that the app shows.
error-two-step-set-up = Set up two-step sign-in first, on the page Your account.
error-two-step-on = Two-step sign-in is already on.
error-two-step-off = Two-step sign-in is not on.
error-two-step-required = Your organisation requires two-step sign-in, so you cannot turn it off.
error-two-step-own = Turn off your own two-step sign-in on the page Your account.
error-no-api-key = There is no such API key.
error-no-scope = Choose at least one thing that the key may do.
error-api-key-days = A key is valid for { $least } to { $most } days.
error-api-key-unknown = There is no such API key. Check that it was copied completely.
error-api-key-expired = The API key has expired. Ask an administrator for a new one.
error-api-key-revoked = The API key was revoked. Ask an administrator for a new one.
error-api-key-former-secret = The API key no longer works because the secret of the server was changed. Ask an administrator for a new one.
error-api-key-creator-unfit = The API key is refused because its creator is not an active administrator. Ask an administrator for a new one.
error-not-for-keys = API keys cannot send this request.
error-scope = The API key does not have the scope { $scope }, which this request needs.
error-email-taken = This email address already has an account. Use another address.
error-organisation-taken = An organisation with this name already exists. Choose another name.
error-bad-email = Enter an email address such as name@example.org.
error-bad-name = Enter a name of at most 200 characters.
error-no-organisation = There is no such organisation.
error-no-time-zone = There is no such time zone. Use a name such as Europe/Berlin.
error-no-region = There are no holidays for this region. Use an ISO 3166 code such as DE, DE-BY or GB-ENG.
error-agent-reference = For the role Agent, enter the agent's name or number in feedback files. Without that role, leave it empty.
error-department-name = For the role Department, choose a department. Without that role, choose none.
error-role-needed = Choose at least one role.
error-roles-conflict = An agent cannot also be a coach or an administrator, because these roles may read and change what is recorded about agents. Choose one or the other.
error-own-account = You cannot suspend or close your own account. Ask another administrator.
error-account-not-active = This account is already suspended or closed.
error-account-active = This account is already active.
error-no-session = This session has ended.
error-successor-needed = Choose who takes over the open work.
error-successor-unfit = This person cannot take over all of the work. Choose an active person who has the roles for it.
error-last-administrator = This is the last administrator. Make somebody else an administrator first.
error-agent-taken = This agent already has an account.
error-no-person = There is no such person.
error-no-agent-here = There is no such agent in this organisation.
error-easy-password = This password is easy to guess. Use three or four random words, without your name or your organisation's.
error-password-length = A password needs { $min } to { $max } characters.

## Background jobs

jobs-title = Background jobs
jobs-intro = Work that runs apart from pages, such as imports. A job with an error is tried again after a growing pause. After six attempts without progress it has failed, and you can try it again or drop it.
jobs-none = No jobs are waiting, running or failed.
jobs-created = Created
jobs-due = Due
jobs-attempts = Attempts
jobs-last-error = Last error
jobs-error-details = Technical details
jobs-retry = Try again
jobs-retry-this = Try again: { $name }, created { $time }
jobs-drop = Drop job
jobs-drop-this = Drop job: { $name }, created { $time }
jobs-drop-hint = The job will not run again. An import or export that waits for it is marked as failed, and its uploaded file is deleted. Stored rows stay.
job-waiting = Waiting
job-running = Running
job-failed = Failed
job-import = Import of a feedback file
job-discard-preview = Deletion of a previewed file
job-reliability = Reliability of a questionnaire
job-retag = Tagging of all comments
job-export-plans = Plans of a team
job-statistics = Statistics of agents and drivers
job-forget-redactions = Deletion of redacted personal data
job-train-themes = Training of the theme model
job-train-moods = Training of the mood model
job-unknown = Job of another version: { $kind }
job-worker-stopped = The server stopped while it ran this job.
job-panicked = The job stopped because of a fault in Rapport. The details are in the log.
job-unreadable = The stored details of this job cannot be read. Another version of Rapport may have created it.
job-of-other-version = This version of Rapport has no jobs of this kind.
error-no-job = There is no such job, or it is done.
error-job-not-failed = Only a failed job can be tried again.
error-job-running = The job is running. Wait until this attempt has ended.
error-job-kept = This job deletes personal data that is due, so it cannot be dropped.
