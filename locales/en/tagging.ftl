### Themes, words and annotations.

## Polarity of a theme in a clause

polarity-positive = praise
polarity-negative = complaint
polarity-neutral = neutral mention
polarity-request = request
polarity-none = not about this

## Annotating clauses

annotation-title = Annotate a clause
annotation-question = What is this clause about?
annotation-intro = { $count ->
    [one] People have annotated 1 clause.
   *[other] People have annotated { $count } clauses.
 } Your annotation applies at once to every clause with the same words, and the model learns from it.
annotation-comment = From the comment: { $comment }
annotation-words = “{ $words }”
annotation-more = More themes
annotation-why = Reason (optional)
annotation-submit = Save and show next clause
annotation-none = You have annotated every clause.

## Themes and words

taxonomy-title = Themes and words
taxonomy-intro = Version { $version } of these words decides which themes a comment mentions. When you save a new version, all stored comments are read again. This page shows what changed.
taxonomy-download = Download the words
taxonomy-annotate = Annotate clauses
taxonomy-terms = New words in comments
taxonomy-trial = What this would change
taxonomy-trial-note = For the newest comments, at most 20,000. Nothing was stored.
taxonomy-words = Words
taxonomy-source = Words and phrases as regular expressions (TOML)
taxonomy-note = What did you change, and why?
taxonomy-try = Try changes
taxonomy-save = Save and re-read all comments
taxonomy-proposed = Words suggested by annotations
taxonomy-proposed-term = “{ $term }” for { $theme } ({ $polarity }), in { $count ->
    [one] 1 clause
   *[other] { $count } clauses
 }
taxonomy-add-term = Add
taxonomy-add-term-to = Add { $term } to { $theme }
taxonomy-term-note = word added: { $term }
taxonomy-last = What the last version changed
taxonomy-changed = { $changed } of { $count ->
    [one] 1 comment
   *[other] { $count } comments
 } changed.
taxonomy-changes = Changes by theme
taxonomy-changes-caption = Clauses by theme, before and after
taxonomy-theme = Theme
taxonomy-polarity = Praise or complaint
taxonomy-before = Before
taxonomy-after = After
taxonomy-gained = Newly tagged
taxonomy-lost = No longer tagged
taxonomy-agreement = Do annotators agree?
taxonomy-agreement-none = { $count ->
    [one] People have annotated 1 clause.
   *[other] People have annotated { $count } clauses.
 } None has been annotated by two people yet.
taxonomy-agreement-pairs = { $count ->
    [one] 1 clause was
   *[other] { $count } clauses were
 } annotated by two people, of { $annotated } annotated in total.
taxonomy-agreement-rolling = The agreement of their annotations is { $rolling } (Rolling's measure: twice the shared themes, divided by all themes).
taxonomy-agreement-by-theme = Agreement by theme
taxonomy-agreement-caption = Cohen's kappa; a theme below { $limit } is not used in plans
taxonomy-seen = Clauses
taxonomy-kappa = Kappa
taxonomy-status = Status
taxonomy-barred = Not used in plans: its definition is unclear
taxonomy-reliable = Reliable
taxonomy-too-few = Too few to tell
taxonomy-model = Learned model
taxonomy-model-none = { $count ->
    [one] None yet: people have annotated 1 clause. Training starts at { $needed }.
   *[other] None yet: people have annotated { $count } clauses. Training starts at { $needed }.
 }
taxonomy-model-intro = { $count ->
    [one] Trained on 1 clause
   *[other] Trained on { $count } clauses
 } and tested on clauses that were left out. The model decides on a theme only where it is better than the words.
taxonomy-model-by-theme = Learned model by theme
taxonomy-model-caption = F1 by theme, { $folds }-fold cross-validation
taxonomy-model-words = Words
taxonomy-model-learned = Model
taxonomy-model-decides = Tagged by
taxonomy-model-by-model = the model
taxonomy-model-by-words = the words
taxonomy-mood = Mood learned from scores
taxonomy-mood-intro = Comments with a score show which words go with good scores, in any language. What they show is added to the words of praise and blame, so that praise in unusual words is recognised too.
taxonomy-mood-trained = { $count ->
    [one] Learned from { $count } comment.
   *[other] Learned from { $count } comments.
}
taxonomy-mood-quality = For comments that it has not seen, the model predicts a share of { $accuracy } of the scores; always guessing the more frequent outcome would be right for { $commoner }. A comment with a good score gets the higher prediction in { $auc } of all pairs, with words of praise and blame alone in { $words }.
taxonomy-mood-used = It is used.
taxonomy-mood-unused = It is not used, because it predicts no better than the words of praise and blame.
taxonomy-mood-good = Words that go with good scores
taxonomy-mood-poor = Words that go with other scores
taxonomy-mood-none = There are too few comments with a score: { $needed } are needed, at least 30 of them with a good score and 30 with another. It is learned as soon as there are enough.

## Errors

error-taxonomy = { $problem }
error-taxonomy-outdated = Somebody saved another version in the meantime. Load the page again and repeat your change.
error-unknown-theme = There is no theme “{ $theme }”.
error-annotation-themes = Choose each theme once, and at most { $most } themes.
error-annotation-clause = The clause is empty or too long. Choose another clause.
error-too-few-annotations = { $count ->
    [one] 1 clause is annotated; training needs { $needed }.
   *[other] { $count } clauses are annotated; training needs { $needed }.
 }
