### Failures that do not belong to one capability.

error-internal = Something failed on our side and has been logged. Please try again later.
error-busy = The service is busy. Please try again in a few seconds.
error-too-many = Too many requests. Please try again in { $count ->
    [one] a second.
   *[other] { $count } seconds.
 }
error-conflict = Somebody changed this at the same time. Load the page again, then repeat your change.
error-not-found = There is nothing at this address, or you do not have access to it.
error-not-signed-in = Please sign in first.
error-access-ended = The account was suspended or closed, or lost the role for this, before the upload ended.
error-forbidden = Your role does not allow this. If you need it, ask an administrator.
error-database = The database cannot be reached or written at the moment. Nothing was saved. Try again in a minute; if it goes on, tell your administrator.
error-cross-site = This request came from another site and was not carried out.
error-no-origin = This request does not say which site it came from, so it was not carried out.
error-method-not-allowed = This address does not accept that method.
error-request-timeout = The request arrived too slowly. Please check your connection and send it again.
error-too-large = The request is too large.
error-wrong-media-type = The request has the wrong media type.
error-idempotency-key = An Idempotency-Key needs 1 to { $max } ASCII characters.
error-key-reused = This Idempotency-Key was used for another request.
error-bad-request = The request could not be read. Check that every field is present and well formed.
error-list-after = The value of “after” is not in this list. Leave it out to start from the beginning.
error-upload-unreadable = The upload could not be read. Please try again.
error-file-too-large = A file can have at most { $megabytes } MB here.
error-no-multipart-form = Send a multipart/form-data form with a file.

error-title-not-signed-in = Please sign in
error-title-forbidden = Not allowed
error-title-not-found = Not found
error-title-conflict = This conflicts with another change
error-title-timeout = Too slow
error-title-gone = No longer valid
error-title-too-large = Too large
error-title-invalid = Please check your entries
error-title-too-many = Too many requests
error-title-busy = Busy
error-title-internal = Something failed on our side
error-title-other = That did not work

error-sign-in = Sign in
error-kept = Your entry was not accepted. Open the form again to continue.
error-home = Home
error-reference = If you ask for help, quote this reference:
