### Praise, moderation and departments.
