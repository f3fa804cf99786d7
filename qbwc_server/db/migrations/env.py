"""Run by Alembic for every command of ``qbwc_server.db.schema``, which opens the connection."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import TypeDecorator, text
from sqlalchemy.engine import Connection

_ONE_AT_A_TIME = 7_224_001  # number of an advisory lock; any number that nobody else takes


def _plain_type(kind: str, thing: Any, _: AutogenContext) -> str | Literal[False]:
    """Write SQLAlchemy's own types into migrations, so that they go on working when our column types change."""
    if kind == "type" and isinstance(thing, TypeDecorator):
        return f"sa.{thing.impl!r}"
    return False


def _migrate(connection: Connection) -> None:
    with connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _ONE_AT_A_TIME})
        context.configure(
            connection=connection,
            target_metadata=context.config.attributes["declared"](),
            render_as_batch=True,
            render_item=_plain_type,
            compare_server_default=True,
        )
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise RuntimeError(f"the migration leaves references to rows that are not there: {broken[:5]}")


_migrate(context.config.attributes["connection"])
