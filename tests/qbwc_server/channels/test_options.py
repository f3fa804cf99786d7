"""What is derived from the declaration of options, and that secrets go nowhere."""

from __future__ import annotations

from enum import StrEnum

import pytest
from pydantic import Field, SecretStr

from qbwc_server.channels.options import (
    ChannelOptions,
    WrongConnectionOptions,
    declared,
    open_values,
    read_options,
    schema_of,
    secret_names,
    secret_values,
)
from qbwc_server.channels.registry import CHANNELS, UnknownChannel, channel_named


class _Mode(StrEnum):
    EACH = "each"
    DAILY = "daily"


class _Options(ChannelOptions):
    shop: str = Field(title="Shop", description="Its name.", min_length=3, max_length=20)
    mode: _Mode = Field(default=_Mode.EACH, description="How sales are summed up.")
    days: int | None = Field(default=None, ge=1, le=90)
    tips: bool = False
    key: SecretStr = Field(title="Key")
    second: SecretStr | None = None


def test_each_option_is_told_with_its_type_its_choices_and_its_checks() -> None:
    told = {one.name: one for one in declared(_Options)}
    assert list(told) == ["shop", "mode", "days", "tips", "key", "second"]
    assert (told["shop"].title, told["shop"].help, told["shop"].required) == ("Shop", "Its name.", True)
    assert told["shop"].checks == ("at least 3 characters", "at most 20 characters")
    assert (told["mode"].choices, told["mode"].default, told["mode"].type) == (("each", "daily"), "each", "text")
    assert (told["days"].type, told["days"].checks) == ("whole number", ("at least 1", "at most 90"))
    assert (told["tips"].type, told["tips"].default) == ("yes or no", False)
    assert [(one.secret, one.type, one.default) for one in (told["key"], told["second"])] == [
        (True, "secret", None)
    ] * 2
    assert schema_of(_Options)["properties"]["key"]["writeOnly"] is True


def test_secrets_are_kept_apart_and_shown_nowhere() -> None:
    options = read_options(_Options, {"shop": "tea", "key": "hunter2hunter2"})
    assert open_values(options) == {"shop": "tea"}
    assert secret_values(options) == {"key": "hunter2hunter2"}
    assert secret_names(_Options) == ("key", "second")
    assert "hunter2" not in repr(options)


@pytest.mark.parametrize(
    "wrong",
    [{"shop": "hunter2hunter2hunter2hunter2", "key": "hunter2"}, {"shop": "tea", "key": ["hunter2"]}, {"hunter": "a"}],
)
def test_a_mistake_is_named_without_what_was_given(wrong: dict[str, object]) -> None:
    with pytest.raises(WrongConnectionOptions) as refusal:
        read_options(_Options, wrong)
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize("channel", CHANNELS.values(), ids=list(CHANNELS))
def test_every_channel_says_all_that_a_person_asks_first(channel: object) -> None:
    channel = channel_named(getattr(channel, "code", ""))
    assert channel.title
    assert channel.brings.endswith(".")
    assert channel.needs.endswith(".")
    if channel.is_uploaded:
        assert (channel.at_least_minutes, channel.every_minutes) == (0, 0)
    else:
        assert channel.streams
        assert 1 <= channel.at_least_minutes <= channel.every_minutes <= 1440
    for option in declared(channel.options):
        assert option.title, option.name
        assert option.help.endswith("."), option.name


def test_an_unknown_channel_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UnknownChannel, match="feed"):
        channel_named("fed")
