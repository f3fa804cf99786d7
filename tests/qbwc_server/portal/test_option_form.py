"""Fields of a form from a declaration, and what is read back from it: every type, kept, changed and taken back."""

from __future__ import annotations

import pytest
from pydantic import Field, SecretStr
from werkzeug.datastructures import MultiDict

from qbwc_server.channels.options import ChannelOptions, declared
from qbwc_server.errors import Invalid
from qbwc_server.portal.option_form import fields_of, read_fields


class _Options(ChannelOptions):
    shop: str = Field("tea", title="Shop")
    pages: int = 5
    drafts: bool = True
    names: dict[str, str] = Field(default_factory=dict)
    tags: list[str] = Field(default_factory=list)
    key: SecretStr = SecretStr("")


OPTIONS = declared(_Options)


def form(**typed: str) -> MultiDict[str, str]:
    return MultiDict({f"option-{name}": value for name, value in typed.items()})


def test_each_type_is_read_as_it_is_declared() -> None:
    typed = form(shop=" Thé ", pages="7", drafts="yes", names="a = 1\n\nb=x=y", tags="one\n two ", key="secret")
    assert read_fields(OPTIONS, typed, changing=False) == {
        "shop": "Thé",
        "pages": 7,
        "drafts": True,
        "names": {"a": "1", "b": "x=y"},
        "tags": ["one", "two"],
        "key": "secret",
    }


def test_what_is_left_empty_goes_back_to_its_default_and_a_secret_stays() -> None:
    assert read_fields(OPTIONS, form(), changing=False) == {"drafts": False}
    assert read_fields(OPTIONS, form(), changing=True) == {
        "shop": None,
        "pages": None,
        "drafts": False,
        "names": None,
        "tags": None,
    }


def test_what_is_no_number_is_left_to_the_declaration() -> None:
    for text in ("many", "1.5", "9" * 30, "٣"):
        assert read_fields(OPTIONS, form(pages=text), changing=False)["pages"] == text


def test_a_line_without_a_value_is_told() -> None:
    with pytest.raises(Invalid, match="NAME=VALUE"):
        read_fields(OPTIONS, form(names="a"), changing=False)


def test_the_fields_hold_what_was_typed_else_what_is_chosen_else_the_default() -> None:
    nothing: MultiDict[str, str] = MultiDict()
    shown = {one.option.name: one.value for one in fields_of(OPTIONS, {}, nothing)}
    assert shown == {"shop": "tea", "pages": "5", "drafts": "yes", "names": "", "tags": "", "key": ""}
    chosen = {"shop": "x", "drafts": False, "names": {"a": "1"}, "tags": ["p", "q"], "key": "***"}
    shown = {one.option.name: one.value for one in fields_of(OPTIONS, chosen, nothing)}
    assert shown == {"shop": "x", "pages": "5", "drafts": "", "names": "a=1", "tags": "p\nq", "key": ""}
    typed = {one.option.name: one.value for one in fields_of(OPTIONS, chosen, form(shop="y", key="secret"))}
    assert (typed["shop"], typed["drafts"], typed["key"]) == ("y", "", "")
