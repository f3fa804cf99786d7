"""Whether the company file that is open is the one that we mean: at first contact, and ever after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qbwc_server.books.facts import Introduction, Refused, UnreadableFile
from qbwc_server.books.mirror.keeping import forget_lists
from qbwc_server.books.models import CompanyFacts, ListEntry, Presence
from qbwc_server.errors import QbwcError
from qbwc_server.tenancy.models import Company
from qbxml import Version, versions

_KEPT = (
    "file_id",
    "company_name",
    "legal_name",
    "file_path",
    "product",
    "country",
    "qbxml_version",
    "machine",
    "preferences",
)


class OtherFile(QbwcError):
    """The file that is open in QuickBooks is not the company's, or nobody has said yet that it is."""

    code = "other_file"
    advice = (
        "Open the right company file and press Update Selected again. If this is the right one, resume the company "
        "here and say so by its name."
    )

    def __init__(self, message: str, *, detail: str, seen: Mapping[str, Any]) -> None:
        super().__init__(message, detail=detail)
        self.seen = seen  # what is remembered of this file once a person accepts it


def name_of(said: Mapping[str, Any]) -> str:
    """How people call a company file: by the company in it; by the file where that has no name."""
    return said["company_name"] or _file_name(said["file_path"]) or "a company without a name"


def learn(
    db: Session,
    company: Company,
    introduction: Introduction,
    *,
    qwc_file_id: str,
    file_path: str,
    country: str,
    now: datetime,
) -> CompanyFacts:
    """Compare the file with the one we know, choose the level to speak, and remember what it said.

    Args:
        qwc_file_id: FileID of the .qwc file, which the Web Connector writes into the company file.

    Raises:
        OtherFile: nothing may be written to this file.
        UnreadableFile: it did not say which company file it is.
        Refused: it said why not.
        qbxml.OtherEdition: a Canadian, British or Australian QuickBooks.
        qbxml.TooOld: QuickBooks is older than we support.
    """
    level: Version = versions.choose(introduction.supported, country=introduction.country or country)
    if introduction.file_id is None and not introduction.company_name:
        if introduction.refused is not None:
            raise Refused(introduction.refused)
        if not (introduction.described and file_path):
            raise UnreadableFile(detail="neither a FileID of ours nor the name of the company was told")
    known = db.get(CompanyFacts, company.id)
    said = {
        "file_id": introduction.file_id,
        "company_name": introduction.company_name,
        "legal_name": introduction.legal_name,
        "file_path": file_path or (known.file_path if known is not None else ""),
        "product": introduction.product,
        "country": (introduction.country or country or "US")[:8],
        "qbxml_version": str(level),
        "machine": introduction.machine,
        "closing_date": None if introduction.closing_date is None else introduction.closing_date.isoformat(),
        "preferences": introduction.preferences,
    }
    if known is None:
        _first_contact(company, said, qwc_file_id)
    else:
        _known_file(company, known, said, qwc_file_id)
        if not introduction.closing_date_told and known.closing_date is not None:  # it is not open because of that
            said["closing_date"] = known.closing_date.isoformat()
    if known is None or not _is_called_the_same(known, said):
        _nobody_elses(db, company, said)
    return _remember(db, company, said, now)


def take_for_ours(db: Session, company: Company, seen: Mapping[str, Any], now: datetime) -> None:
    """A person says that the file which ``OtherFile`` told of is the right one from now on."""
    _remember(db, company, seen, now)


def forget(db: Session, facts: CompanyFacts) -> dict[str, Any]:
    """A person says that this file is not the company's: the next one is met for the first time.

    Returns:
        What the file said of itself, with which it can be accepted again.
    """
    closing_date = None if facts.closing_date is None else facts.closing_date.isoformat()
    said = {**{name: getattr(facts, name) for name in _KEPT}, "closing_date": closing_date}
    db.delete(facts)
    db.execute(
        update(ListEntry)
        .where(ListEntry.company_id == facts.company_id)
        .values(presence=Presence.UNKNOWN, list_id=None)
    )
    forget_lists(db, facts.company_id)
    db.flush()
    return said


def _remember(db: Session, company: Company, said: Mapping[str, Any], now: datetime) -> CompanyFacts:
    facts = db.get(CompanyFacts, company.id)
    if facts is None:
        facts = CompanyFacts(company_id=company.id)
        db.add(facts)
    closing_date = said["closing_date"]
    for name in _KEPT:
        setattr(facts, name, said[name])
    facts.closing_date = None if closing_date is None else date.fromisoformat(closing_date)
    facts.seen_at = now
    return facts


def _first_contact(company: Company, said: Mapping[str, Any], qwc_file_id: str) -> None:
    """Only the FileID of the .qwc file is taken without a question."""
    open_now = f"QuickBooks has {name_of(said)} open"
    if said["file_id"] is None:
        raise OtherFile(
            f"{open_now}, and whether that is the company file of {company.name} is not known: it bears no mark of "
            "the .qwc file, which the Web Connector leaves in the company file that is open when the .qwc file is "
            "added.",
            detail=f"no FileID of ours, expected {qwc_file_id}",
            seen=said,
        )
    if said["file_id"] != qwc_file_id:
        raise OtherFile(
            f"{open_now}, which is not the company file of {company.name}: it bears the mark of another .qwc file.",
            detail=f"FileID {said['file_id']}, expected {qwc_file_id}",
            seen=said,
        )


def _nobody_elses(db: Session, company: Company, said: Mapping[str, Any]) -> None:
    """A .qwc file can be added while the books of another company are open that writes to them already."""
    others = _companies_in(db, company, said)
    if others:
        raise OtherFile(
            f"QuickBooks has {name_of(said)} open, and to that file {' and '.join(others)} already writes here; "
            f"{company.code} would write to the same books.",
            detail=f"the same name, path and PC as of {', '.join(others)}",
            seen=said,
        )


def _known_file(company: Company, known: CompanyFacts, said: Mapping[str, Any], qwc_file_id: str) -> None:
    """The FileID decides, the one that the file had the last time, unless both its names are others than then.

    A file that never had one is known by its name and its file's name, also when it gets one; one that has lost it is
    another file.
    """
    expected = known.file_id or qwc_file_id
    if known.file_id is None:
        ours = said["file_id"] in (None, qwc_file_id) and _is_called_the_same(known, said)
    else:
        ours = said["file_id"] == known.file_id and not _is_called_otherwise(known, said)
    if not ours:
        before = name_of({"company_name": known.company_name, "file_path": known.file_path})
        raise OtherFile(
            f"QuickBooks has {_apart(said, before)} open, which is not the company file of {company.name}: until now "
            f"that was {before}.",
            detail=f"FileID {said['file_id']}, expected {expected}",
            seen=said,
        )


def _apart(said: Mapping[str, Any], before: str) -> str:
    """The name of a file beside that of another one."""
    name = name_of(said)
    return f"another {name} ({said['file_path']})" if name == before and said["file_path"] else name


def _is_called_the_same(known: CompanyFacts, said: Mapping[str, Any]) -> bool:
    """Its folder may be called otherwise on every PC, and not every Web Connector tells it."""
    files = {_file_name(known.file_path).casefold(), _file_name(said["file_path"]).casefold()} - {""}
    return known.company_name == said["company_name"] and len(files) < 2


def _is_called_otherwise(known: CompanyFacts, said: Mapping[str, Any]) -> bool:
    """A company is renamed, or a file is; both at once is what adding the .qwc file to another one looks like."""
    names = {known.company_name, said["company_name"]} - {None, ""}
    files = {_file_name(known.file_path).casefold(), _file_name(said["file_path"]).casefold()} - {""}
    return len(names) > 1 and len(files) > 1


def _file_name(path: str) -> str:
    return path.replace("/", "\\").rpartition("\\")[2]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a company file is kept, as far as one can tell."""

    path: str
    pc: str | None  # None where the path says it all, or the PC was not told

    def may_be(self, other: _Place) -> bool:
        same_pc = self.pc is None or other.pc is None or self.pc == other.pc
        return bool(self.path) and self.path == other.path and same_pc


def _place(path: str, machine: str | None) -> _Place:
    path = path.strip().replace("/", "\\").casefold()
    return _Place(path, machine.casefold() if machine and path.startswith("c:") else None)


def _companies_in(db: Session, company: Company, said: Mapping[str, Any]) -> list[str]:
    """Codes of other companies here whose company file has the same name and the same place."""
    place = _place(said["file_path"], said["machine"])
    rows = db.execute(
        select(Company.code, CompanyFacts.file_path, CompanyFacts.machine)
        .join(CompanyFacts, CompanyFacts.company_id == Company.id)
        .where(Company.id != company.id, CompanyFacts.company_name == said["company_name"])
        .order_by(Company.code)
    )
    return [row.code for row in rows if place.may_be(_place(row.file_path, row.machine))]
