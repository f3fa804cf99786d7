"""Whom a document is about: a customer, a vendor or another name, and what is needed to create one."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, model_validator

from qbwc_server.documents.kinds.fields import Fields, Short
from qbwc_server.list_kinds import ListKind


class Address(Fields):
    """A postal address; ``lines`` are street lines, at most five."""

    lines: tuple[Short, ...] = Field(default=(), max_length=5)
    city: Short | None = None
    state: Short | None = None
    postal_code: Short | None = None
    country: Short | None = None


class Party(Fields):
    """An entry of one of the lists of names, by full name; a text alone is the name."""

    name: Short
    company_name: Short | None = None
    first_name: Short | None = None
    last_name: Short | None = None
    email: Short | None = None
    phone: Short | None = None

    list_kind: ClassVar[ListKind]

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value


class Customer(Party):
    """A customer; ``Parent:Job`` for a job."""

    billing_address: Address | None = None
    shipping_address: Address | None = None

    list_kind = ListKind.CUSTOMER


class Vendor(Party):
    """A vendor."""

    address: Address | None = None

    list_kind = ListKind.VENDOR


class OtherName(Party):
    """An entry of the list of other names."""

    address: Address | None = None

    list_kind = ListKind.OTHER_NAME


PARTIES: dict[ListKind, type[Party]] = {party.list_kind: party for party in (Customer, Vendor, OtherName)}
