### The overview and figures of the feedback.
