"""Fixtures that every room may use."""

from tests.support.postgres import database, postgres

__all__ = ["database", "postgres"]
