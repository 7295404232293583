### Documents: coaching plan, brief, workshop.
