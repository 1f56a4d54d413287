"""The desk's pages: templates, styles and scripts, and the code that serves them."""
