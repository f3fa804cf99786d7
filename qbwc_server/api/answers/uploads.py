"""What came of a file, as the API shows it."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from qbwc_server.api.answers.answer import Answer
from qbwc_server.channels.report import Kept


class UploadFindingAnswer(Answer):
    """One thing in the file that a person should read."""

    line: int | None
    outcome: Kept
    origin: str | None
    code: str
    field: str
    message: str
    advice: str


class UploadAnswer(Answer):
    """What became of every document of a file."""

    file: str
    format: str = Field(description="As it was recognised.")
    connection: int = Field(description="The connection of files that it is a run of.")
    run: int
    came_before: datetime | None = Field(description="When the same bytes came in first.")
    documents: int
    added: int
    same: int
    revised: int
    skipped: int
    problems: int
    submitted: int
    for_review: int
    total: str
    without_total: int
    open_work: int
    needs_a_person: bool
    remarks: list[str]
    findings: list[UploadFindingAnswer]
    findings_left_out: int


class ChargesProblemAnswer(Answer):
    """What of a file of charges cannot be read."""

    code: str
    field: str
    message: str
    advice: str


class ChargesAnswer(Answer):
    """What became of a file of charges; new, changed and known count organisations and periods."""

    connection: int
    run: int
    new: int
    changed: int
    known: int
    set_aside: int = Field(description="Charges that cannot be read.")
    problems: list[ChargesProblemAnswer]
    remarks: list[str]
