"""Portions of a billing day: customers with all that is told of their organisations, few enough to be in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from qbwc_server.billing.charges import Organisation
from qbwc_server.billing_runs.billed import organisations_billed
from qbwc_server.billing_runs.models import LONGEST_ORGANISATION
from qbwc_server.billing_runs.targets import key_of, organisation_word
from qbwc_server.billing_runs.told import Names, sources_since, whose
from qbwc_server.mapping.resolving import Resolved, resolve

_AT_A_TIME = 1000  # charges in one portion, unless one customer has more
_WORDS = 500

Node = tuple[str, int, str]  # what it is, of which connection, or distributor (0: of none), its key


@dataclass(frozen=True, slots=True)
class Portion:
    """Facts that are read together, by connection: all that tell of the organisations of some customers.

    ``organisations``: their keys, by distributor.
    """

    number: int
    sources: dict[int, list[str]]
    organisations: dict[int, set[str]]


@dataclass(frozen=True, slots=True)
class Portions:
    """All of them, and in which one a customer (by ListID or name) or an organisation belongs."""

    portions: list[Portion]
    customers: Mapping[str, int]
    organisations: Mapping[tuple[int, str], int]

    def of_customers(self, wanted: Collection[str]) -> list[Portion]:
        """Those that hold one of these customers."""
        numbers = {self.customers[one] for one in wanted if one in self.customers}
        return [self.portions[number] for number in sorted(numbers)]


def cut_key(organisation: Organisation) -> str:
    """The key of an organisation, as long as it is kept."""
    return organisation.key[:LONGEST_ORGANISATION]


def portioned(
    db: Session, company_id: int, names: Mapping[int, Names], distributors: Mapping[int, int], since: date
) -> Portions:
    """Portions of all that is told from ``since`` on, in the order of the organisations.

    Args:
        names: of organisations, by connection.
        distributors: by connection, the first one of the same distributor.
    """
    circles = _Circles()
    sizes: dict[Node, int] = {}
    called: dict[str, str] = {}  # customers: their keys, by name
    for connection_id, named in names.items():
        organisations: dict[str, Organisation] = {}
        distributor = distributors[connection_id]
        sources = sources_since(db, connection_id, since)
        for one in whose(db, connection_id, sources, named):
            node = ("source", connection_id, one.source)
            sizes[node] = one.charges
            circles.add(node)
            for organisation in one.organisations:
                organisations[cut_key(organisation)] = organisation
                circles.join(node, ("organisation", distributor, cut_key(organisation)))
        known = set(sources)
        for source, key in organisations_billed(db, connection_id, since):
            if source in known:
                organisations.setdefault(key, _organisation(key))
                circles.join(("source", connection_id, source), ("organisation", distributor, key))
        for key, customer, name in _payers(db, company_id, connection_id, organisations):
            circles.join(("organisation", distributor, key), ("customer", 0, customer))
            called[name] = customer
    return _packed(circles, sizes, called)


def _payers(
    db: Session, company_id: int, connection_id: int, organisations: Mapping[str, Organisation]
) -> Iterator[tuple[str, str, str]]:
    """Of each organisation that is mapped, its key, that of its customer, and his name."""
    keys = sorted(organisations)
    for start in range(0, len(keys), _WORDS):
        words = {key: organisation_word(organisations[key]) for key in keys[start : start + _WORDS]}
        found = resolve(db, company_id, connection_id, list(words.values()))
        for key, word in words.items():
            outcome = found[word.key]
            if isinstance(outcome, Resolved):
                yield key, key_of(outcome), outcome.name


def _organisation(key: str) -> Organisation:
    """One that is not told any more, by the key under which it was billed."""
    what, _, word = key.partition(":")
    return Organisation(word, word if what == "id" else None)


def _packed(circles: _Circles, sizes: Mapping[Node, int], called: Mapping[str, str]) -> Portions:
    portions: list[Portion] = []
    homes: dict[Node, int] = {}
    left = 0
    for circle in sorted(circles.all(), key=_order):
        if left <= 0:
            portions.append(Portion(len(portions), {}, {}))
            left = _AT_A_TIME
        portion = portions[-1]
        for node in circle:
            homes[node] = portion.number
            what, connection_id, key = node
            if what == "source":
                portion.sources.setdefault(connection_id, []).append(key)
            elif what == "organisation":
                portion.organisations.setdefault(connection_id, set()).add(key)
        left -= sum(sizes.get(node, 0) for node in circle)
    customers = {key: number for (what, _, key), number in homes.items() if what == "customer"}
    organisations = {(one, key): number for (what, one, key), number in homes.items() if what == "organisation"}
    by_name = {name: customers[key] for name, key in called.items()}
    return Portions(portions, {**by_name, **customers}, organisations)


def _order(circle: Collection[Node]) -> Node:
    return min((node for node in circle if node[0] == "organisation"), default=min(circle))


@dataclass
class _Circles:
    """Which nodes belong together."""

    _parents: dict[Node, Node] = field(default_factory=dict)

    def add(self, node: Node) -> None:
        self._parents.setdefault(node, node)

    def join(self, one: Node, other: Node) -> None:
        self.add(one)
        self.add(other)
        self._parents[self._root(one)] = self._root(other)

    def all(self) -> Iterable[list[Node]]:
        found: dict[Node, list[Node]] = {}
        for node in self._parents:
            found.setdefault(self._root(node), []).append(node)
        return found.values()

    def _root(self, node: Node) -> Node:
        while (parent := self._parents[node]) != node:
            self._parents[node] = self._parents[parent]
            node = parent
        return node
