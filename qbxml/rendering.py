"""Objects to XML text: pure ASCII, elements in the order of their declaration."""

from qbxml.aggregate import Aggregate
from qbxml.errors import BuildError, VersionError
from qbxml.escaping import quoted
from qbxml.kinds import Kind
from qbxml.plan import Slot
from qbxml.values import UseMacro
from qbxml.versions import V13, Version


def render(message: Aggregate, *, level: Version = V13) -> str:
    """One element as XML, without declaration and without white space between elements.

    Args:
        message: a request, a response, or any aggregate; it stands under the name of its class.
        level: of qbXML, spoken where this goes.

    Raises:
        BuildError: ``message`` is none, or ``level`` is no Version.
        VersionError: it holds something that ``level`` does not have and that must not be dropped.
    """
    if not isinstance(message, Aggregate):
        raise BuildError("render.message", "aggregate", None, message)
    refuse_level("render", level)
    out: list[str] = []
    _write(out, message._plan.name, message, level)
    return "".join(out)


def refuse_level(where: str, level: object) -> None:
    """Raises BuildError for what is no Version: a text or a pair of numbers would be compared wrongly, or written."""
    if not isinstance(level, Version):
        raise BuildError(f"{where}.level", "level", None, level)


def _write(out: list[str], tag: str, value: Aggregate, level: Version) -> None:
    plan, held = value._plan, value.__dict__
    if level < plan.since:
        raise VersionError(f"{plan.name} came with qbXML {plan.since}; {level} is spoken here")
    out.append(f"<{tag}")
    for slot in plan.attributes:
        found = held.get(slot.name)
        if found is not None and _has(level, slot, plan.name):
            out.append(f' {slot.tag}="{quoted(str(found))}"')
    out.append(">")
    checked = level < plan.newest
    for slot in plan.elements:
        found = held.get(slot.name)
        if found is None or (checked and not _has(level, slot, plan.name)):
            continue
        kind = slot.kind
        if kind is None:
            if slot.many:
                for one in found:
                    _write(out, slot.tag_of(one), one, level)
            else:
                _write(out, slot.tag_of(found), found, level)
        elif slot.many:
            for one in found:
                _write_leaf(out, slot.tag, kind, one)
        else:
            _write_leaf(out, slot.tag, kind, found)
    out.append(f"</{tag}>")


def _write_leaf(out: list[str], tag: str, kind: Kind, value: object) -> None:
    if type(value) is UseMacro:
        out.append(f'<{tag} useMacro="{quoted(value)}"/>')
    else:
        out.append(f"<{tag}>{kind.write(value)}</{tag}>")


def _has(level: Version, slot: Slot, owner: str) -> bool:
    """Whether ``level`` has the field; False if it may be dropped."""
    if level >= slot.since:
        return True
    if slot.droppable:
        return False
    raise VersionError(f"{owner}.{slot.name} came with qbXML {slot.since}; {level} is spoken here")
