"""Answers of QuickBooks, read as a stream: typed objects one by one, in memory that does not grow with the document.

What is not declared is kept aside in ``unknown``; what is missing is missing; a character that XML forbids is replaced.
Refused is only a document that is not XML, not an answer, or holds in one place more than QuickBooks ever writes.
"""

from collections import deque
from collections.abc import Collection, Iterator

from qbxml.answer import Answer, number
from qbxml.building import Builder
from qbxml.characters import LegalCharacters
from qbxml.errors import ParseError
from qbxml.source import Parsing, Source, pieces


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
        return number(self._reader.envelope().get("messageSetStatusCode"))

    @property
    def new_message_set_id(self) -> str | None:
        """The id of the message set, where the request had one."""
        return self._reader.envelope().get("newMessageSetID")

    @property
    def replaced(self) -> int:
        """How many characters that no XML may hold were replaced by U+FFFD so far, in texts of QuickBooks mostly."""
        return self._reader.legal.replaced


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
        self.legal = LegalCharacters()
        self._found: deque[object] = deque()
        self._parsing = Parsing()
        self._builder = Builder(self._parsing.parser, self._found, self.next, skip)
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
        for piece in pieces(source, lenient=True):
            self._parsing.feed(self.legal.replace(piece))
            self._builder.after_piece()
            yield True
        self._parsing.feed(self.legal.finish())
        self._parsing.finish()
        if self._builder.envelope is None:
            raise ParseError("the document holds no answer of QuickBooks")
        yield True
