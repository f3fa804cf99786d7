"""What expat calls while an answer is read: the states of the document, each a pair of handlers set on the parser.

DOCUMENT until the message set, SET between answers, ANSWER between the objects of one, OBJECT within one of them, ASIDE
within something in it that is not declared, and PASSING over what nobody wants. Only OBJECT is hot: it runs for every
element there is, so a value and the object around it share one state.
"""

from collections import deque
from collections.abc import Callable
from typing import Any, Final
from xml.parsers.expat import XMLParserType

from qbxml.aggregate import Aggregate, Unknown, as_read
from qbxml.answer import Answer
from qbxml.errors import ParseError
from qbxml.escaping import escaped, quoted
from qbxml.messages import MESSAGES, TYPED
from qbxml.plan import Slot
from qbxml.shared import ErrorRecovery

END: Final = object()
"""Stands after the objects of an answer."""

MOST_TEXT: Final = 1 << 20
"""Characters of one value: QuickBooks keeps some thousand."""

MOST_ASIDE: Final = 4096
"""Characters that are kept of something that is not declared."""

MOST_UNKNOWN: Final = 1000
"""So many things that are not declared are kept of one object."""

_MOST_NAMED: Final = 20  # the same of one answer, by name
_OBJECTS: Final = {**TYPED, ErrorRecovery.__name__: ErrorRecovery}
_SETS: Final = frozenset({"QBXMLMsgsRs", "QBXMLSubscriptionMsgsRs"})

Values = dict[str, Any]
State = tuple[Callable[[str, dict[str, str]], None], Callable[[str], None]]


class Builder:
    """Makes objects of what the parser sees.

    Attributes:
        envelope: the attributes of the message set, once it has begun.
    """

    def __init__(
        self, parser: XMLParserType, found: deque[object], rest: Callable[[], object], skip: frozenset[str]
    ) -> None:
        """Listen to a parser.

        Args:
            found: takes each answer, its objects, and :data:`END` after them.
            rest: gives an answer what comes next in the document.
            skip: aggregates within objects to pass over.
        """
        self.envelope: dict[str, str] | None = None
        self._parser, self._found, self._rest = parser, found, rest
        self._text: list[str] = []
        self._answer: Answer | None = None
        self._whole = False  # the values of this answer stand directly in it
        self._depth = 0  # of elements in the root, or in what is kept aside or passed over
        self._aside: list[str] | None = None
        self._room = 0  # for characters kept aside
        self._plain = True  # what is kept aside holds no elements
        self._keeper: Values = {}  # the object that keeps it
        self._back: State
        self._object = _Object(self._text, self._begin_aside, self._pass_over_part, self._end_object, skip)
        self._set: State = (self._set_start, self._set_end)
        self._in_answer: State = (self._answer_start, self._answer_end)
        self._in_aside: State = (self._aside_start, self._aside_end)
        self._passing: State = (self._passing_start, self._passing_end)
        parser.CharacterDataHandler = self._text.append
        self._enter((self._document_start, self._document_end))

    def after_piece(self) -> None:
        """Forget white space between elements, so that it does not pile up; refuse a text without an end."""
        if self._aside is None and not self._object.in_value():
            self._text.clear()
        elif sum(map(len, self._text)) > MOST_TEXT:
            raise ParseError(f"the document is no answer of QuickBooks: one text has more than {MOST_TEXT} characters")

    def _enter(self, state: State) -> None:
        self._parser.StartElementHandler, self._parser.EndElementHandler = state

    # DOCUMENT

    def _document_start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 1 and tag != "QBXML":
            raise ParseError(f"the document is no qbXML: it begins with {tag[:60]}")
        if self._depth == 2:
            if tag not in _SETS:
                raise ParseError(f"the document is no answer of QuickBooks: it holds {tag[:60]}")
            self.envelope = attributes
            self._enter(self._set)

    def _document_end(self, _tag: str) -> None:
        self._depth -= 1

    # SET

    def _set_start(self, tag: str, attributes: dict[str, str]) -> None:
        self._answer = Answer(tag, attributes, self._rest)
        self._found.append(self._answer)
        declared = MESSAGES.get(tag)
        self._whole = declared is not None and declared._plan.holds_values
        if declared is not None and self._whole:
            self._object.begin(declared, attributes)
            self._enter(self._object.state)
        else:
            self._enter(self._in_answer)

    def _set_end(self, _tag: str) -> None:
        self._depth = 1
        self._enter((self._document_start, self._document_end))

    # ANSWER

    def _answer_start(self, tag: str, attributes: dict[str, str]) -> None:
        if (declared := _OBJECTS.get(tag) or MESSAGES.get(tag)) is not None:
            self._object.begin(declared, attributes)
            self._parser.StartElementHandler, self._parser.EndElementHandler = self._object.state
            return
        answer = self._answer
        if answer is not None and len(answer.unknown) < _MOST_NAMED and (name := tag[:60]) not in answer.unknown:
            answer.unknown += (name,)
        self._pass_over(self._in_answer)

    def _answer_end(self, _tag: str) -> None:
        self._found.append(END)
        self._answer = None
        self._enter(self._set)

    # OBJECT: see _Object

    def _end_object(self, cls: type[Aggregate], held: Values) -> None:
        answer = self._answer
        if self._whole and answer is not None:
            if any(slot.name in held for slot in cls._plan.elements):
                answer.error_recovery = held.get("error_recovery")
                self._found.append(_made(cls, held))
            self._answer_end("")
            return
        made = _made(cls, held)
        if isinstance(made, ErrorRecovery) and answer is not None:
            answer.error_recovery = made
        else:
            self._found.append(made)
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._in_answer

    # ASIDE

    def _begin_aside(self, keeper: Values) -> None:
        self._text.clear()
        self._keeper, self._aside, self._room, self._plain, self._depth = keeper, [], MOST_ASIDE, True, 1
        self._enter(self._in_aside)

    def _aside_start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._plain = False
        if self._room > 0:
            self._keep(escaped("".join(self._text)))
            written = [f' {name}="{quoted(content)}"' for name, content in attributes.items()]
            self._keep(f"<{tag}{''.join(written)}>")
        self._text.clear()

    def _aside_end(self, tag: str) -> None:
        self._depth -= 1
        if self._room > 0:
            content = "".join(self._text)
            self._keep(content if self._plain else escaped(content))
            if self._depth:
                self._keep(f"</{tag}>")
        self._text.clear()
        if not self._depth:
            _keep_aside(self._keeper, tag, "".join(self._aside or ()))
            self._aside = None
            self._enter(self._object.state)

    def _keep(self, part: str) -> None:
        if self._aside is not None and self._room > 0:
            self._aside.append(part[: self._room])
            self._room -= len(part)

    # PASSING

    def _pass_over_part(self) -> None:
        self._pass_over(self._object.state)

    def _pass_over(self, back: State) -> None:
        self._depth, self._back = 1, back
        self._parser.CharacterDataHandler = None
        self._enter(self._passing)

    def _passing_start(self, _tag: str, _attributes: dict[str, str]) -> None:
        self._depth += 1

    def _passing_end(self, _tag: str) -> None:
        self._depth -= 1
        if not self._depth:
            self._parser.CharacterDataHandler = self._text.append
            self._enter(self._back)


class _Object:
    """The state within an object. Its handlers are closures: they run for every element there is."""

    def __init__(
        self,
        text: list[str],
        aside: Callable[[Values], None],
        pass_over: Callable[[], None],
        done: Callable[[type[Aggregate], Values], None],
        skip: frozenset[str],
    ) -> None:
        fields: dict[str, Slot] = {}  # of the aggregate under construction
        cls: type[Aggregate] = Aggregate
        held: Values = {}
        outer: list[tuple[dict[str, Slot], type[Aggregate], Values, Slot]] = []  # those around it
        leaf: Slot | None = None  # the value that has begun

        def begin(of: type[Aggregate], attributes: dict[str, str]) -> None:
            nonlocal fields, cls, held
            cls, held, fields = of, {}, of._plan.by_tag
            if attributes:
                _take_attributes(of, held, attributes)

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal leaf
            slot = fields.get(tag)
            if slot is None or leaf is not None:
                aside(held)
            elif slot.kind is not None:
                text.clear()
                leaf = slot
            elif tag in skip:
                pass_over()
            else:
                outer.append((fields, cls, held, slot))
                begin(slot.class_of(tag), attributes)

        def end(tag: str) -> None:
            nonlocal fields, cls, held, leaf
            if leaf is not None:
                slot, leaf = leaf, None
                content = text[0] if len(text) == 1 else "".join(text)
                try:
                    made = content if slot.read is None else slot.read(content)
                except (ValueError, KeyError):
                    if content:
                        _keep_aside(held, tag, content[:MOST_ASIDE])
                    return
            elif outer:
                made = _made(cls, held)
                fields, cls, held, slot = outer.pop()
            else:
                done(cls, held)
                return
            if slot.many:
                held.setdefault(slot.name, []).append(made)
            else:
                held[slot.name] = made

        self.begin = begin
        self.state: State = (start, end)
        self.in_value: Callable[[], bool] = lambda: leaf is not None


def _made(cls: type[Aggregate], held: Values) -> Aggregate:
    for name in cls._plan.many:
        if name in held:
            held[name] = tuple(held[name])
    if "_unknown" in held:
        held["_unknown"] = tuple(held["_unknown"])
    return as_read(cls, held)


def _take_attributes(cls: type[Aggregate], held: Values, attributes: dict[str, str]) -> None:
    for name, content in attributes.items():
        slot = cls._plan.by_attribute.get(name)
        if slot is None or slot.kind is None:
            _keep_aside(held, name, content[:MOST_ASIDE])
            continue
        try:
            held[slot.name] = slot.kind.read(content)
        except (ValueError, KeyError):
            _keep_aside(held, name, content[:MOST_ASIDE])


def _keep_aside(held: Values, tag: str, content: str) -> None:
    kept = held.setdefault("_unknown", [])
    if len(kept) < MOST_UNKNOWN:
        kept.append(Unknown(tag, content))
