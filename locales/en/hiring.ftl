### Vacancies, candidates and shortlists.
