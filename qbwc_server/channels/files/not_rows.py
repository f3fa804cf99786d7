"""Records of a table that are no rows of it: the header once more, sums; and a last cell that may be cut off."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from qbwc_server.channels.files.csv_records import Record

_SUM_WORDS = frozenset(
    (
        "total", "totals", "grand total", "subtotal", "sub-total", "sub total", "sum", "sums", "summe", "gesamt",
        "gesamtsumme", "zwischensumme", "somme", "total g\u00e9n\u00e9ral", "sous-total", "totale", "subtotale",
        "suma", "totaal",
        "\u5408\u8a08", "\u5c0f\u8a08", "\u5408\u8ba1", "\u603b\u8ba1", "\u5c0f\u8ba1",
    )
)  # fmt: skip
_NUMBER = re.compile(r"[-(]?[^\w\s(-]{0,1}\s?[0-9][0-9.,'\u2019\u00a0\u202f ]*[)-]?(?: ?(?:[A-Z]{3}|[^\w\s]))?")
_DECIMALS = re.compile(r"-?[0-9.,']*[0-9][.,]([0-9]+)")
_MOST_LINES = 5  # that a remark names


@dataclass
class LeftOut:
    """Takes records that repeat the header or hold nothing but a sum, and remembers their lines."""

    titles: Sequence[str]
    key_at: int | None = None  # column of the key: a row that has one belongs to it, whatever it says
    line_numbers: list[int] = field(default_factory=list)
    count: int = 0

    def takes(self, record: Record) -> bool:
        """Whether the record is no row of the table."""
        if record.trouble is not None or not (self._repeats(record.cells) or self._is_sum(record.cells)):
            return False
        self.count += 1
        if self.count <= _MOST_LINES:
            self.line_numbers.append(record.line_number)
        return True

    def remarks(self) -> Iterator[str]:
        """What the person is told of them."""
        first, *more = [str(number) for number in self.line_numbers] or [""]
        if self.count == 1:
            yield f"Line {first} repeats the header, or holds nothing but a sum; it was left out."
        elif self.count:
            rest = f" and {self.count - _MOST_LINES} more" if self.count > _MOST_LINES else f" and {more.pop()}"
            lines = ", ".join((first, *more)) + rest
            yield f"Lines {lines} repeat the header, or hold nothing but a sum; they were left out."

    def _is_sum(self, cells: Sequence[str]) -> bool:
        if self.key_at is None or not holds_a_sum(cells):
            return False
        key = cells[self.key_at].strip() if self.key_at < len(cells) else ""
        return not key or _names_a_sum(key)

    def _repeats(self, cells: Sequence[str]) -> bool:
        return len(cells) > 1 and tuple(" ".join(cell.split()) for cell in cells) == tuple(self.titles)


def holds_a_sum(cells: Sequence[str]) -> bool:
    """Whether the record says "Total" and beside that nothing but numbers."""
    texts = (" ".join(cell.split()) for cell in cells if cell.strip())
    words = (text for text in texts if not _NUMBER.fullmatch(text))
    word = next(words, None)  # of most rows the second cell tells already that they are none
    return word is not None and _names_a_sum(word) and next(words, None) is None


def _names_a_sum(text: str) -> bool:
    return text.rstrip(": ").casefold() in _SUM_WORDS


def may_be_cut(cell: str, before: str) -> bool:
    """Whether the last cell of a file lacks decimals that the cell above it has."""
    above = _DECIMALS.fullmatch(before)
    if above is None:
        return False
    found = _DECIMALS.fullmatch(cell)
    return found is None or len(found[1]) < len(above[1])
