"""What pydantic found is told in our words."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from qbwc_server.billing_runs.settings import BillingSettings
from qbwc_server.posting.options import PostingOptions
from qbwc_server.settings import BadSettings, Settings, load
from qbwc_server.validation import sentences

ODD: list[object] = [5, 5.5, "x", "x" * 1000, "", True, [], {}, -1, 10**400, float("nan"), object()]


@pytest.mark.parametrize("model", [PostingOptions, Settings, BillingSettings])
@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:20])
def test_whatever_is_given_the_answer_is_a_plain_sentence(
    model: type[PostingOptions | Settings | BillingSettings], value: object
) -> None:
    with pytest.raises(ValidationError) as found:
        model.model_validate({**dict.fromkeys(model.model_fields, value), "nonsense": value})
    said = list(sentences(found.value, "options"))
    assert any(sentence.startswith("nonsense: ") for sentence in said)
    for sentence in said:
        assert sentence.endswith(".")
        assert "nput should" not in sentence
        assert "pydantic" not in sentence
        assert "cannot be used" not in sentence


def test_what_is_not_foreseen_is_said_all_the_same() -> None:
    with pytest.raises(ValidationError) as found:
        TypeAdapter(complex).validate_python([])
    assert list(sentences(found.value, "value")) == ["value: The value cannot be used."]


def test_bad_settings_name_each_and_show_no_value() -> None:
    with pytest.raises(BadSettings) as refusal:
        load(workers=0, base_url="hunter2", login_pause_s="hunter2")
    said = str(refusal.value)
    assert "workers: It must be at least 1." in said
    assert "base_url: An address such as https://books.example.com." in said
    assert "login_pause_s: It must be a whole number." in said
    assert "hunter2" not in said
