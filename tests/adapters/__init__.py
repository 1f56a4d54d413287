"""The translations, against the real thing."""
