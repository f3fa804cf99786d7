"""Sets of units of measure: query."""

from decimal import Decimal
from enum import StrEnum

from qbxml.aggregate import Aggregate
from qbxml.declaration import element
from qbxml.message import QueryResponse
from qbxml.queries import ListQueryRq
from qbxml.returned import NamedRet
from qbxml.values import Price


class UnitOfMeasureSetQueryRq(ListQueryRq, since=(7, 0)):
    """Look for sets of units of measure."""


class UnitOfMeasureType(StrEnum):
    """What a set of units measures."""

    AREA = "Area"
    COUNT = "Count"
    LENGTH = "Length"
    OTHER = "Other"
    TIME = "Time"
    VOLUME = "Volume"
    WEIGHT = "Weight"


class BaseUnit(Aggregate):
    """The unit in which the others are reckoned."""

    name: str = element("Name", max_length=31)
    abbreviation: str = element("Abbreviation", max_length=31)


class RelatedUnit(Aggregate):
    """Another unit, as so many of the base unit."""

    name: str = element("Name", max_length=31)
    abbreviation: str = element("Abbreviation", max_length=31)
    conversion_ratio: Price = element("ConversionRatio", min_value=Decimal("0.001"), max_value=5000)


class UnitUsedFor(StrEnum):
    """Where a unit is the default."""

    PURCHASE = "Purchase"
    SALES = "Sales"
    SHIPPING = "Shipping"


class DefaultUnit(Aggregate):
    """The unit that is the default somewhere."""

    unit_used_for: UnitUsedFor = element("UnitUsedFor")
    unit: str = element("Unit", max_length=31)


class UnitOfMeasureSetRet(NamedRet, may_lack=("list_id", "time_created", "time_modified", "edit_sequence", "name")):
    """A set of units of measure, as it stands in the books."""

    is_active: bool | None = element("IsActive", default=None)
    unit_of_measure_type: UnitOfMeasureType | None = element("UnitOfMeasureType", default=None)
    base_unit: BaseUnit | None = element("BaseUnit", default=None)
    related_units: tuple[RelatedUnit, ...] = element("RelatedUnit", default=())
    default_units: tuple[DefaultUnit, ...] = element("DefaultUnit", default=())


class UnitOfMeasureSetQueryRs(QueryResponse, since=(7, 0)):
    """The answer to :class:`UnitOfMeasureSetQueryRq`."""

    unit_of_measure_set_rets: tuple[UnitOfMeasureSetRet, ...] = element("UnitOfMeasureSetRet", default=())


MESSAGES = (
    UnitOfMeasureSetQueryRq,
    UnitOfMeasureSetRet,
    UnitOfMeasureSetQueryRs,
)
