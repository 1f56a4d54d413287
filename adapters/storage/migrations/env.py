"""Alembic's entry: runs what is missing on the connection that `database.migrate` hands over."""

from alembic import context

from adapters.storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
