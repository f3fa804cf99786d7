"""What sort of QuickBooks the simulated one is, and how it answers where nobody knows for certain."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from qbwc_server.simulator.kinds import ListLimits


class Edition(StrEnum):
    """Of QuickBooks Desktop; sales orders exist from Premier up."""

    PRO = "Pro"
    PREMIER = "Premier"
    ENTERPRISE = "Enterprise"


class ErrorRecovery(StrEnum):
    """What comes back when a stored message set is asked for again."""

    ERROR_RECOVERY_ONLY = "error_recovery_only"  # status and the ids of what was written
    FULL = "full"  # the stored answer as it was
    OFF = "off"  # nothing is stored; the same set is executed again


class UnknownFilter(IntEnum):
    """The status of a query whose filter names a list element that does not exist."""

    NOT_FOUND = 500  # a warning, and nothing is returned
    REFUSED = 3120
    NOTHING = 1  # as if the element had no transactions


VERSIONS_OF_2015 = (
    *("1.0", "1.1", "2.0", "2.1", "3.0", "4.0", "4.1", "5.0", "6.0"),
    *("7.0", "8.0", "9.0", "10.0", "11.0", "12.0", "13.0"),
)


@dataclass(frozen=True)
class Switches:
    """Every default is the less convenient answer where the documentation leaves it open."""

    edition: Edition = Edition.PRO
    product_name: str = "QuickBooks Pro 2015"
    major_version: str = "25"
    minor_version: str = "1"
    versions: tuple[str, ...] = VERSIONS_OF_2015  # of qbXML
    multi_user: bool = False
    limits: ListLimits = field(default_factory=ListLimits)
    coarse_edit_sequence: bool = True  # two changes within one second leave it as it is
    payment_changes_edit_sequence: bool = True  # a payment counts as a change of the invoice
    error_recovery: ErrorRecovery = ErrorRecovery.ERROR_RECOVERY_ONLY
    unknown_probe_code: int = 9002  # a probe (old id = new id) of a set that is not stored; 600 is the other reading
    unparsable_executes_prefix: bool = False  # the requests before the one that cannot be parsed are executed
    refuse_inactive_references: bool = True
    changed_line_keeps_rate: bool = False  # a Mod with quantity and amount but no rate is worked out from the old rate
    refuse_known_guid: bool = False  # an Add with an ExternalGUID that a transaction bears already
    unknown_entity_filter: UnknownFilter = UnknownFilter.NOT_FOUND  # a query for a customer that is not there
    refuse_switched_off_features: bool = True  # 3250 for classes, currencies, sales tax where the file has none


ENTERPRISE = Switches(
    edition=Edition.ENTERPRISE,
    product_name="QuickBooks Enterprise Solutions 15.0",
    multi_user=True,
    limits=ListLimits(names=1_000_000, each_name_list=1_000_000, items=1_000_000, others=100_000),
)
"""QuickBooks Enterprise: long lists and sales orders."""
