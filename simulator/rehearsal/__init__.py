"""The rehearsal: scripted callers with real sound phone in, and each call is judged from outside."""
