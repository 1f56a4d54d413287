"""One translation per outside system: SQL, Twilio, HTTP, files."""
