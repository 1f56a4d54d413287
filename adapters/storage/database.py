"""The way to the database: its address, its pool, and bringing its tables up to date."""

from pathlib import Path

import psycopg
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

LATEST = "0006"
"""The newest revision in `migrations/versions`; a test holds it to them."""

MIGRATION_LOCK = 0x63616C6C7772
"""Any number that nobody else locks: "callwr"."""


def engine_for(url: str, *, connections: int = 5) -> AsyncEngine:
    """A pool for one process; a connection that died is replaced before it is used.

    Parameters are numbers and names of callers: no error quotes them, since errors are logged.
    """
    return create_async_engine(
        _psycopg(url),
        pool_size=connections,
        max_overflow=connections,
        pool_pre_ping=True,
        pool_timeout=10,
        hide_parameters=True,
    )


def plain_address(url: str) -> str:
    """The same address for psycopg itself."""
    return make_url(_psycopg(url)).set(drivername="postgresql").render_as_string(hide_password=False)


def _psycopg(url: str) -> str:
    """`postgres://` and `postgresql://`, as hosts hand them out, mean the one driver we use."""
    scheme, separator, rest = url.partition("://")
    if separator == "" or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise ValueError("DATABASE_URL must begin with postgresql:// (PostgreSQL is the only database).")
    return f"postgresql+psycopg://{rest}"


def migrate(url: str) -> None:
    """Bring the tables up to date; blocks. Of several processes that start at once, one does the work."""
    if _is_latest(url):
        return
    # Alembic costs 0.7 s and memory for which a media process that starts on a ready database has no use.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    engine = create_engine(_psycopg(url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _is_latest(url: str) -> bool:
    with psycopg.connect(plain_address(url), autocommit=True) as connection:
        known = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
        if known is None or known[0] is None:
            return False
        return connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(LATEST,)]
