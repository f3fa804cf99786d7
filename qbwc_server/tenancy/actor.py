"""Who acts: said once, for history rows and for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Dialect, String, TypeDecorator

_LONGEST_ID, _LONGEST_LABEL = 36, 100
_COLUMN = 160


class ActorKind(StrEnum):
    """What kind of somebody acts."""

    PERSON = "person"
    TOKEN = "token"  # noqa: S105  # a program that calls the API
    JOB = "job"
    QUICKBOOKS = "quickbooks"  # an answer from the company file
    COMMAND_LINE = "command_line"
    LINK = "link"  # whoever was given one, and has no account
    SERVER = "server"  # by itself, without QuickBooks having been asked


# kind -> (in words, in words where a label is known)
_WORDS: dict[ActorKind, tuple[str, str]] = {
    ActorKind.PERSON: ("a person", "{label}"),
    ActorKind.TOKEN: ("API", "API, {label}"),
    ActorKind.JOB: ("job", "job {label}"),
    ActorKind.QUICKBOOKS: ("QuickBooks", "QuickBooks, {label}"),
    ActorKind.COMMAND_LINE: ("command line", "{label}, command line"),
    ActorKind.LINK: ("a link", "{label}"),
    ActorKind.SERVER: ("server", "server, {label}"),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something to a document or a company.

    Args:
        label: what people call this one: a name, the label of a token, the code of a job.
        id: its number here, where it has one, so that a later change of the name does not hide who it was.
        place: from where, for the audit: the address of a caller, the machine of a command. It is not who acts.
    """

    kind: ActorKind
    label: str = ""
    id: str = ""
    place: str = field(default="", compare=False)

    def __str__(self) -> str:
        without, labelled = _WORDS[self.kind]
        return labelled.format(label=self.label) if self.label else without

    def as_text(self) -> str:
        """As it stands in a history row: ``kind:id:label``, or the kind alone."""
        if not (self.id or self.label):
            return self.kind.value
        return f"{self.kind.value}:{self.id[:_LONGEST_ID]}:{self.label[:_LONGEST_LABEL]}"

    @classmethod
    def from_text(cls, text: str) -> Actor:
        """The reverse of ``as_text``. Raises ValueError where the kind is none."""
        kind, _, rest = text.partition(":")
        number, _, label = rest.partition(":")
        return cls(ActorKind(kind), label, number)


QUICKBOOKS = Actor(ActorKind.QUICKBOOKS)
SERVER = Actor(ActorKind.SERVER)


class ActorColumn(TypeDecorator[Actor]):
    """An Actor in a history row."""

    impl = String(_COLUMN)
    cache_ok = True

    def process_bind_param(self, value: Actor | None, dialect: Dialect) -> str | None:
        return None if value is None else value.as_text()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Actor | None:
        return None if value is None else Actor.from_text(value)
