"""What the company file says of itself in the first call of a session, and whether it is the file we mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy.orm import Session

from qbwc_server.books.models import LONGEST_SAID, CompanyFacts
from qbwc_server.errors import QbwcError
from qbwc_server.shortening import shortened
from qbwc_server.tenancy.models import Company
from qbxml import Aggregate, ParseError, Version, read_answers, versions
from qbxml.messages.company import CompanyRet, HostRet, PreferencesRet
from qbxml.status import status
from qbxml.status_codes import Status


class UnreadableFile(QbwcError):
    """The Web Connector's description of the company file could not be read."""

    code = "unreadable_company"
    advice = "Press Update Selected again; if it stays, restart QuickBooks and the Web Connector."
    retry_helps = True


class Refused(QbwcError):
    """QuickBooks refused to describe the company file."""

    code = "company_refused"
    advice = "Do what QuickBooks asks for, then press Update Selected again."
    retry_helps = True

    def __init__(self, said: Status) -> None:
        super().__init__(said.sentence, detail=f"status code {said.code}")
        self.said = said


class OtherFile(QbwcError):
    """Another company file is open in QuickBooks."""

    code = "other_file"
    advice = (
        "Open the right company file and press Update Selected again. If this is the right one (restored, moved "
        "or copied), resume the company here and say so."
    )

    def __init__(self, message: str, *, detail: str, seen: Mapping[str, Any]) -> None:
        super().__init__(message, detail=detail)
        self.seen = seen  # what is remembered of this file once a person accepts it


@dataclass
class Introduction:
    """What HostQuery, CompanyQuery and PreferencesQuery answered."""

    product: str | None = None
    country: str | None = None
    supported: tuple[str, ...] = ()
    company_name: str | None = None
    legal_name: str | None = None
    file_id: str | None = None
    machine: str | None = None
    closing_date: date | None = None
    preferences: dict[str, Any] = field(default_factory=dict)
    refused: Status | None = None  # the first of the three questions that was not answered


def read_introduction(source: BinaryIO, owner_id: str) -> Introduction:
    """Read strHCPResponse; what is missing stays None. Raises UnreadableFile when it is no qbXML at all."""
    found = Introduction()
    try:
        for answer in read_answers(source):
            if answer.status_code and found.refused is None:
                found.refused = status(answer.status_code, answer.status_message)
            for ret in answer.rets:
                if isinstance(ret, HostRet):
                    found.product, found.country = _said(ret, "product_name"), _said(ret, "country")
                    found.supported = _said(ret, "supported_qbxml_versions") or ()
                elif isinstance(ret, CompanyRet):
                    _company(found, ret, owner_id)
                elif isinstance(ret, PreferencesRet):
                    _preferences(found, ret)
    except ParseError as error:
        raise UnreadableFile(detail=str(error)) from None
    return found


def _company(found: Introduction, ret: CompanyRet, owner_id: str) -> None:
    found.company_name, found.legal_name = _said(ret, "company_name"), _said(ret, "legal_company_name")
    for ext in ret.data_ext_rets or ():
        if _guid(_said(ext, "owner_id")) != _guid(owner_id):
            continue
        name, value = _said(ext, "data_ext_name"), _said(ext, "data_ext_value") or ""
        if name == "FileID":
            found.file_id = _guid(value)
        elif name == "AppLock":
            found.machine = value.split(":")[1] if ":" in value else None


def _preferences(found: Introduction, ret: PreferencesRet) -> None:
    accounting, tax = _said(ret, "accounting_preferences"), _said(ret, "sales_tax_preferences")
    currency = _said(ret, "multi_currency_preferences")
    found.closing_date = _said(accounting, "closing_date")
    found.preferences = {
        "class_tracking": bool(_said(accounting, "is_using_class_tracking")),
        "sales_tax": tax is not None,
        "sales_tax_item": _said(_said(tax, "default_item_sales_tax"), "full_name"),
        "multi_currency": bool(_said(currency, "is_multi_currency_on")),
    }


def _said(part: Aggregate | None, name: str) -> Any:
    """A value of an answer; None where there is none, even if QuickBooks promises it: nothing here is worth failing."""
    value = getattr(part, name, None)
    return shortened(value, LONGEST_SAID) if isinstance(value, str) else value


def _guid(text: object) -> str | None:
    try:
        return str(UUID(str(text)))
    except ValueError:
        return None


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
        raise UnreadableFile(detail="neither a FileID of ours nor the name of the company was told")
    said = {
        "file_id": introduction.file_id,
        "company_name": introduction.company_name,
        "legal_name": introduction.legal_name,
        "file_path": file_path,
        "product": introduction.product,
        "country": (introduction.country or country or "US")[:8],
        "qbxml_version": str(level),
        "machine": introduction.machine,
        "closing_date": None if introduction.closing_date is None else introduction.closing_date.isoformat(),
        "preferences": introduction.preferences,
    }
    _same_file(company, db.get(CompanyFacts, company.id), introduction, qwc_file_id, said)
    return _remember(db, company, said, now)


def take_for_ours(db: Session, company: Company, seen: Mapping[str, Any], now: datetime) -> None:
    """A person says that the file which ``OtherFile`` told of is the right one from now on."""
    _remember(db, company, seen, now)


def _remember(db: Session, company: Company, said: Mapping[str, Any], now: datetime) -> CompanyFacts:
    facts = db.get(CompanyFacts, company.id)
    if facts is None:
        facts = CompanyFacts(company_id=company.id)
        db.add(facts)
    closing_date = said["closing_date"]
    for name, value in said.items():
        setattr(facts, name, value)
    facts.closing_date = None if closing_date is None else date.fromisoformat(closing_date)
    facts.seen_at = now
    return facts


def _same_file(
    company: Company, known: CompanyFacts | None, introduction: Introduction, qwc_file_id: str, said: Mapping[str, Any]
) -> None:
    """The FileID decides: the one that the file had the last time, at first the one of the .qwc file.

    A file that never had one is known by its name, also when it gets one; one that has lost it is another file.
    """
    shown = introduction.company_name or "a company without a name"
    if introduction.file_id is not None:
        expected = (known.file_id if known is not None else None) or qwc_file_id
        renamed = known is not None and known.file_id is None and known.company_name != introduction.company_name
        if introduction.file_id != expected or renamed:
            raise OtherFile(
                f"QuickBooks has {shown} open, which is not the company file of {company.name}.",
                detail=f"FileID {introduction.file_id}, expected {expected}",
                seen=said,
            )
    elif known is not None and (known.file_id is not None or known.company_name != introduction.company_name):
        raise OtherFile(
            f"QuickBooks has {shown} open; {company.name} was {known.company_name} until now.",
            detail=f"the file carries no FileID of ours, expected {known.file_id or 'that name'}",
            seen=said,
        )
