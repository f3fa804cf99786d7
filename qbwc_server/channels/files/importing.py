"""Import a file: find out what it is, read it, hand its documents to the intake, and report."""

from __future__ import annotations

import stat
from collections.abc import Callable, Mapping
from pathlib import Path

from qbwc_server.books.models import CompanyFacts
from qbwc_server.channels.files.contract import MAX_FILE_BYTES, FileOptions, FileRefused, FileTooLarge
from qbwc_server.channels.files.formats import format_named, read_options, recognise
from qbwc_server.channels.intake import Intake
from qbwc_server.channels.report import ImportReport, Progress
from qbwc_server.clock import Clock
from qbwc_server.clock import now as present
from qbwc_server.db import Database
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.companies import find_company


def import_file(
    database: Database,
    company_code: str,
    path: Path,
    *,
    by: Actor,
    format: str | None = None,  # noqa: A002  # the word users type
    options: Mapping[str, object] | FileOptions | None = None,
    clock: Clock = present,
    revise: bool = False,
    submit: bool = True,
    on_progress: Callable[[Progress], None] | None = None,
) -> ImportReport:
    """Read ``path``, keep its documents for the company, submit them unless ``submit`` is off, and report.

    Args:
        format: code of the format; left out, the file is recognised by its beginning.
        options: of the format, as given by a user or ready made.
        revise: a document that is there already with another content becomes its next revision instead of a problem.
        on_progress: called after every batch.

    Raises:
        FileRefused: the file as a whole cannot be read (UnknownFormat, UnknownEncoding, WrongColumns, FileTooLarge).
            Batches before the place of trouble are kept.
        WrongOptions: an option cannot be used.
        NotFound: there is no such company.
    """
    with database.reading() as db:
        facts = db.get(CompanyFacts, find_company(db, company_code).id)
        preferences = None if facts is None else facts.preferences
    size = _size(path)
    with path.open("rb") as stream:
        file_format = format_named(format) if format else recognise(stream, path.name)
        chosen = file_format.settle(read_options(file_format, options), preferences)
        report = ImportReport(file=path.name, format=file_format.code)
        intake = Intake(
            database,
            company_code,
            report,
            by=by,
            clock=clock,
            revise=revise,
            submit=submit,
            accounts=file_format.accounts(chosen),
        )
        for outcome in file_format.read(stream, chosen):
            if intake.take(outcome) and on_progress is not None:
                on_progress(Progress(min(stream.tell(), size), size, report.counts.documents))
        intake.finish()
    if on_progress is not None:
        on_progress(Progress(size, size, report.counts.documents))
    return report


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
