"""The endpoints: short, because the models check what comes and the engine does the work."""
