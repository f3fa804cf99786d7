"""Status codes and texts in which QuickBooks says that a request was not, or not quite, carried out."""

from dataclasses import dataclass

NOT_ENABLED = "This feature is not enabled or not available in this version of QuickBooks."
NOT_IN_LIST = "Invalid argument.  The specified record does not exist in the list."


@dataclass(frozen=True)
class Remark:
    """A status to go with an answer: code, ``Info`` / ``Warn`` / ``Error``, text."""

    code: int
    severity: str
    message: str


OK = Remark(0, "Info", "Status OK")
NO_MATCH = Remark(1, "Info", "A query request did not find a matching object in QuickBooks")
NOT_SUPPORTED = Remark(1030, "Error", "This request is not supported by this implementation.")
NOT_PROCESSED = Remark(3231, "Error", "The request has not been processed.")


class Refused(Exception):
    """QuickBooks does not carry out one request. Nothing was changed by it."""

    def __init__(self, code: int, message: str, detail: str = "") -> None:
        text = f"{message}  QuickBooks error message: {detail}" if detail else message
        super().__init__(text)
        self.remark = Remark(code, "Error", text)


def some_not_found(missing: str) -> Remark:
    """A query by id, name or number that did not find all it was asked for."""
    return Remark(
        500,
        "Warn",
        "The query request has not been fully completed. There was a required element "
        f'("{missing}") that could not be found in QuickBooks.',
    )


def rate_ignored() -> Remark:
    """Both rate and amount were given: the rate is worked out from the amount."""
    return Remark(
        530,
        "Warn",
        "The object was saved, but the field Rate has been ignored because an amount was specified.",
    )


def name_in_use(name: str) -> Refused:
    return Refused(3100, f'The name "{name}" of the list element is already in use.')


def known_guid(guid: object) -> Refused:
    return Refused(3100, f'The external GUID "{guid}" is already in use.')


def bad_name(name: str, field: str, rule: str) -> Refused:
    return Refused(3090, f'There was an error when storing "{name}" in the "{field}" field.', rule)


def unknown_reference(what: str, name: str, where: str) -> Refused:
    return Refused(3140, f'There is an invalid reference to QuickBooks {what} "{name}" in the {where}.', NOT_IN_LIST)


def unknown_parent(name: str, list_name: str) -> Refused:
    return Refused(3130, f'There is an invalid reference to a parent "{name}" in the {list_name} list.', NOT_IN_LIST)


def unknown_object(identity: str) -> Refused:
    return Refused(3120, f'Object "{identity}" specified in the request cannot be found.', NOT_IN_LIST)


def unknown_custom_field(name: str) -> Refused:
    return Refused(
        3121,
        f'The data extension or custom field "{name}" could not be found.',
        "The field is not defined for this type of object.",
    )


def out_of_date(edit_sequence: str) -> Refused:
    return Refused(3200, f'The provided edit sequence "{edit_sequence}" is out-of-date.')


def missing(field: str, where: str) -> Refused:
    return Refused(3150, f'There is a missing element: "{field}" in the {where}.')


def wrong_value(field: str, value: object, reason: str) -> Refused:
    return Refused(3210, f'The "{field}" field has an invalid value "{value}".', reason)


def cannot_save(what: str, reason: str) -> Refused:
    return Refused(3180, f"There was an error when saving a {what}.", reason)


def closed_period(verb: str, what: str) -> Refused:
    """``verb`` is add, modify, void or delete."""
    code = 3161 if verb == "delete" else 3171
    return Refused(
        code,
        f"An attempt was made to {verb} a {what} with a date that is on or before the closing date of the company.",
        "The closing date password is required to change a transaction in a closed period.",
    )


def in_use(what: str, identity: str) -> Refused:
    return Refused(
        3160,
        f'The {what} object "{identity}" cannot be deleted.',
        "This list element is used in one or more transactions or by another list element.",
    )


def list_full(list_name: str, limit: int) -> Refused:
    return Refused(
        3300,
        f"The {list_name} list has reached its limit and no element can be added.",
        f"The maximum of {limit} elements has been reached.",
    )


def no_such_iterator(iterator_id: str) -> Refused:
    return Refused(3391, f'The iteratorID "{iterator_id}" is not valid.')
