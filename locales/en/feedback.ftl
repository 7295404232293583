### Pages about the intake of feedback.
