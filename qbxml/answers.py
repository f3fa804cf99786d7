"""Answers of QuickBooks, read as a stream: typed objects one by one, in memory that does not grow with the document.

What is not declared is kept aside in ``unknown``; what is missing is missing. Nothing is refused but a document that
is not XML, or not an answer.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterator
from typing import Any, Final
from xml.parsers.expat import XMLParserType

from qbxml.aggregate import Aggregate, Slot, Unknown, as_read
from qbxml.errors import ParseError
from qbxml.escaping import escaped, quoted
from qbxml.messages import MESSAGES
from qbxml.shared import ErrorRecovery
from qbxml.source import Source, feed, new_parser, pieces

_END: Final = object()
_MOST_UNKNOWN: Final = 20


class Answer:
    """The answer to one request. ``rets`` can be gone through once, before the next answer is asked for.

    Attributes:
        tag: ``InvoiceAddRs`` and the like, also of answers that this library does not declare.
        request_id: as it was sent; None if there was none.
        status_code: see :mod:`qbxml.status`.
        status_severity: Info, Warn or Error; the code says more.
        ret_count: only if the query asked for it.
        iterator_remaining_count: how many objects the pages to come hold.
        iterator_id: to be sent with the request for the next page.
        error_recovery: what QuickBooks remembers of a request that it had done before; known once ``rets`` are through.
        unknown: the names of elements that are not declared, at most twenty; known once ``rets`` are through.
    """

    def __init__(self, tag: str, attributes: dict[str, str], rest: Callable[[], object]) -> None:
        self.tag = tag
        self.request_id = attributes.get("requestID")
        code = _number(attributes.get("statusCode"))
        if code is None:
            raise ParseError(f"{tag} came without a status code")
        self.status_code = code
        self.status_severity = attributes.get("statusSeverity", "")
        self.status_message = attributes.get("statusMessage", "")
        self.ret_count = _number(attributes.get("retCount"))
        self.iterator_remaining_count = _number(attributes.get("iteratorRemainingCount"))
        self.iterator_id = attributes.get("iteratorID")
        self.error_recovery: ErrorRecovery | None = None
        self.unknown: tuple[str, ...] = ()
        self.rets: Iterator[Aggregate] = self._rets(rest)

    def _rets(self, rest: Callable[[], object]) -> Iterator[Aggregate]:
        while isinstance(found := rest(), Aggregate):
            yield found

    def __repr__(self) -> str:
        return f"<Answer {self.tag} {self.request_id!r}: {self.status_code} {self.status_message!r}>"


class Answers(Iterator[Answer]):
    """The answers of a document, in its order. Asking for the next one passes over what was not read of the last."""

    def __init__(self, source: Source, skip: Collection[str] = ()) -> None:
        self._reader = _Reader(source, frozenset(skip))
        self._current: Answer | None = None

    def __next__(self) -> Answer:
        if self._current is not None:
            deque(self._current.rets, maxlen=0)
            self._current = None
        found = self._reader.next()
        if not isinstance(found, Answer):
            raise StopIteration
        self._current = found
        return found

    @property
    def message_set_status_code(self) -> int | None:
        """The outcome of error recovery; None unless the request had message set ids."""
        return _number(self._reader.envelope().get("messageSetStatusCode"))

    @property
    def new_message_set_id(self) -> str | None:
        """The id of the message set, where the request had one."""
        return self._reader.envelope().get("newMessageSetID")


def read_answers(source: Source, *, skip: Collection[str] = ()) -> Answers:
    """Read what QuickBooks answered.

    Args:
        source: text, UTF-8 bytes or a file of them, whatever encoding the document names.
        skip: aggregates inside objects to pass over, such as ``InvoiceLineRet``: whoever only wants the ids of a
            thousand new invoices reads them in half the time.

    Raises:
        ParseError: from the iterators, not from here: the document breaks off or is none of qbXML, after all that
            stands complete before that point was delivered.
    """
    return Answers(source, skip)


class _Reader:
    """The queue between the parser, which runs a piece ahead, and who reads."""

    def __init__(self, source: Source, skip: frozenset[str]) -> None:
        self._found: deque[object] = deque()
        self._builder = _Builder(self._found, self.next, skip)
        self._steps = self._read(source)
        self._broken: ParseError | None = None

    def next(self) -> object:
        """The next answer, object or end mark of an answer; None at the end of the document."""
        while not self._found:
            if not self._step():
                return None
        return self._found.popleft()

    def envelope(self) -> dict[str, str]:
        while self._builder.envelope is None:
            self._step()
        return self._builder.envelope

    def _step(self) -> bool:
        """Parse one piece more; False at the end."""
        if self._broken is not None:
            raise self._broken
        try:
            return next(self._steps, False)
        except ParseError as error:
            self._broken = error
            return True  # what was found before comes first; the next step raises

    def _read(self, source: Source) -> Iterator[bool]:
        parser = new_parser()
        self._builder.listen(parser)
        for piece in pieces(source):
            feed(parser, piece)
            self._builder.forget_text()
            yield True
        feed(parser, b"", last=True)
        if self._builder.envelope is None:
            raise ParseError("the document holds no answer of QuickBooks")
        yield True


class _Builder:
    """What expat calls: a stack of aggregates under construction."""

    def __init__(self, found: deque[object], rest: Callable[[], object], skip: frozenset[str]) -> None:
        self.envelope: dict[str, str] | None = None
        self._found = found
        self._rest = rest
        self._skip = skip
        self._text: list[str] = []
        self._busy: Callable[[], bool] = bool

    def forget_text(self) -> None:
        """Drop white space between elements, so that it does not pile up."""
        if not self._busy():
            self._text.clear()

    def listen(self, parser: XMLParserType) -> None:
        """Take part in a parse. One function with its state in its closure: it runs for every element there is."""
        text, found, rest, unwanted = self._text, self._found, self._rest, self._skip
        depth = 0  # in the envelope: 0 outside, 1 in QBXML, 2 in the message set, 3 in an answer
        answer: Answer | None = None
        whole = False  # the values of this answer stand directly in it
        fields: dict[str, Slot] | None = None  # of the aggregate under construction, by tag
        cls: type[Aggregate] = Aggregate
        held: dict[str, Any] = {}
        stack: list[tuple[dict[str, Slot] | None, type[Aggregate], dict[str, Any], Slot]] = []
        leaf: Slot | None = None
        skipped = 0  # depth in an element that is not declared
        aside: list[str] | None = None  # its XML so far; None where it is not kept
        plain = True  # it holds no elements

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal depth, answer, whole, fields, cls, held, leaf, skipped, aside, plain
            if fields is not None and leaf is None and not skipped:
                slot = fields.get(tag)
                if slot is None:
                    text.clear()
                    skipped, aside, plain = 1, [], True
                elif slot.kind is not None:
                    text.clear()
                    leaf = slot
                elif tag in unwanted:
                    pass_over()
                else:
                    stack.append((fields, cls, held, slot))
                    cls, held = slot.class_of(tag), {}
                    fields = cls._plan.by_tag
                    if attributes:
                        _take_attributes(cls, held, attributes)
            elif skipped or leaf is not None:
                if not skipped:  # elements where only text may be
                    text.clear()
                    aside, plain = [], True
                skipped += 1
                if aside is not None and skipped > 1:
                    plain = False
                    aside.append(escaped("".join(text)))
                    written = [f' {name}="{quoted(content)}"' for name, content in attributes.items()]
                    aside.append(f"<{tag}{''.join(written)}>")
                    text.clear()
            elif depth == 3:
                child = ErrorRecovery if tag == "ErrorRecovery" else MESSAGES.get(tag)
                if child is None:
                    skipped, aside = 1, None
                    if answer is not None and len(answer.unknown) < _MOST_UNKNOWN and tag not in answer.unknown:
                        answer.unknown += (tag,)
                else:
                    cls, held = child, {}
                    fields = cls._plan.by_tag
                    if attributes:
                        _take_attributes(cls, held, attributes)
            elif depth == 2:
                depth = 3
                answer = Answer(tag, attributes, rest)
                found.append(answer)
                declared = MESSAGES.get(tag)
                whole = declared is not None and any(slot.kind for slot in declared._plan.elements)
                if declared is not None and whole:
                    cls, held, fields = declared, {}, declared._plan.by_tag
                    _take_attributes(cls, held, attributes)
            elif depth == 1:
                if tag != "QBXMLMsgsRs":
                    raise ParseError(f"the document is no answer of QuickBooks: it holds {tag[:60]}")
                depth = 2
                self.envelope = attributes
            else:
                if tag != "QBXML":
                    raise ParseError(f"the document is no qbXML: it begins with {tag[:60]}")
                depth = 1

        def end(tag: str) -> None:
            nonlocal depth, answer, whole, fields, cls, held, leaf, skipped, aside
            if skipped:
                skipped -= 1
                if aside is not None:
                    if skipped:
                        aside.append(f"{escaped(''.join(text))}</{tag}>")
                    else:
                        aside.append("".join(text) if plain else escaped("".join(text)))
                        _keep_aside(held, tag, "".join(aside))
                        aside = None
                text.clear()
            elif leaf is not None:
                content = text[0] if len(text) == 1 else "".join(text)
                try:
                    value = content if leaf.read is None else leaf.read(content)
                except (ValueError, KeyError):
                    if content:
                        _keep_aside(held, tag, content)
                else:
                    if leaf.many:
                        held.setdefault(leaf.name, []).append(value)
                    else:
                        held[leaf.name] = value
                leaf = None
            elif stack:
                made = _made(cls, held)
                fields, cls, held, slot = stack.pop()
                if slot.many:
                    held.setdefault(slot.name, []).append(made)
                else:
                    held[slot.name] = made
            elif fields is not None and not whole:
                made = _made(cls, held)
                fields = None
                if isinstance(made, ErrorRecovery) and answer is not None:
                    answer.error_recovery = made
                else:
                    found.append(made)
            elif depth == 3:
                if fields is not None and answer is not None:
                    fields = None
                    if any(slot.name in held for slot in cls._plan.elements):
                        answer.error_recovery = held.get("error_recovery")
                        found.append(_made(cls, held))
                found.append(_END)
                depth, answer = 2, None
            else:
                depth -= 1

        def pass_over() -> None:
            """Until the element that has just begun ends, only count."""
            level = 1

            def deeper(_tag: str, _attributes: dict[str, str]) -> None:
                nonlocal level
                level += 1

            def shallower(_tag: str) -> None:
                nonlocal level
                level -= 1
                if not level:
                    parser.StartElementHandler = start
                    parser.EndElementHandler = end
                    parser.CharacterDataHandler = text.append

            parser.StartElementHandler = deeper
            parser.EndElementHandler = shallower
            parser.CharacterDataHandler = None

        self._busy = lambda: leaf is not None or aside is not None
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text.append


def _made(cls: type[Aggregate], held: dict[str, Any]) -> Aggregate:
    for name in cls._plan.many:
        if name in held:
            held[name] = tuple(held[name])
    if "_unknown" in held:
        held["_unknown"] = tuple(held["_unknown"])
    return as_read(cls, held)


def _take_attributes(cls: type[Aggregate], held: dict[str, Any], attributes: dict[str, str]) -> None:
    for name, content in attributes.items():
        slot = cls._plan.by_attribute.get(name)
        if slot is None or slot.kind is None:
            _keep_aside(held, name, content)
            continue
        try:
            held[slot.name] = slot.kind.read(content)
        except (ValueError, KeyError):
            _keep_aside(held, name, content)


def _keep_aside(held: dict[str, Any], tag: str, content: str) -> None:
    held.setdefault("_unknown", []).append(Unknown(tag, content))


def _number(text: str | None) -> int | None:
    """A number of 32 bits; what is longer is none of QuickBooks'."""
    try:
        number = None if text is None else int(text)
    except ValueError:
        return None
    return number if number is not None and -(2**31) <= number < 2**31 else None
