"""The desk's doors: the HTTP API, the pages of calls, and who may look."""
