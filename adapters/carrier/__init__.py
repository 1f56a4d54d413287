"""Twilio's language: call control over REST, signatures on what it sends, documents of instructions."""
