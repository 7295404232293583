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
taxonomy-intro = These words and phrases decide which themes a comment mentions (version { $version }). Open a theme to add or remove words. Your changes are collected in a draft, and comments stay as they are until you use it.
taxonomy-used = Version { $version } is in use. All stored comments are being read again; this page then shows what changed.
taxonomy-experts = Edit as TOML (for experts)
taxonomy-download = Download the words
taxonomy-annotate = Annotate clauses
taxonomy-terms = New words in comments
taxonomy-themes-caption = Comments from { $from } to { $to }
taxonomy-draft-waits = { $count ->
    [one] The draft has 1 change that is not in use yet.
   *[other] The draft has { $count } changes that are not in use yet.
 }
taxonomy-draft-preview = Preview and use the draft
theme-owner = Owner
theme-owner-agent = The agent
theme-owner-training = The agent, with training
theme-owner-mixed = Shared: the coach confirms
theme-owner-department = Department: { $owner }
theme-words = Words and phrases
theme-comments = Comments
theme-edits = { $count ->
    [one] 1 change in the draft
   *[other] { $count } changes in the draft
 }
theme-words-count = { $count ->
    [one] 1 word or phrase
   *[other] { $count } words and phrases
 }
theme-comments-count = { $count ->
    [one] 1 comment
   *[other] { $count } comments
 }
theme-period = ({ $from } to { $to })

## Words of a theme

word-list-positive = Praise
word-list-positive-hint = A comment with one of these praises the theme.
word-list-negative = Complaint
word-list-negative-hint = A comment with one of these complains about the theme.
word-list-aspect = Names the theme
word-list-aspect-hint = These name the theme. The words around them decide between praise and complaint.
word-list-wanted = What customers want
word-list-wanted-hint = A complaint where it is missing (“no reply”). Otherwise the words around it decide.
word-list-trouble = What customers do not want
word-list-trouble-hint = Praise where it is missing (“no delay”). Otherwise the words around it decide.
theme-word-add = Add a word or phrase
theme-word = Word or phrase
theme-word-hint = Write it as customers do; capitals do not matter. A star at the end stands for any ending: “refund*” also finds “refunds” and “refunded”. Negation (“not polite”) needs no entry of its own.
theme-word-list = Kind
theme-word-also = Use it for both themes
theme-word-submit = Add to draft
theme-word-new = new
theme-word-remove = Remove “{ $word }”
theme-word-restore = Keep “{ $word }”
theme-undo = Undo
theme-removed = Removed in the draft:
theme-no-words = None.
theme-patterns = { $count ->
    [one] 1 pattern by experts
   *[other] { $count } patterns by experts
 }
theme-texts = Name and description
theme-name = Name
theme-said-well = What praise is about
theme-said-badly = What complaints are about
theme-said-hint = Plans and reports use these in sentences. Begin in lower case.
theme-department = Department that owns the theme
theme-texts-submit = Save in draft
theme-texts-undo = Undo the new name and description
theme-texts-now = In the draft they are now:
theme-experts = New themes, and who is responsible for a theme:

## The draft of the next version

taxonomy-draft-title = Preview the draft
taxonomy-draft-empty = The draft is empty. Open a theme and add or remove a word.
taxonomy-draft-edits = { $count ->
    [one] 1 change
   *[other] { $count } changes
 }
taxonomy-edit-add = { $theme }: add “{ $word }” ({ $list })
taxonomy-edit-remove = { $theme }: remove “{ $word }” ({ $list })
taxonomy-edit-describe = { $theme }: new name or description, “{ $name }”
taxonomy-edit-by = { $name }, { $time }
taxonomy-edit-undo = Undo: { $edit }
taxonomy-edit-without-effect = No effect on the current version
taxonomy-preview = What would change
taxonomy-preview-intro = { $count ->
    [one] Compared with version { $version }, on the only comment from { $from } to { $to }.
   *[other] Compared with version { $version }, on { $count } comments from { $from } to { $to }.
 } Nothing has been stored.
taxonomy-preview-changed = { $changed } of { $count ->
    [one] 1 comment
   *[other] { $count } comments
 } would change.
taxonomy-preview-limit = Only the newest { $limit } comments of these 90 days were read.
taxonomy-preview-none = There are no comments to compare with. You can use the draft all the same.
taxonomy-preview-counts = Comments with this theme: { $before } now, { $after } with the draft.
taxonomy-preview-gained = { $count ->
    [one] 1 comment gains the theme
   *[other] { $count } comments gain the theme
 }
taxonomy-preview-lost = { $count ->
    [one] 1 comment loses the theme
   *[other] { $count } comments lose the theme
 }
taxonomy-preview-other = { $count ->
    [one] 1 comment changes between praise, complaint and mention
   *[other] { $count } comments change between praise, complaint and mention
 }
taxonomy-word-common = “{ $word }” ({ $theme }) is in { $uses } of { $all } comments. A word that is so common may say little about the theme. Read the examples before you use it.
taxonomy-word-unused = “{ $word }” ({ $theme }) is in none of these comments.
taxonomy-draft-use = Use this version
taxonomy-draft-use-what = { $count ->
    [one] The stored comment is then read again with the new words.
   *[other] All { $count } stored comments are then read again with the new words.
 } Figures and new plans follow them; existing plans stay as they are.
taxonomy-draft-use-comments = Lines with # in the TOML text are lost, except those at its head.
taxonomy-draft-discard = { $count ->
    [one] Discard the change
   *[other] Discard all { $count } changes
 }

## Taxonomy as TOML

taxonomy-source-title = Themes as TOML
taxonomy-source-intro = For experts: the whole of version { $version }, with patterns, responsibilities and general words. When you save a new version, all stored comments are read again. Changes in the draft then apply to the new version.
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
taxonomy-add-term = Add to draft
taxonomy-add-term-to = Add { $term } to { $theme } in the draft
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
taxonomy-unreliable = Not used in plans: its definition is unclear
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
error-taxonomy-draft-changed = Somebody changed the draft in the meantime. Nothing of yours or theirs was lost: look at the changes on this page, then send yours again.
error-taxonomy-draft-full = The draft has { $most } changes, the most it can hold. Use or discard it first.
error-taxonomy-draft-empty = The draft has no change to use.
error-word-missing = Write a word or phrase.
error-word-too-short = Write at least { $fewest } characters.
error-word-too-long = Write at most { $most } characters.
error-word-signs = Use letters, digits, spaces, hyphens and apostrophes, with a letter or digit first and last. Only the last character can be a star.
error-word-known = “{ $word }” is found already: this theme has “{ $entry }” ({ $list }). Remove that entry first if you want another kind.
error-word-elsewhere = “{ $word }” is a word of { $theme } ({ $list }). Remove it there first, or use it for both themes.
error-word-list-full = This list has { $most } entries, the most it can hold. Remove some first.
error-word-gone = The list does not have this entry.
error-theme-name-missing = Write a name.
error-theme-name-too-long = Write at most { $most } characters.
error-theme-name-taken = Another theme is called “{ $name }”. Choose another name.
error-theme-description-missing = Write what praise and what complaints are about.
error-theme-description-too-long = Write at most { $most } characters.
error-theme-owner-missing = Write the department that owns the theme.
error-unknown-theme = There is no theme “{ $theme }”.
error-annotation-themes = Choose each theme once, and at most { $most } themes.
error-annotation-clause = The clause is empty or too long. Choose another clause.
error-too-few-annotations = { $count ->
    [one] 1 clause is annotated; training needs { $needed }.
   *[other] { $count } clauses are annotated; training needs { $needed }.
 }
