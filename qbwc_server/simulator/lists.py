"""The lists of a company file: customers, items, accounts and the rest, with QuickBooks' rules for names."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from qbwc_server.simulator.kinds import LEVELS, LIST_KINDS, REFERENCES, ListKind, ListLimits, Target
from qbwc_server.simulator.refusals import (
    Refused,
    bad_name,
    list_full,
    name_in_use,
    unknown_parent,
    unknown_reference,
)
from qbwc_server.simulator.shapes import Values
from qbxml.shared import Ref


@dataclass(frozen=True)
class ItemFacts:
    """What pricing and posting need to know of an item. Accounts and codes are ListIDs, or empty."""

    price: Decimal | None = None
    percent: Decimal | None = None  # of the line above, e.g. a discount of 10 percent
    tax_rate: Decimal = Decimal(0)  # percent, sales tax items only
    sales_account: str = ""
    cost_account: str = ""  # expense, or cost of goods sold
    asset_account: str = ""
    cost: Decimal | None = None
    tax_code: str = ""
    sales_desc: str | None = None
    purchase_desc: str | None = None


def _id(reference: Ref | None) -> str:
    return (reference.list_id or "") if reference is not None else ""


def item_facts(kind: str, values: Values) -> ItemFacts:
    """Read the facts from the fields of an item's Ret."""
    code = _id(values.get("sales_tax_code"))
    if kind == "ItemSalesTax":
        return ItemFacts(tax_rate=values.get("tax_rate") or Decimal(0), sales_desc=values.get("item_desc"))
    if kind == "ItemDiscount":
        return ItemFacts(
            price=values.get("discount_rate"),
            percent=values.get("discount_rate_percent"),
            sales_account=_id(values.get("account")),
            tax_code=code,
            sales_desc=values.get("item_desc"),
        )
    if kind == "ItemInventory":
        return ItemFacts(
            price=values.get("sales_price"),
            sales_account=_id(values.get("income_account")),
            cost_account=_id(values.get("cogs_account")),
            asset_account=_id(values.get("asset_account")),
            cost=values.get("purchase_cost"),
            tax_code=code,
            sales_desc=values.get("sales_desc"),
            purchase_desc=values.get("purchase_desc"),
        )
    if one := values.get("sales_or_purchase"):
        account = _id(one.account)
        return ItemFacts(
            price=one.price,
            percent=one.price_percent,
            sales_account=account,
            cost_account=account,
            cost=one.price,
            tax_code=code,
            sales_desc=one.desc,
            purchase_desc=one.desc,
        )
    if both := values.get("sales_and_purchase"):
        return ItemFacts(
            price=both.sales_price,
            sales_account=_id(both.income_account),
            cost_account=_id(both.expense_account),
            cost=both.purchase_cost,
            tax_code=code,
            sales_desc=both.sales_desc,
            purchase_desc=both.purchase_desc,
        )
    return ItemFacts(sales_desc=values.get("item_desc"), tax_code=code)


@dataclass(eq=False)
class Entry:
    """One element of a list. ``values`` holds the fields of its Ret except those that have a place here."""

    kind: ListKind
    list_id: str
    name: str
    parent: "Entry | None"
    is_active: bool
    time_created: datetime
    time_modified: datetime
    edit_sequence: str
    values: Values = field(default_factory=dict)
    members: tuple[tuple[str, Decimal], ...] = ()  # of a group item: ListID and quantity
    quantity: Decimal = Decimal(0)  # on hand, inventory items only
    stock_value: Decimal = Decimal("0.00")
    full_name: str = ""
    ref: Ref = field(init=False)  # how others refer to it
    facts: ItemFacts = field(default_factory=ItemFacts)

    def __post_init__(self) -> None:
        self.refresh()

    def refresh(self) -> None:
        """Work out what follows from the fields, after they have changed."""
        self.full_name = f"{self.parent.full_name}:{self.name}" if self.parent else self.name
        self.ref = Ref(list_id=self.list_id, full_name=self.full_name)
        if self.kind.space == "item":
            self.facts = item_facts(self.kind.tag, self.values)

    @property
    def sublevel(self) -> int:
        """0 at the top."""
        return self.parent.sublevel + 1 if self.parent else 0

    @property
    def external_guid(self) -> UUID | None:
        """The GUID that the creating request gave."""
        value = self.values.get("external_guid")
        return value if isinstance(value, UUID) else None

    @property
    def average_cost(self) -> Decimal:
        """Of one piece of an inventory item; the purchase cost while nothing is on hand."""
        if self.quantity > 0:
            return self.stock_value / self.quantity
        return self.facts.cost or Decimal(0)

    def value(self, name: str) -> Any:
        """A field of the Ret, or None."""
        return self.values.get(name)


class Lists:
    """All list elements, by id and by name."""

    def __init__(self, limits: ListLimits) -> None:
        self.limits = limits
        self._by_id: dict[str, Entry] = {}
        self._by_name: dict[tuple[str, str], Entry] = {}
        self._by_kind: defaultdict[str, dict[str, Entry]] = defaultdict(dict)
        self._in_space: Counter[str] = Counter()
        self._children: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._by_id.values())

    def of(self, *tags: str) -> Iterator[Entry]:
        """The elements of these kinds, in the order of creation within each kind."""
        for tag in tags:
            yield from self._by_kind[tag].values()

    def get(self, list_id: str) -> Entry | None:
        """By ListID."""
        return self._by_id.get(list_id)

    def named(self, space: str, full_name: str) -> Entry | None:
        """By full name, whatever its case."""
        return self._by_name.get((space, full_name.lower()))

    def entry(self, list_id: str) -> Entry:
        """By a ListID that is known to exist."""
        return self._by_id[list_id]

    def account(self, full_name: str) -> Entry:
        """An account that is known to exist."""
        return self._by_name["account", full_name.lower()]

    def has_children(self, entry: Entry) -> bool:
        """Whether another element stands below this one."""
        return self._children[entry.list_id] > 0

    # -- references ------------------------------------------------------------------------------

    def find(self, target: Target, reference: Ref) -> Entry | None:
        """The element meant: by ListID if there is one, the name is then not looked at; else by full name."""
        if reference.list_id:
            entry = self._by_id.get(reference.list_id)
        else:
            entry = self.named(target.space, reference.full_name or "")
        return entry if entry is not None and entry.kind.tag in target.kinds else None

    def resolve(self, field_name: str, reference: Ref, where: str, *, refuse_inactive: bool) -> Entry:
        """The element to which a field refers.

        Raises:
            Refused: 3140, nothing of that id or name, or it is inactive and ``refuse_inactive``.
        """
        target = REFERENCES[field_name]
        entry = self.find(target, reference)
        if entry is None:
            raise unknown_reference(target.noun, reference.full_name or reference.list_id or "", where)
        if refuse_inactive and not entry.is_active:
            raise Refused(
                3140,
                f'There is an invalid reference to QuickBooks {target.noun} "{entry.full_name}" in the {where}.',
                "The list element has been made inactive.",
            )
        return entry

    # -- changes ---------------------------------------------------------------------------------

    def check_name(self, kind: ListKind, name: str, parent: Entry | None, *, self_: Entry | None = None) -> None:
        """Refuse a name that is empty, holds a colon, is too deep or taken (``self_`` may keep its own)."""
        if ":" in name:
            raise bad_name(name, kind.field, "Names in this list cannot contain a colon (:).")
        if not name.strip():
            raise bad_name(name, kind.field, "A name must be given.")
        if len(name) > kind.max_length:
            raise Refused(3070, f'The string "{name}" in the field "{kind.field}" is too long.')
        if parent is not None and parent.sublevel + 1 >= LEVELS:
            raise bad_name(name, kind.field, f"This list can have only {LEVELS} levels.")
        full_name = f"{parent.full_name}:{name}" if parent else name
        holder = self.named(kind.space, full_name)
        if holder is not None and holder is not self_:
            raise name_in_use(name)

    def check_room(self, kind: ListKind) -> None:
        """Refuse when the list is full (3300)."""
        limit = self.limits.of(kind)
        if self._in_space[kind.space] >= limit:
            raise list_full(kind.list_name, limit)
        if kind.space == "name" and len(self._by_kind[kind.tag]) >= self.limits.each_name_list:
            raise list_full(kind.list_name, self.limits.each_name_list)

    def parent_of(self, kind: ListKind, reference: Ref | None) -> Entry | None:
        """The element below which a new one is to stand; 3130 if there is none such."""
        if reference is None or not (reference.list_id or reference.full_name):
            return None
        target = Target(kind.tag, kind.space, frozenset(tag for tag, k in LIST_KINDS.items() if k.space == kind.space))
        parent = self.find(target, reference)
        if parent is None or not kind.nested or not parent.kind.nested:
            raise unknown_parent(reference.full_name or reference.list_id or "", kind.list_name)
        return parent

    def insert(self, entry: Entry) -> None:
        """Take a checked element in."""
        self._by_id[entry.list_id] = entry
        self._by_name[entry.kind.space, entry.full_name.lower()] = entry
        self._by_kind[entry.kind.tag][entry.list_id] = entry
        self._in_space[entry.kind.space] += 1
        if entry.parent is not None:
            self._children[entry.parent.list_id] += 1

    def remove(self, entry: Entry) -> None:
        """Take an element out."""
        del self._by_id[entry.list_id]
        del self._by_name[entry.kind.space, entry.full_name.lower()]
        del self._by_kind[entry.kind.tag][entry.list_id]
        self._in_space[entry.kind.space] -= 1
        if entry.parent is not None:
            self._children[entry.parent.list_id] -= 1

    def rename(self, entry: Entry, name: str, parent: Entry | None) -> list[Entry]:
        """Give a checked new name or parent; returns the elements whose full name changed by it."""
        family = [entry, *self._below(entry)]
        for one in family:
            del self._by_name[one.kind.space, one.full_name.lower()]
        if entry.parent is not None:
            self._children[entry.parent.list_id] -= 1
        if parent is not None:
            self._children[parent.list_id] += 1
        entry.name, entry.parent = name, parent
        for one in family:
            one.refresh()
            self._by_name[one.kind.space, one.full_name.lower()] = one
        return family

    def descends(self, entry: Entry, ancestor: Entry) -> bool:
        """Whether ``entry`` is ``ancestor`` or stands below it."""
        one: Entry | None = entry
        while one is not None:
            if one is ancestor:
                return True
            one = one.parent
        return False

    def family(self, entry: Entry) -> list[Entry]:
        """The element and all below it."""
        return [entry, *self._below(entry)]

    def _below(self, entry: Entry) -> Iterable[Entry]:
        if not self._children[entry.list_id]:
            return []
        below = [one for one in self._by_id.values() if one is not entry and self.descends(one, entry)]
        return sorted(below, key=lambda one: one.sublevel)  # parents first
