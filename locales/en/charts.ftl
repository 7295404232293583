### Titles and descriptions of charts.
