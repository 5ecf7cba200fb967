"""Schema changes, forward only."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from backend.database import sqlalchemy_url


def alembic_config(database_url: str) -> Config:
    """Alembic's configuration for this database, without an .ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["url"] = sqlalchemy_url(database_url)
    return config


def upgrade(database_url: str, revision: str = "head") -> None:
    """Bring the schema, triggers and the job tables to `revision`. Safe to call on every start."""
    command.upgrade(alembic_config(database_url), revision)
