"""How people watch a rehearsal: live on a terminal, as plain lines elsewhere, and as a table at the end."""
