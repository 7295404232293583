### The reference of the API.

reference-title = API reference
reference-intro = All operations of the API with their parameters, replies and examples. Programs can read the same description:
reference-document = OpenAPI document
reference-token = Most operations need the header “Authorization: Bearer” with an access token from the operation “sign_in”.
reference-contents = Contents
reference-schemas = Schemas
reference-parameters = Parameters
reference-body = Request body
reference-replies = Replies
reference-example-body = Example of a request body
reference-example-reply = Example of a reply
reference-for-example = For example: { $example }
reference-values = Values:
reference-parts = Made of:
reference-in-path = in the path
reference-in-query = in the query
reference-in-header = in a header
reference-required = required
reference-optional = optional
reference-list-of = list of
reference-or-null = or null

reference-type-text = text
reference-type-time = time (RFC 3339, UTC)
reference-type-date = date
reference-type-id = id (UUID)
reference-type-file = file
reference-type-integer = whole number
reference-type-number = number
reference-type-boolean = true or false
reference-type-tuple = list of fixed length
reference-type-object = object
reference-type-any = any value
reference-type-alternatives = one of several types
