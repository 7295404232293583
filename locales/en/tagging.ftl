### Themes, words and annotations.
