"""What Callwright keeps, in PostgreSQL: calls, their journals, messages taken, recordings, documents."""
