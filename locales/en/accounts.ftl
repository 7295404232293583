### Accounts, signing in, people and the audit log.

field-email = E-mail address
field-password = Password

sign-in-title = Sign in
sign-in-submit = Sign in
sign-in-candidates = Candidates need no account: use the link you were sent.

## Errors

error-bad-login = The e-mail address or password is wrong, or there were too many attempts. Check both, or wait a few minutes.
error-signed-out = You are signed out. Please sign in again.
error-wrong-password = The current password is wrong.
error-email-taken = This e-mail address already has an account.
error-organisation-taken = An organisation with this name already exists.
error-bad-email = Enter an e-mail address such as name@example.org.
error-bad-name = Enter a name of at most 200 characters.
error-no-organisation = There is no such organisation.
error-agent-reference = An agent's account needs the agent's reference; other accounts must not have one.
error-department-name = A department's account needs the department; other accounts must not have one.
error-agent-taken = This agent already has an account.
error-no-person = There is no such person.
error-no-agent-here = There is no such agent in this organisation.
error-password-length = A password needs { $min } to { $max } characters.
