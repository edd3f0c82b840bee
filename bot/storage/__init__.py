"""Where rows live: SQLite by default, PostgreSQL for several replicas, the same code on both."""
