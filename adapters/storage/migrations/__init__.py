"""The database's history, run at start under a lock."""
