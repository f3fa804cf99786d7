"""A person chooses language and e-mails; what is planted in the cookie of the language opens nothing."""

from __future__ import annotations

import pytest

from qbwc_server.portal.preferences import NAMES
from qbwc_server.portal.translation import COOKIE, LANGUAGES
from qbwc_server.tenancy.audit import Audited, audit_of
from qbwc_server.tenancy.mail_choices import ByMail, mail_choices
from qbwc_server.tenancy.users import find_user
from tests.qbwc_server.portal.conftest import Browser, Town, said

PAGE = "/preferences"
FRENCH = {"Accept-Language": "fr"}


def test_a_language_that_was_chosen_wins_over_what_the_browser_asks_for(town: Town, owner: Browser) -> None:
    assert set(NAMES) == set(LANGUAGES)
    assert '<html lang="fr">' in owner.get(PAGE, headers=FRENCH).text
    assert owner.send(f"{PAGE}/language", PAGE, language="ja").status_code == 303
    assert '<html lang="ja">' in owner.get(PAGE, headers=FRENCH).text
    assert '<html lang="ja">' in owner.get("/sign-in", headers=FRENCH).text
    assert '<html lang="fr">' in town.stranger().get("/sign-in", headers=FRENCH).text
    assert owner.send(f"{PAGE}/language", PAGE, language="").status_code == 303
    assert '<html lang="fr">' in owner.get(PAGE, headers=FRENCH).text


@pytest.mark.parametrize("planted", ["", "de", "../../etc", "<script>", "nb; x", "x" * 4000, "JA"])
def test_a_language_that_there_is_not_is_no_choice(owner: Browser, planted: str) -> None:
    owner.client.set_cookie(COOKIE, planted)
    answer = owner.get(PAGE, headers=FRENCH)
    assert answer.status_code == 200
    assert '<html lang="fr">' in answer.text
    assert owner.send(f"{PAGE}/language", PAGE, language=planted).status_code == 303
    assert '<html lang="fr">' in owner.get(PAGE, headers=FRENCH).text


def test_each_person_says_which_e_mails_come(town: Town, owner: Browser) -> None:
    assert "This server sends no e-mails." in said(owner.get(PAGE))

    def chosen() -> dict[ByMail, bool]:
        with town.database.reading() as db:
            return mail_choices(find_user(db, owner.email))

    assert chosen() == {ByMail.ALARMS: True, ByMail.SUMMARIES: True}
    assert owner.send(f"{PAGE}/mail", PAGE, mail="alarms").status_code == 303
    assert chosen() == {ByMail.ALARMS: True, ByMail.SUMMARIES: False}
    assert owner.send(f"{PAGE}/mail", PAGE).status_code == 303
    assert chosen() == {ByMail.ALARMS: False, ByMail.SUMMARIES: False}
    with town.database.reading() as db:
        assert [row.action for row in audit_of(db)][:2] == [Audited.USER_MAIL] * 2
