"""Every setting of billing, and every choice of it, has its words (S4-14 to S4-16)."""

from __future__ import annotations

from enum import StrEnum
from typing import get_args

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from qbwc_server.billing_runs.settings import BillingSettings
from qbwc_server.channels.options import declared
from qbwc_server.portal.billing_terms import TERMS, in_words
from qbwc_server.portal.option_form import fields_of
from qbwc_server.portal.translation import LANGUAGES


def test_each_setting_and_each_choice_has_words() -> None:
    fields = BillingSettings.model_fields
    assert TERMS.keys() == fields.keys()
    for name, field in fields.items():
        kinds = [one for one in (field.annotation, *get_args(field.annotation)) if isinstance(one, type)]
        choices = {value.value for kind in kinds if issubclass(kind, StrEnum) for value in kind}
        assert TERMS[name].choices.keys() == choices, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_says_them_and_sends_the_values(app: Flask, language: str) -> None:
    with app.test_request_context("/portal/", headers={"Accept-Language": language}):
        fields = in_words(fields_of(declared(BillingSettings), {"mode": "post_bill"}, MultiDict()))
    mode = fields[0]
    assert (mode.name, mode.value) == ("option-mode", "post_bill")
    assert set(mode.words) == {"pre_bill", "post_bill"}
    assert ("Before, when a period begins" in mode.words.values()) is (language == "en")
