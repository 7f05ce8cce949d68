"""How Alembic runs here: on the open connection that `records.schema` hands over, inside its transaction."""

from alembic import context

from records.tables.all_tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,  # SQLite alters a table by making it anew
    compare_server_default=True,
)
context.run_migrations()
