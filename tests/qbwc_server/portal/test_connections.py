"""Connections in a browser: from the form that the channel declares to the run, and to the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from qbwc_server.app import create_app
from qbwc_server.jobs.schedule import JOBS
from qbwc_server.jobs.worker import Worker
from qbwc_server.posting.submitting.automatic import limits_of
from qbwc_server.settings import Settings, load
from tests.channels.feed_upstream import FeedUpstream, feed_upstream
from tests.channels.test_feed import sale
from tests.conftest import TurnableClock
from tests.qbwc_server.portal.conftest import Browser, Town, said

ALL = "/companies/acme/connections"
FORM = "/companies/acme/connect/feed"
KEY = "a-secret-key"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return load(database_url=database_url, private_upstreams=True, secrets_file=tmp_path / "keys")


@pytest.fixture
def app(settings: Settings, clock: TurnableClock) -> Iterator[Flask]:
    app = create_app(settings, clock=clock)
    app.testing = True
    yield app
    app.extensions["database"].engine.dispose()


@pytest.fixture
def feed(clock: TurnableClock) -> Iterator[FeedUpstream]:
    with feed_upstream() as feed:
        feed.key = KEY
        feed.put("1001", clock() - timedelta(hours=1), sale("5.00"))
        yield feed


def wanted(feed: FeedUpstream) -> dict[str, str]:
    return {
        "option-address": feed.server.address,
        "option-name": "tea-shop",
        "option-key": KEY,
        "title": "Tea",
        "every": "7",
        "since": "2026-01-01",
    }


def test_from_the_form_to_the_documents(
    town: Town, owner: Browser, feed: FeedUpstream, settings: Settings, clock: TurnableClock
) -> None:
    form = owner.get(FORM).text
    assert 'name="option-key" type="password"' in form
    assert owner.send(FORM, FORM, **wanted(feed)).headers["Location"] == f"/portal{ALL}/1"
    assert "Not tried yet" in said(owner.get(ALL))
    assert owner.send(f"{ALL}/1/run", ALL).status_code in (400, 409)
    tried = owner.send(f"{ALL}/1/test", f"{ALL}/1")
    assert "Working" in said(tried)
    assert owner.send(f"{ALL}/1/run", f"{ALL}/1").status_code == 303
    Worker(town.database, settings, JOBS, clock).work_off()
    shown = said(owner.get(f"{ALL}/1"))
    assert "1 new, 0 changed" in shown
    assert "Sales receipt Ann" in said(owner.get("/companies/acme/documents"))
    assert owner.send(f"{ALL}/1/pause", f"{ALL}/1").status_code == 303
    assert owner.send(f"{ALL}/1/pause", f"{ALL}/1").status_code == 409
    assert owner.send(f"{ALL}/1/resume", f"{ALL}/1").status_code == 303
    for path in (ALL, f"{ALL}/1", f"{ALL}/1/change", FORM):
        assert KEY not in owner.get(path).text


def test_what_was_typed_stays_where_it_cannot_be_used(owner: Browser, feed: FeedUpstream) -> None:
    for wrong, says in (
        ({"option-name": "Tea Shop!"}, "name"),
        ({"every": "soon"}, "whole number"),
        ({"since": "yesterday"}, "no day"),
        ({"option-page_size": "many"}, "page_size"),
    ):
        answer = owner.send(FORM, FORM, **{**wanted(feed), **wrong})
        assert answer.status_code == 422, wrong
        assert says in said(answer)
        assert 'value="Tea"' in answer.text
        assert KEY not in answer.text
    assert "Nothing is connected yet" in said(owner.get(ALL))


def test_what_was_chosen_is_changed_and_the_key_stays(
    town: Town, owner: Browser, feed: FeedUpstream, settings: Settings
) -> None:
    owner.send(FORM, FORM, **wanted(feed))
    form = f"{ALL}/1/change"
    changed = {**wanted(feed), "option-key": "", "option-page_size": "50", "title": "Green tea", "every": "9"}
    assert owner.send(form, form, **changed).status_code == 303
    shown = said(owner.get(f"{ALL}/1"))
    assert "Green tea" in shown
    assert "every 9 minutes" in shown
    assert "Working" in said(owner.send(f"{ALL}/1/test", f"{ALL}/1"))  # with the key from before
    assert owner.send(form, form, **{**changed, "option-name": "other"}).status_code == 422


def test_limits_of_what_is_submitted_by_itself_are_set_changed_and_taken_away(
    town: Town, owner: Browser, feed: FeedUpstream
) -> None:
    def limits() -> dict[str, object]:
        with town.database.reading() as db:
            return {name: most for name, most in limits_of(db, number).as_record().items() if most is not None}

    said_ = {**wanted(feed), "limit-documents_per_run": "50", "limit-amount_per_day": "500.00"}
    for wrong in (
        {"limit-documents_per_run": "many"},
        {"limit-amount_per_day": "-1"},
        {"limit-documents_per_day": "0"},
    ):
        answer = owner.send(FORM, FORM, **{**said_, **wrong})
        assert answer.status_code == 422
        assert f'value="{next(iter(wrong.values()))}"' in answer.text
    number = int(owner.send(FORM, FORM, **said_).headers["Location"].rpartition("/")[2])
    assert limits() == {"documents_per_run": 50, "amount_per_day": "500.00"}
    form = f"{ALL}/{number}/change"
    assert 'value="500.00"' in owner.get(form).text
    kept = {**wanted(feed), "option-key": "", "limit-documents_per_run": "", "limit-amount_per_day": "500.00"}
    assert owner.send(form, form, **kept).status_code == 303
    assert limits() == {"amount_per_day": "500.00"}
    owner.send(form, form, **{**wanted(feed), "option-key": ""})  # a form that does not name them leaves them alone
    assert limits() == {"amount_per_day": "500.00"}


def test_it_is_ended_only_with_an_answer(owner: Browser, feed: FeedUpstream) -> None:
    owner.send(FORM, FORM, **wanted(feed))
    page = f"{ALL}/1/disconnect"
    assert "comes back when it is connected again" in said(owner.get(page))
    assert owner.send(page, page).status_code == 409
    assert owner.send(page, page, unposted="remove").status_code == 303
    assert "Disconnected" in said(owner.get(f"{ALL}/1"))
    assert owner.send(f"{ALL}/1/test", f"{ALL}/1").status_code == 409


def test_there_is_no_form_for_what_there_is_not(owner: Browser) -> None:
    assert owner.get("/companies/acme/connect/nothing").status_code == 404
    assert owner.get(f"{ALL}/7").status_code == 404
