"""How the fields of a class are called: the Python name of an element follows from its tag."""

import re
from typing import Final

_WORD: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PYTHON: Final = frozenset({"class", "def", "from", "import", "is", "date"})  # words of the language, and a type
_NAMES: Final = {
    "AdditionalContactRef": "additional_contact",
    "IsVendorEligibleFor1099": "is_vendor_eligible_for_1099",
}
_MANY: Final = {
    "AdditionalNotes": "additional_notes",
    "Contacts": "contacts",
    "RefNumberCaseSensitive": "ref_numbers_case_sensitive",
}


def field_name(tag: str, *, reference: bool = False, many: bool = False) -> str:
    """``txn_date`` for TxnDate, ``customer`` for CustomerRef, ``txn_ids`` for a TxnID that repeats.

    Args:
        reference: it names a list entry, so it is called after that entry.
        many: it may repeat.
    """
    if many and tag in _MANY:
        return _MANY[tag]
    name = _NAMES.get(tag) or _WORD.sub("_", tag.replace("UOM", "Uom")).lower()
    if reference:
        name = name.removesuffix("_ref")
    if many:
        name = _plural(name)
    return f"{name}_" if name in _PYTHON else name


def _plural(name: str) -> str:
    if name.endswith(("s", "x")):
        return f"{name}es"
    return f"{name[:-1]}ies" if name.endswith("y") and not name.endswith("ey") else f"{name}s"
