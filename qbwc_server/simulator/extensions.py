"""Custom fields and private data on list elements, transactions and the company itself."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from qbwc_server.simulator.books import Books, CustomField
from qbwc_server.simulator.kinds import LIST_KINDS, Target
from qbwc_server.simulator.refusals import (
    Refused,
    cannot_save,
    name_in_use,
    unknown_custom_field,
    unknown_object,
    unknown_reference,
)
from qbwc_server.simulator.shapes import copied
from qbxml.messages.data_ext import DataExtDefRet, DataExtDelRet
from qbxml.shared import DataExtRet

COMPANY = "company"  # stands for the company among the ids of objects
LONGEST = {"STR255TYPE": 255, "STR1024TYPE": 1024}


def owner(owner_id: UUID) -> str:
    """As the books keep it: ``0`` for custom fields, else a GUID in braces."""
    return "{" + str(owner_id) + "}" if owner_id.int else "0"


def define(books: Books, message: Any) -> DataExtDefRet:
    """Define a field.

    Raises:
        Refused: 3100, it is defined already.
    """
    key = (owner(message.owner_id), message.data_ext_name)
    if key in books.custom_fields:
        raise name_in_use(message.data_ext_name)
    objects = tuple(str(one) for one in message.assign_to_objects)
    books.custom_fields[key] = CustomField(*key, str(message.data_ext_type), objects)
    return DataExtDefRet(
        data_ext_id=len(books.custom_fields),
        data_ext_list_require=False,
        data_ext_txn_require=False,
        data_ext_format_string="",
        **copied(message, DataExtDefRet),
    )


def add(books: Books, message: Any) -> DataExtRet:
    """Give a field its first value on one object.

    Raises:
        Refused: 3121 the field is not defined for such objects, 3180 it has a value already.
    """
    field, holder = _located(books, message)
    values = books.extensions.setdefault(holder, {})
    if (field.owner, field.name) in values:
        raise cannot_save("data extension", "The field has a value already; modify it instead.")
    return _store(values, field, message)


def modify(books: Books, message: Any) -> DataExtRet:
    """Change a value; a custom field that has none yet takes it.

    Raises:
        Refused: 3121 the field is not defined for such objects, or private data has no value yet.
    """
    field, holder = _located(books, message)
    values = books.extensions.setdefault(holder, {})
    if field.owner != "0" and (field.owner, field.name) not in values:
        raise unknown_custom_field(field.name)
    return _store(values, field, message)


def delete(books: Books, message: Any) -> DataExtDelRet:
    """Take a value away.

    Raises:
        Refused: 3121, there is none.
    """
    field, holder = _located(books, message)
    if books.extensions.get(holder, {}).pop((field.owner, field.name), None) is None:
        raise unknown_custom_field(field.name)
    return DataExtDelRet(time_deleted=books.clock.time(), **copied(message, DataExtDelRet))


def shown(books: Books, holder: str, owners: Iterable[UUID]) -> tuple[DataExtRet, ...]:
    """The values on one object that belong to the owners asked for."""
    values = books.extensions.get(holder)
    if not values:
        return ()
    wanted = {owner(one) for one in owners}
    return tuple(_ret(books.custom_fields[key], value) for key, value in sorted(values.items()) if key[0] in wanted)


def _located(books: Books, message: Any) -> tuple[CustomField, str]:
    """The definition, and the id of the object."""
    field = books.custom_fields.get((owner(message.owner_id), message.data_ext_name))
    if message.other_data_ext_type is not None:
        kind, holder = "Company", COMPANY
    elif message.list_data_ext_type is not None:
        kind = str(message.list_data_ext_type)
        tags = [tag for tag in LIST_KINDS if tag == kind or (kind == "Item" and tag.startswith("Item"))]
        target = Target(kind, LIST_KINDS[tags[0]].space, frozenset(tags))
        entry = books.lists.find(target, message.list_obj)
        if entry is None:
            name = message.list_obj.full_name or message.list_obj.list_id or ""
            raise unknown_reference(kind, name, "DataExt")
        holder = entry.list_id
    else:
        kind, holder = str(message.txn_data_ext_type), str(message.txn_id)
        txn = books.find(kind, holder)
        if message.txn_line_id is not None:
            holder = message.txn_line_id
            if all(getattr(line, "txn_line_id", None) != holder for line in txn.lines):
                raise unknown_object(holder)
    if field is None or kind not in field.objects:
        raise unknown_custom_field(message.data_ext_name)
    return field, holder


def _store(values: dict[tuple[str, str], str], field: CustomField, message: Any) -> DataExtRet:
    value = message.data_ext_value
    if len(value) > LONGEST.get(field.data_type, 255):
        raise Refused(3070, f'The string "{value[:40]}..." in the field "{field.name}" is too long.')
    values[field.owner, field.name] = value
    return _ret(field, value)


def _ret(field: CustomField, value: str) -> DataExtRet:
    owner_id = UUID(int=0) if field.owner == "0" else UUID(field.owner)
    return DataExtRet(
        owner_id=owner_id,
        data_ext_name=field.name,
        data_ext_type=field.data_type,  # type: ignore[arg-type]  # the plain word is taken as well as the member
        data_ext_value=value,
    )
