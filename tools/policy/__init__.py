"""Whether an action may be done, decided in pure functions over a snapshot."""
