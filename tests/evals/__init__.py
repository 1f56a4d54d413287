"""The judges themselves are tried: that they run, and that they can find something."""
