"""``python -m qbxml``: the requests that are known; ``python -m qbxml show InvoiceAddRq``: what one may hold."""

import sys
from collections.abc import Iterable
from difflib import get_close_matches

from qbxml.aggregate import Aggregate
from qbxml.envelope import SETS
from qbxml.messages import MESSAGES, part
from qbxml.showing import shown

_SETS = {cls.__name__: cls for cls in SETS}
_USAGE = "usage: python -m qbxml [show TAG]"


def main(arguments: list[str]) -> int:
    """Write; returns the exit status: 1 for a tag that is not known, 2 for a line that cannot be understood."""
    match arguments:
        case []:
            _write([*_SETS, *(tag for tag in MESSAGES if tag.endswith("Rq"))])
            return 0
        case ["show", tag]:
            if (cls := _class(tag)) is None:
                near = get_close_matches(tag, MESSAGES, 3)
                sys.stderr.write(f"qbXML has nothing called {tag}.{f' Is it {near[0]}?' if near else ''}\n")
                return 1
            _write(shown(cls))
            return 0
        case ["-h" | "--help"]:
            _write([_USAGE])
            return 0
    sys.stderr.write(f"{_USAGE}\n")
    return 2


def _write(lines: Iterable[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _class(tag: str) -> type[Aggregate] | None:
    try:
        return _SETS.get(tag) or part(tag)
    except LookupError:
        return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
