"""Work that must happen even if this process dies."""
