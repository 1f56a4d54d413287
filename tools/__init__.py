"""Actions on systems of record, all behind one gate; no tools for developers."""
