"""Kills the process at every step of every deed, lets the caller ring again at once, and counts."""
