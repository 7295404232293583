### Pages about agents, coaching plans and their steps.
