"""The one way from a file to documents: find out what it is, read it as a run of its connection, and report."""

from __future__ import annotations

import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO

from qbwc_server.books.models import CompanyFacts
from qbwc_server.channels.connections.brought_by_file import ByConnection, by_connection
from qbwc_server.channels.connections.uploads import Upload, Uploaded
from qbwc_server.channels.contract import Draft, Outcome
from qbwc_server.channels.files.contract import MAX_FILE_BYTES, FileFormat, FileOptions, FileRefused, FileTooLarge
from qbwc_server.channels.files.formats import format_named, read_options, recognise
from qbwc_server.channels.intake import Intake
from qbwc_server.channels.report import ImportReport, Progress
from qbwc_server.clock import Clock
from qbwc_server.clock import now as present
from qbwc_server.db import Database
from qbwc_server.mapping.rules.statement import entries_of
from qbwc_server.shortening import shortened, storable
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.companies import find_company

_LONGEST_NAME = 200


@dataclass(frozen=True, kw_only=True)
class ImportChoices:
    """What whoever brings a file says of it.

    Args:
        name: what the file is called where it comes from; left out, as here.
        connection_id: a connection of files; left out, the first one, which is made where there is none.
        format: code of the format; left out, that of the connection, or the file is recognised by its beginning.
        options: of the format, as given by a user or ready made; they go before those of the connection.
        revise: a document that is there already with another content becomes its next revision instead of a problem.
        submit: what no person has to see first is submitted.
        may_bring: whether whoever brings it may bring documents of a kind; left out, of every kind.
    """

    name: str | None = None
    connection_id: int | None = None
    format: str | None = None
    options: Mapping[str, object] | FileOptions | None = None
    revise: bool = False
    submit: bool = True
    may_bring: Callable[[str], bool] | None = None


def import_file(
    database: Database,
    company_code: str,
    path: Path,
    choices: ImportChoices = ImportChoices(),
    *,
    by: Actor,
    clock: Clock = present,
    on_progress: Callable[[Progress], None] | None = None,
) -> ImportReport:
    """Read ``path``, keep its documents for the company, submit them as is chosen, and report.

    Args:
        on_progress: called after every batch.

    Raises:
        FileRefused: the file as a whole cannot be read (UnknownFormat, UnknownEncoding, WrongColumns, FileTooLarge).
            Batches before the place of trouble are kept.
        WrongOptions: an option cannot be used.
        NotFound: there is no such company or connection.
        NotRunning: the connection is paused or disconnected.
    """
    size = _size(path)
    with path.open("rb") as stream:
        name = shortened(storable(choices.name or path.name), _LONGEST_NAME)
        file = Uploaded(name, size, file_digest(stream, "sha256").hexdigest())
        stream.seek(0)
        upload = Upload(database, company_code, file, choices.connection_id, by, clock)
        with upload.reading():
            file_format, chosen = _chosen(database, company_code, upload, stream, choices)
            upload.recognised(file_format.code)
            intake = Intake(
                database,
                company_code,
                upload.report,
                by=by,
                clock=clock,
                revise=choices.revise,
                submit=choices.submit,
                accounts=file_format.accounts(chosen),
                alongside=upload.alongside,
                connection_id=upload.connection_id,
                may_bring=choices.may_bring,
            )
            outcomes = file_format.read(stream, chosen)
            connected = _by_connection(database, company_code, file_format)
            for outcome in outcomes if connected is None else connected.keep_out(outcomes):
                if intake.take(_by_rules(outcome) if chosen.rules else outcome) and on_progress is not None:
                    on_progress(Progress(min(stream.tell(), size), size, upload.report.counts.documents))
            intake.finish()
    if on_progress is not None:
        on_progress(Progress(size, size, upload.report.counts.documents))
    return upload.report


def _by_rules(outcome: Outcome) -> Outcome:
    """Its lines are those of a statement, to which rules apply."""
    return replace(outcome, entries=entries_of(outcome.document)) if isinstance(outcome, Draft) else outcome


def _by_connection(database: Database, company_code: str, file_format: FileFormat) -> ByConnection | None:
    with database.reading() as db:
        return by_connection(db, find_company(db, company_code).id, file_format.code)


def _chosen(
    database: Database,
    company_code: str,
    upload: Upload,
    stream: BinaryIO,
    choices: ImportChoices,
) -> tuple[FileFormat, FileOptions]:
    """The format and its options: what the upload says, then its connection, then the company file."""
    with database.reading() as db:
        facts = db.get(CompanyFacts, find_company(db, company_code).id)
        preferences = None if facts is None else facts.preferences
    code = choices.format or upload.options.format
    file_format = format_named(code) if code else recognise(stream, upload.file.name)
    options = choices.options
    if not isinstance(options, FileOptions):
        options = {**upload.options.settings, **(options or {})}
    return file_format, file_format.settle(read_options(file_format, options), preferences)


def _size(path: Path) -> int:
    try:
        status = path.stat()
    except OSError as error:
        raise FileRefused(f"{path} cannot be opened: {error.strerror}.") from None
    if not stat.S_ISREG(status.st_mode):
        raise FileRefused(f"{path} is not a file.")
    if status.st_size > MAX_FILE_BYTES:
        raise FileTooLarge(f"{path.name} has {status.st_size} bytes; at most {MAX_FILE_BYTES} are possible.")
    return status.st_size
