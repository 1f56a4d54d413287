"""The simulated world's telephones: what scripted and typing callers sound like."""
