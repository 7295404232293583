### Themes, words and annotations.

## Errors

error-taxonomy = { $problem }
error-taxonomy-outdated = Somebody saved another version in the meantime. Load the page again and repeat your change.
error-unknown-theme = There is no theme "{ $theme }".
error-annotation-themes = Choose each theme once, and at most { $most } themes.
error-annotation-clause = The clause is empty or too long.
error-too-few-annotations = { $count ->
    [one] 1 clause is annotated; training needs { $needed }.
   *[other] { $count } clauses are annotated; training needs { $needed }.
 }
