"""The doors: telephone, HTTP API, desk, command line; and the wiring."""
