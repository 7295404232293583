### Validity of the hiring score.
