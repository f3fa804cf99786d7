"""The database schema: which tables there are, whether a database has them all, and the way there.

Alembic does the work; there is no alembic.ini, everything it needs is said here. Whoever only asks which schema a
database has does without it: to load it takes longer than to start.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, MetaData, event, inspect, text
from sqlalchemy.engine import Connection

from qbwc_server.db import _READ_ONLY, Base, make_engine
from qbwc_server.db.unusable import DatabaseMissing, SchemaOutdated, SchemaUnknown

if TYPE_CHECKING:
    from alembic.config import Config

# Where tables are declared. By name, because db stands below these packages and imports none of them.
MODELS = (
    "qbwc_server.tenancy.models",
    "qbwc_server.tenancy.audit",
    "qbwc_server.tenancy.browser_sessions",
    "qbwc_server.tenancy.person_links",
    "qbwc_server.tenancy.password_resets",
    "qbwc_server.tenancy.sign_in_links",
    "qbwc_server.tenancy.second_factor",
    "qbwc_server.tenancy.kept_answers",
    "qbwc_server.tenancy.rates",
    "qbwc_server.tenancy.server_key",
    "qbwc_server.outbox.mail",
    "qbwc_server.outbox.webhooks",
    "qbwc_server.queue.lane",
    "qbwc_server.books.costs.models",
    "qbwc_server.queue.models",
    "qbwc_server.asked.models",
    "qbwc_server.books.holds",
    "qbwc_server.books.mirror.models",
    "qbwc_server.books.models",
    "qbwc_server.documents.models",
    "qbwc_server.documents.open_work",
    "qbwc_server.posting.options",
    "qbwc_server.posting.entries.words",
    "qbwc_server.posting.onto.sent_here",
    "qbwc_server.posting.submitting.automatic",
    "qbwc_server.mapping.models",
    "qbwc_server.mapping.rules.models",
    "qbwc_server.channels.connections.models",
    "qbwc_server.billing_runs.models",
    "qbwc_server.bulk.models",
    "qbwc_server.connector.models",
    "qbwc_server.connector.set_up_links",
    "qbwc_server.alarms.models",
    "qbwc_server.jobs.runs",
)
_MIGRATIONS = Path(__file__).with_name("migrations")
_VERSION_TABLE = "alembic_version"


def declared() -> MetaData:
    """Every table as the code declares it."""
    for module in MODELS:
        import_module(module)
    return Base.metadata


@cache
def names() -> tuple[str, ...]:
    """The names of all schemas, oldest first: the migrations are numbered."""
    return tuple(sorted(path.name.partition("_")[0] for path in _MIGRATIONS.glob("versions/[0-9]*.py")))


def head() -> str:
    """The name of the newest schema, the one this version needs."""
    return names()[-1]


def current(engine: Engine) -> str | None:
    """The name of the schema that the database has; ``None`` when it is empty or not there."""
    try:
        with _looking(engine) as connection:
            if not inspect(connection).has_table(_VERSION_TABLE):
                return None
            found: str | None = connection.scalar(text(f"SELECT version_num FROM {_VERSION_TABLE}"))  # noqa: S608
    except DatabaseMissing:
        return None
    return found


def is_current(engine: Engine) -> bool:
    """Whether the database has the schema that this version needs."""
    return current(engine) == head()


def require_current(engine: Engine) -> None:
    """Nothing, when the database has the schema that this version needs.

    Raises:
        DatabaseMissing: there is no file, and none was to be made.
        SchemaOutdated: it has an older one or none.
        SchemaUnknown: it has one that this version has never heard of.
    """
    found = current(engine)
    if found == head():
        return
    if found is None:
        _require_there(engine)
    elif found not in names():
        raise SchemaUnknown(f"The database has schema {found}; this version knows schemas up to {head()}.")
    raise SchemaOutdated(f"The database has schema {found or 'none'}; this version needs {head()}.")


def _require_there(engine: Engine) -> None:
    with _looking(engine):
        pass


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
                from alembic import command

                command.upgrade(_config(connection), "head")
    finally:
        engine.dispose()


def differences(engine: Engine) -> list[Any]:
    """What the database has otherwise than the code declares; empty when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

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
    from alembic import command
    from alembic.script import Script

    with TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/newest.db")
        if names():
            upgrade(f"sqlite:///{folder}/newest.db")
        try:
            if not differences(engine):
                raise ValueError("the migrations already say what the code declares")
            with engine.connect() as connection:
                written = command.revision(
                    _config(connection), message.strip(), autogenerate=True, rev_id=f"{len(names()) + 1:04}"
                )
        finally:
            engine.dispose()
    if not isinstance(written, Script):
        raise TypeError(f"one migration was to be written, not {written!r}")
    return Path(written.path)


def _config(connection: Connection) -> Config:
    """What migrations/env.py and Alembic's commands need to know."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes.update(connection=connection, declared=declared)
    return config


def _looking(engine: Engine) -> Connection:
    """A connection that does not wait for writers, for looking only."""
    return engine.connect().execution_options(**{_READ_ONLY: True})
