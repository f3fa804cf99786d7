"""What goes wrong with a message: a broken declaration, a document that is none, a level that is not spoken."""

from inspect import cleandoc
from typing import ClassVar, Self

_REASONS = {
    "required": "is missing",
    "type": "must be {limit}, not {value}",
    "max_length": "may have {limit} characters, but has {length}: {value}",
    "characters": "holds a character that is not in {limit}: {value}",
    "enum": "must be one of {limit}, not {value}",
    "decimals": "may have {limit} decimals: {value}",
    "digits": "may have {limit} digits before the point: {value}",
    "finite": "must be a finite number, not {value}",
    "min_value": "must be at least {limit}, not {value}",
    "max_value": "must be at most {limit}, not {value}",
    "time_zone": "must be a time with a UTC offset: {value}",
    "whole_seconds": "must be a whole number of seconds: {value}",
    "empty_reference": "names nothing: give a ListID or a FullName (an empty FullName clears the field)",
    "rendered": "must be text, as render() gives it: {value}",
    "level": "must be a Version such as V13, not {value}",
    "aggregate": "must be a message or a part of one, not {value}",
    "needs": "needs {limit} beside it",
    "unknown_field": "is not known; {limit}",
    "choice": "may hold only {limit}: {value}",
    "one_reference": "takes a ListID or a FullName, not both: {value}",
    "lexical": "is not written as {limit} demands: {value}",
    "unknown_element": "is not known here: {value}",
    "unknown_attribute": "has no attribute {value}",
    "order": "stands too late, it belongs before {limit}",
    "repeated": "may stand only once",
    "text": "may hold elements only, not text: {value}",
    "version": "came with qbXML {limit}, and the document says {value}",
}


class QbxmlError(Exception):
    """Something is wrong with a qbXML message."""

    code: ClassVar[str] = "qbxml"

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or cleandoc(type(self).__doc__ or ""))


class BuildError(QbxmlError):
    """A message breaks its declaration.

    Attributes:
        path: the place, in Python names: ``InvoiceAdd.lines[0].desc``.
        rule: which rule was broken: ``max_length``, ``required``, ``choice``, ``order``, ...
        limit: what the rule allows, if it names something.
        value: what was found instead.
    """

    code = "qbxml_build"

    def __init__(self, path: str, rule: str, limit: object = None, value: object = None) -> None:
        self.path = path
        self.rule = rule
        self.limit = limit
        self.value = value
        shown = {"limit": limit, "value": _shown(value), "length": len(value) if isinstance(value, str) else ""}
        super().__init__(f"{path} {_REASONS.get(rule, rule).format(**shown)}")

    def __reduce__(self) -> tuple[type[Self], tuple[object, ...]]:
        return type(self), (self.path, self.rule, self.limit, self.value)

    def at(self, owner: str, place: str) -> Self:
        """The same mistake seen from ``owner``, which holds at ``place`` what ``path`` began with."""
        rest = self.path.partition(".")[2]
        path = f"{owner}.{place}" if not rest else f"{owner}.{place}{'' if rest.startswith('[') else '.'}{rest}"
        return type(self)(path, self.rule, self.limit, self.value)


class ParseError(QbxmlError):
    """The document is no qbXML: broken off, not well-formed, with a document type, or something else altogether."""

    code = "qbxml_parse"


class MissingElement(ParseError, AttributeError):
    """An answer lacks an element that the schema promises, or holds it in a form that cannot be read."""

    code = "qbxml_missing_element"


class VersionError(QbxmlError):
    """A level of qbXML that cannot be spoken, or an element that the level spoken does not have."""

    code = "qbxml_version"


class TooOld(VersionError):
    """The company file speaks no level of qbXML that this library speaks."""

    code = "qbxml_too_old"


class OtherEdition(VersionError):
    """The company file belongs to a national edition of QuickBooks that this library does not speak to."""

    code = "qbxml_other_edition"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
