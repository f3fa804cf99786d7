"""The database schema: which tables there are, whether a database has them all, and the way there.

Alembic does the work; there is no alembic.ini, everything it needs is said here.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Engine, MetaData, event
from sqlalchemy.engine import Connection

from qbwc_server.db import _READ_ONLY, Base, make_engine
from qbwc_server.errors import QbwcError

# Where tables are declared. By name, because db stands below these packages and imports none of them.
MODELS = (
    "qbwc_server.tenancy.models",
    "qbwc_server.queue.lane",
    "qbwc_server.queue.models",
    "qbwc_server.books.holds",
    "qbwc_server.books.models",
    "qbwc_server.documents.models",
    "qbwc_server.documents.open_work",
    "qbwc_server.connector.models",
    "qbwc_server.jobs.runs",
)
_MIGRATIONS = Path(__file__).with_name("migrations")


class SchemaOutdated(QbwcError):
    """The database has another schema than this version of the program."""

    code = "schema_outdated"
    advice = "Back up the database, then run: qbwc-server db upgrade"


class SchemaUnknown(QbwcError):
    """The database was upgraded by a newer version of the program."""

    code = "schema_unknown"
    advice = "Start that newer version, or restore the backup made before the upgrade."


def declared() -> MetaData:
    """Every table as the code declares it."""
    for module in MODELS:
        import_module(module)
    return Base.metadata


@cache
def head() -> str:
    """The name of the newest schema, the one this version needs."""
    newest = _scripts().get_current_head()
    if newest is None:
        raise RuntimeError("there are no migrations")
    return newest


def current(engine: Engine) -> str | None:
    """The name of the schema that the database has; ``None`` when it is empty."""
    with _looking(engine) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_current(engine: Engine) -> bool:
    """Whether the database has the schema that this version needs."""
    return current(engine) == head()


def require_current(engine: Engine) -> None:
    """Nothing, when the database has the schema that this version needs.

    Raises:
        SchemaOutdated: it has an older one or none.
        SchemaUnknown: it has one that this version has never heard of.
    """
    found = current(engine)
    if found == head():
        return
    if found is not None and found not in {script.revision for script in _scripts().walk_revisions()}:
        raise SchemaUnknown(f"The database has schema {found}; this version knows schemas up to {head()}.")
    raise SchemaOutdated(f"The database has schema {found or 'none'}; this version needs {head()}.")


def upgrade(url: str) -> None:
    """Bring the database at ``url`` to the newest schema; one that has it already stays as it is.

    All or nothing, in one transaction. Several processes may do it at once: the later ones wait and find it done.

    Raises:
        SchemaUnknown: the database comes from a newer version.
    """
    engine = make_engine(url)
    if engine.dialect.name == "sqlite":
        # SQLite changes a table by copying it and dropping the old one, and with foreign keys on, that drop deletes
        # every row that refers to it. The switch has no effect inside a transaction, so it is thrown here.
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=OFF"))
    try:
        try:
            require_current(engine)
        except SchemaOutdated:
            with engine.connect() as connection:
                command.upgrade(_config(connection), "head")
    finally:
        engine.dispose()


def differences(engine: Engine) -> list[Any]:
    """What the database has otherwise than the code declares; empty when they agree."""
    with _looking(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, declared()))


def write_migration(message: str) -> Path:
    """Write the migration from the newest schema to what the code declares, for a person to read and complete.

    Raises:
        ValueError: nothing differs, or there is no message.
    """
    if not message.strip():
        raise ValueError('say what changes: make migration MESSAGE="..."')
    with TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/newest.db")
        earlier = list(_scripts().walk_revisions())
        if earlier:
            upgrade(f"sqlite:///{folder}/newest.db")
        try:
            if not differences(engine):
                raise ValueError("the migrations already say what the code declares")
            with engine.connect() as connection:
                written = command.revision(
                    _config(connection), message.strip(), autogenerate=True, rev_id=f"{len(earlier) + 1:04}"
                )
        finally:
            engine.dispose()
    if not isinstance(written, Script):
        raise TypeError(f"one migration was to be written, not {written!r}")
    return Path(written.path)


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(_MIGRATIONS))


def _config(connection: Connection) -> Config:
    """What migrations/env.py and Alembic's commands need to know."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes.update(connection=connection, declared=declared)
    return config


def _looking(engine: Engine) -> Connection:
    """A connection that does not wait for writers, for looking only."""
    return engine.connect().execution_options(**{_READ_ONLY: True})
