"""A person who writes to us: how to answer, in which language, and whether they want to hear."""
