"""``qbxml/declared.txt``, written from Intuit's operations file: what has no class of its own in ``qbxml/messages``.

``python -m tests.qbxml.write_declared`` writes it anew; run it after a class was added there.
"""

from collections.abc import Iterator
from pathlib import Path

import qbxml
from qbxml.messages import TYPED, typed
from tests.qbxml.comparison import differences
from tests.qbxml.ops_file import Node, choices, elements, messages

TARGET = Path(qbxml.__file__).with_name("declared.txt")
OPS_FILE = "qbxmlops130.xml"

_WORDS = {
    "STRTYPE": "text",
    "IDTYPE": "id",
    "BOOLTYPE": "bool",
    "DATETYPE": "date",
    "DATETIMETYPE": "time",
    "AMTTYPE": "amount",
    "PRICETYPE": "price",
    "QUANTYPE": "quantity",
    "PERCENTTYPE": "percent",
    "FLOATTYPE": "number",
    "INTTYPE": "int",
    "GUIDTYPE": "guid",
    "TIMEINTERVALTYPE": "length",
}
_TXN = ["TxnID", "TimeCreated", "TimeModified", "EditSequence", "TxnNumber"]
_LIST = ["ListID", "TimeCreated", "TimeModified", "EditSequence"]
_RESPONSE = {"requestID", "statusCode", "statusSeverity", "statusMessage"}


def text() -> str:
    """The whole file."""
    return "\n\n".join(_Writer().paragraphs()) + "\n"


class _Writer:
    def __init__(self) -> None:
        self._done: set[str] = set()
        self._named: dict[str, Node] = {}
        self._waiting: list[tuple[str, Node]] = []

    def paragraphs(self) -> Iterator[str]:
        self._waiting = [(tag, node) for tag, node in messages(OPS_FILE).items() if tag not in TYPED]
        self._waiting.reverse()
        while self._waiting:
            name, node = self._waiting.pop()
            if name not in self._done:
                self._done.add(name)
                yield _words(name, node) if node.type == "ENUMTYPE" else "\n".join(self._lines(name, node))

    def _lines(self, name: str, node: Node) -> Iterator[str]:
        base, inherited = _base(name, node)
        lacking = [f"-{one.tag}" for one, _, _ in elements(node.children) if one.tag in inherited and one.optional]
        lacking = [word for word in lacking if word != "-TxnNumber"]
        yield " ".join([name, base, *_version(node.since), *lacking])
        if base == "Aggregate":
            for found in node.attributes.values():
                yield " ".join([f"@{found.tag}", self._leaf(found), *("?" if found.optional else "")])
        for found, since, chosen in elements(node.children):
            if found.tag not in inherited:
                yield self._element(found, since, chosen)
        for group, required in choices(node.children):
            yield ("! " if required else "~ ") + " | ".join(map(_alternative, group.alternatives))

    def _element(self, found: Node, since: tuple[int, int] | None, chosen: bool) -> str:
        if found.kind is not None:
            parts = [part[0] for part in found.alternatives]
            kinds = "|".join(self._aggregate(part) for part in parts)
            return " ".join(["|".join(part.tag for part in parts), kinds, "+" if found.kind == "1" else "*"])
        words = [found.tag, self._aggregate(found) if found.type is None else self._leaf(found)]
        if found.many:
            words.append("*" if found.optional or chosen else "+")
        elif found.optional or chosen:
            words.append("?")
        if found.type not in (None, "IDTYPE"):
            words += _limits(found)
        return " ".join([*words, *_version(since)])

    def _leaf(self, found: Node) -> str:
        if found.macro:
            return "macro"
        if found.type != "ENUMTYPE":
            return _WORDS[str(found.type)] if found.tag != "defMacro" else "name"
        return f"%{self._name(found)}"

    def _aggregate(self, found: Node) -> str:
        if found.is_reference:
            return f">{found.children[1].limits.get('max_length', '')}"
        own = typed(found.tag)
        if own is not None and not list(differences(own, found, found.tag)):
            return f"&{found.tag}"
        return f"&{self._name(found)}"

    def _name(self, found: Node) -> str:
        """A name that stands for this and for nothing else, in the file or among the classes."""
        name = found.tag
        while _differs(self._named.get(name), found) or typed(name) is not None:
            name += "_"
        self._named[name] = found
        self._waiting.append((name, found))
        return name


def _differs(before: Node | None, found: Node) -> bool:
    return before is not None and (before.parts, before.values) != (found.parts, found.values)


def _words(name: str, node: Node) -> str:
    return " ".join([f"%{name}", *node.values])


def _base(name: str, node: Node) -> tuple[str, set[str]]:
    """The class that this one extends, and the elements that it has from there."""
    attributes = set(node.attributes)
    if name.endswith("Rq"):
        query = "Query" if "metaData" in attributes else "Request"
        return "IteratedQuery" if "iterator" in attributes else query, set()
    if name.endswith("Rs"):
        query = "QueryResponse" if attributes > _RESPONSE else "Response"
        return "IteratedQueryResponse" if "iteratorID" in attributes else query, set()
    tags = [found.tag for found, _, _ in elements(node.children)]
    if name.endswith("Ret") and tags[:5] == _TXN:
        return "TxnRet", set(_TXN)
    if not name.endswith("Ret") or tags[:4] != _LIST:
        return "Aggregate", set()
    if tags[4:5] != ["Name"]:
        return "ListRet", set(_LIST)
    limit = next(found.limits.get("max_length") for found, _, _ in elements(node.children) if found.tag == "Name")
    return "NamedRet", {*_LIST, "Name"} if limit == 31 else set(_LIST)


def _limits(found: Node) -> Iterator[str]:
    if "max_length" in found.limits:
        yield f"={found.limits['max_length']}"
    if found.limits.keys() & {"min_value", "max_value"}:
        yield f"{found.limits.get('min_value', '')}..{found.limits.get('max_value', '')}"


def _version(since: tuple[int, int] | None) -> Iterator[str]:
    if since is not None:
        yield f"v{since[0]}.{since[1]}"


def _alternative(part: list[Node]) -> str:
    alone = len(part) == 1 and part[0].kind is None
    needed = {node.tag for node in part if node.kind is None and (alone or not node.optional)}
    return " ".join(f"{node.tag}{'' if node.tag in needed else '?'}" for node, _, _ in elements(part))


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="ascii")
