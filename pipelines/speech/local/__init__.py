"""Speech on one machine without keys: a rehearsal and test engine, not a production recogniser."""
