### A candidate's sitting and result.
