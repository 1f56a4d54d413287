"""The browser softphone: a page, its socket, and the telephone behind it."""
