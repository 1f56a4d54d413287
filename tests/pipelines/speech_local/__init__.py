"""The local engines: their rules exactly, their processes for real."""
