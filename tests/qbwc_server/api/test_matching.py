"""ETag and If-Match: what was changed meanwhile is not touched."""

from __future__ import annotations

from typing import Any

import pytest

from tests.qbwc_server.api.conftest import Caller


@pytest.fixture
def one(alice: Caller, invoice: dict[str, Any]) -> str:
    return f"/documents/{alice.post('/documents?review=1', json=invoice).get_json()['id']}"


def test_a_document_has_a_tag_that_changes_with_it(alice: Caller, invoice: dict[str, Any], one: str) -> None:
    tag = alice.get(one).headers["ETag"]
    assert alice.get(one).headers["ETag"] == tag
    changed = alice.post(f"{one}/exclude").headers["ETag"]
    assert changed != tag
    assert alice.get(one).headers["ETag"] == changed
    alice.post(f"{one}/restore")
    revised = alice.post("/documents?revise=1&review=1", json={**invoice, "memo": "other"}).headers["ETag"]
    assert revised not in (tag, changed)


@pytest.mark.parametrize(("action", "said"), [("exclude", {}), ("submit", {}), ("decide", {"not_posted": True})])
def test_what_is_another_by_now_is_not_touched(
    alice: Caller, invoice: dict[str, Any], one: str, action: str, said: dict[str, Any]
) -> None:
    tag = alice.get(one).headers["ETag"]
    alice.post("/documents?revise=1&review=1", json={**invoice, "memo": "other"})
    before = alice.get(one).get_json()
    answer = alice.post(f"{one}/{action}", json=said, headers={"If-Match": tag})
    assert (answer.status_code, answer.get_json()["code"]) == (412, "document_changed")
    assert alice.get(one).get_json() == before


@pytest.mark.parametrize("wrong", ['"other"', "rubbish", 'W/"weak"'])
def test_a_tag_that_is_none_of_ours_matches_nothing(alice: Caller, one: str, wrong: str) -> None:
    assert alice.post(f"{one}/exclude", headers={"If-Match": wrong}).status_code == 412


def test_what_is_as_it_was_is_done(alice: Caller, one: str) -> None:
    tag = alice.get(one).headers["ETag"]
    done = alice.post(f"{one}/exclude", headers={"If-Match": f'"other", {tag}'})
    assert (done.status_code, done.get_json()["state"]) == (200, "excluded")
    assert alice.post(f"{one}/restore", headers={"If-Match": "*"}).status_code == 200


def test_a_revision_is_of_what_was_read(alice: Caller, invoice: dict[str, Any], one: str) -> None:
    tag = alice.get(one).headers["ETag"]
    second = {**invoice, "memo": "second"}
    assert alice.post("/documents?revise=1&review=1", json=second, headers={"If-Match": tag}).status_code == 200
    third = {**invoice, "memo": "third"}
    lost = alice.post("/documents?revise=1&review=1", json=third, headers={"If-Match": tag})
    assert lost.status_code == 412
    assert alice.get(one).get_json()["document"]["memo"] == "second"
    new = {**invoice, "origin": "shop:1002"}
    assert alice.post("/documents", json=new, headers={"If-Match": "*"}).status_code == 412
