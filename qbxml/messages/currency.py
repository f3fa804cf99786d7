"""Currencies: query."""

from datetime import date
from enum import StrEnum

from qbxml.aggregate import Aggregate
from qbxml.declaration import element
from qbxml.message import QueryResponse
from qbxml.queries import ListQueryRq
from qbxml.returned import NamedRet
from qbxml.values import ExchangeRate


class CurrencyQueryRq(ListQueryRq, since=(8, 0)):
    """Look for currencies."""


class ThousandSeparator(StrEnum):
    """What stands between thousands."""

    COMMA = "Comma"
    PERIOD = "Period"
    SPACE = "Space"
    APOSTROPHE = "Apostrophe"


class ThousandSeparatorGrouping(StrEnum):
    """How digits are grouped."""

    XX_XXX_XXX = "XX_XXX_XXX"
    X_XX_XX_XXX = "X_XX_XX_XXX"


class DecimalPlaces(StrEnum):
    """How many decimals are shown."""

    NONE = "0"
    TWO = "2"


class DecimalSeparator(StrEnum):
    """What stands before the decimals."""

    PERIOD = "Period"
    COMMA = "Comma"


class CurrencyFormat(Aggregate):
    """How an amount of the currency is shown."""

    thousand_separator: ThousandSeparator | None = element("ThousandSeparator", default=None)
    thousand_separator_grouping: ThousandSeparatorGrouping | None = element("ThousandSeparatorGrouping", default=None)
    decimal_places: DecimalPlaces | None = element("DecimalPlaces", default=None)
    decimal_separator: DecimalSeparator | None = element("DecimalSeparator", default=None)


class CurrencyRet(NamedRet, may_lack=("list_id", "time_created", "time_modified", "edit_sequence", "name")):
    """A currency, as it stands in the books."""

    name: str = element("Name", max_length=64)
    is_active: bool | None = element("IsActive", default=None)
    currency_code: str | None = element("CurrencyCode", default=None, max_length=3)
    currency_format: CurrencyFormat | None = element("CurrencyFormat", default=None)
    is_user_defined_currency: bool | None = element("IsUserDefinedCurrency", default=None)
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None)
    as_of_date: date | None = element("AsOfDate", default=None)


class CurrencyQueryRs(QueryResponse, since=(8, 0)):
    """The answer to :class:`CurrencyQueryRq`."""

    currency_rets: tuple[CurrencyRet, ...] = element("CurrencyRet", default=())


MESSAGES = (
    CurrencyQueryRq,
    CurrencyRet,
    CurrencyQueryRs,
)
