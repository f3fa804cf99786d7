"""The letters about a company, and who gets them."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from sqlalchemy.orm import Session

from qbwc_server.outbox.letter import Letter
from qbwc_server.outbox.mail import To
from qbwc_server.settings import Settings
from qbwc_server.tenancy.mail_choices import ByMail, readers_of
from qbwc_server.tenancy.models import Company

_WHY = {
    ByMail.ALARMS: "You get this because you see to the books of {name}. Whoever runs the server can stop it: "
    "qbwc-server user mail {email} --no-alarms",
    ByMail.SUMMARIES: "You get this because you see to the books of {name}. Whoever runs the server can stop it: "
    "qbwc-server user mail {email} --no-summaries",
}
Written = tuple[To, Letter]


def letters(
    db: Session,
    settings: Settings,
    company: Company,
    what: ByMail,
    title: str,
    paragraphs: Sequence[str],
    facts: Sequence[tuple[str, str]] = (),
    *,
    counts: bool,
) -> list[Written]:
    """A letter for each who wants to read such about this company.

    Args:
        counts: whether it tells how many documents there are: that is not for those who may see some kinds only.
    """
    link = f"{settings.base_url}/portal/companies/{quote(company.code)}"
    said = tuple(paragraph for paragraph in paragraphs if paragraph)
    return [
        (
            To(str(user.id), user.email),
            Letter(
                f"{company.name}: {title}",
                said,
                tuple(facts),
                link,
                _WHY[what].format(name=company.name, email=user.email),
            ),
        )
        for user in readers_of(db, company, what, all_kinds=counts)
    ]
