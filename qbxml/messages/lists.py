"""Small lists: classes, payment terms, payment methods."""

from datetime import datetime
from enum import StrEnum

from qbxml.aggregate import Aggregate
from qbxml.declaration import any_of, at_most_one, element, ref
from qbxml.message import Query, QueryResponse, Request, Response
from qbxml.queries import ListQueryRq
from qbxml.returned import NamedRet
from qbxml.shared import ActiveStatus, ErrorRecovery, NameFilter, NameRangeFilter, Ref
from qbxml.values import Id, Percent


class PaymentMethodType(StrEnum):
    """The kind of a payment method."""

    AMERICAN_EXPRESS = "AmericanExpress"
    CASH = "Cash"
    CHECK = "Check"
    DEBIT_CARD = "DebitCard"
    DISCOVER = "Discover"
    E_CHECK = "ECheck"
    GIFT_CARD = "GiftCard"
    MASTER_CARD = "MasterCard"
    OTHER = "Other"
    OTHER_CREDIT_CARD = "OtherCreditCard"
    VISA = "Visa"


class TermsQueryRq(ListQueryRq):
    """Look for payment terms of both sorts."""


class ClassQueryRq(ListQueryRq):
    """Look for classes."""


class PaymentMethodAdd(Aggregate):
    """A payment method to be entered."""

    name: str = element("Name", max_length=31)
    is_active: bool | None = element("IsActive", default=None)
    payment_method_type: PaymentMethodType | None = element("PaymentMethodType", default=None, since=(7, 0))


class PaymentMethodAddRq(Request):
    """Enter a payment method."""

    payment_method_add: PaymentMethodAdd = element("PaymentMethodAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class PaymentMethodQueryRq(Query):
    """Look for payment methods."""

    list_ids: tuple[Id, ...] = element("ListID", default=())
    full_names: tuple[str, ...] = element("FullName", default=())
    max_returned: int | None = element("MaxReturned", default=None, min_value=1)
    active_status: ActiveStatus | None = element("ActiveStatus", default=None)
    from_modified_date: datetime | None = element("FromModifiedDate", default=None)
    to_modified_date: datetime | None = element("ToModifiedDate", default=None)
    name_filter: NameFilter | None = element("NameFilter", default=None)
    name_range_filter: NameRangeFilter | None = element("NameRangeFilter", default=None)
    payment_method_types: tuple[PaymentMethodType, ...] = element("PaymentMethodType", default=(), since=(7, 0))
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )
    choices = (
        at_most_one(
            "list_ids",
            "full_names",
            any_of(
                "max_returned",
                "active_status",
                "from_modified_date",
                "to_modified_date",
                "name_filter",
                "name_range_filter",
                "payment_method_types",
            ),
        ),
        at_most_one("name_filter", "name_range_filter"),
    )


class StandardTermsRet(NamedRet):
    """Payment terms counted in days, as they stand in the books."""

    is_active: bool | None = element("IsActive", default=None)
    std_due_days: int | None = element("StdDueDays", default=None)
    std_discount_days: int | None = element("StdDiscountDays", default=None)
    discount_pct: Percent | None = element("DiscountPct", default=None)


class DateDrivenTermsRet(NamedRet):
    """Payment terms by day of the month, as they stand in the books."""

    is_active: bool | None = element("IsActive", default=None)
    day_of_month_due: int = element("DayOfMonthDue", min_value=1, max_value=31)
    due_next_month_days: int | None = element("DueNextMonthDays", default=None)
    discount_day_of_month: int | None = element("DiscountDayOfMonth", default=None, min_value=1, max_value=31)
    discount_pct: Percent | None = element("DiscountPct", default=None)


class TermsQueryRs(QueryResponse):
    """The answer to :class:`TermsQueryRq`."""

    terms_rets: tuple[StandardTermsRet | DateDrivenTermsRet, ...] = element(
        "StandardTermsRet", "DateDrivenTermsRet", default=()
    )


class ClassRet(NamedRet):
    """A class, as it stands in the books."""

    full_name: str = element("FullName", max_length=159)
    is_active: bool | None = element("IsActive", default=None)
    parent: Ref | None = ref("ParentRef", default=None)
    sublevel: int = element("Sublevel")


class ClassQueryRs(QueryResponse):
    """The answer to :class:`ClassQueryRq`."""

    class_rets: tuple[ClassRet, ...] = element("ClassRet", default=())


class PaymentMethodRet(NamedRet):
    """A payment method, as it stands in the books."""

    is_active: bool | None = element("IsActive", default=None)
    payment_method_type: PaymentMethodType | None = element("PaymentMethodType", default=None, since=(7, 0))


class PaymentMethodAddRs(Response):
    """The answer to :class:`PaymentMethodAddRq`."""

    payment_method_ret: PaymentMethodRet | None = element("PaymentMethodRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class PaymentMethodQueryRs(QueryResponse):
    """The answer to :class:`PaymentMethodQueryRq`."""

    payment_method_rets: tuple[PaymentMethodRet, ...] = element("PaymentMethodRet", default=())


MESSAGES = (
    TermsQueryRq,
    ClassQueryRq,
    PaymentMethodAddRq,
    PaymentMethodQueryRq,
    StandardTermsRet,
    DateDrivenTermsRet,
    TermsQueryRs,
    ClassRet,
    ClassQueryRs,
    PaymentMethodRet,
    PaymentMethodAddRs,
    PaymentMethodQueryRs,
)
