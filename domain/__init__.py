"""The words and rules of a contact centre, true on paper: standard library only."""
