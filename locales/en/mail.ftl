### Mails to people, the outbox, one-time links and choosing a password.

## Mails. Subjects contain no personal data.

mail-invitation-subject = Your invitation to Rapport
mail-invitation-text =
    Hello { $name },

    { $organisation } has created an account for you in Rapport. Open this link to choose a password:

    { $link }

    The link works once, within seven days. If it has expired, ask an administrator of { $organisation } for a new one.
mail-password-reset-subject = A new password for Rapport
mail-password-reset-text =
    Hello { $name },

    Open this link to choose a new password for your account at { $organisation }:

    { $link }

    The link works once, within a day. If you did not ask for it, ignore this mail: your password stays as it is.

mail-kind-invitation = Invitation
mail-kind-password-reset = New password
mail-queued = Waiting
mail-sent = Sent
mail-failed = Not sent
mail-bounced = Refused by the mail server
mail-withdrawn = Withdrawn
job-send-mail = Sending of a mail

## Outbox

outbox-title = Outbox
outbox-intro = Mails of the last { $days } days. The text of a mail is deleted once it was sent or its link no longer works, after { $texts } days at the latest.
outbox-no-server = No mail server is set up. Copy the link of a mail, give it to the person yourself, and mark the mail as passed on.
outbox-none = There are no mails.
outbox-created = Written
outbox-attempts = Attempts
outbox-next-attempt = Next attempt
outbox-last-error = Last error
outbox-text = Text and link
outbox-text-of = Text and link of the mail to { $recipient }, written { $time }
outbox-send = Send now
outbox-send-to = Send now: mail to { $recipient }
outbox-passed-on = Mark as passed on
outbox-passed-on-to = Mark as passed on: mail to { $recipient }

## One-time links

forgot-password-title = Forgot your password?
forgot-password-intro = Enter the email address of your account. You get a mail with a link to choose a new password.
forgot-password-no-server = Enter the email address of your account. This service sends no mail: an administrator of your organisation finds a link to choose a new password in the outbox, and passes it on to you.
forgot-password-submit = Request a link
choose-password-title = Choose a password
choose-password-intro = For the account of { $name } at { $organisation }.
choose-password-submit = Save password
one-time-link-title = One-time link
one-time-link-for = One-time link for { $name }
one-time-link-note = Give this link to the person. It works once, until { $time } (UTC), and is not shown again. Links from before no longer work.

done-mail-sent = Mail created. The outbox shows what becomes of it.
done-mail-passed-on = Marked as passed on. The text is deleted.
done-reset-requested = If this address has an account, its owner gets a link to choose a new password.
done-password-chosen = Password saved. Sign in with it.

## Errors

error-no-mail = There is no such mail.
error-no-mail-server = No mail server is set up. Pass the link on yourself.
error-no-mail-text = The text of this mail was deleted. Send a new mail to the person.
error-no-account-link = This link does not work. It may have been used already, or replaced by a newer one. Ask an administrator for a new link.
error-account-link-expired = This link has expired. Ask an administrator for a new link.
