"""The e-mails of a new password: the link for whoever asked, and a word when it was changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.outbox.letter import Letter
from qbwc_server.outbox.mail import To, put_letter
from qbwc_server.settings import Settings
from qbwc_server.tenancy.models import User
from qbwc_server.tenancy.password_resets import LIVES, answer, unanswered

_AT_A_TIME = 50
_HOURS = int(LIVES.total_seconds() // 3600)


def answer_resets(
    *, database: Database, settings: Settings, clock: Clock, checkpoint: Callable[[], None], **_: object
) -> str:
    """Send a link to each who asked for a new password and is known here; a job."""
    sent, looked_at = 0, _AT_A_TIME
    while settings.smtp_host is not None and looked_at == _AT_A_TIME:
        with database.transaction() as db:
            rows = unanswered(db, _AT_A_TIME)
            looked_at = len(rows)
            for row in rows:
                found = answer(db, row, now=clock())
                if found is not None:
                    sent += 1
                    _put_link(db, settings, row.id, *found, clock())
        checkpoint()
    return f"Links for new passwords: {sent}." if sent else ""


def _put_link(db: Session, settings: Settings, number: int, user: User, secret: str, now: datetime) -> None:
    letter = Letter(
        "A new password",
        (
            f"Somebody, probably you, asked for a new password for {user.email}.",
            f"The link works once, within {_HOURS} hour{'' if _HOURS == 1 else 's'}. Whoever does not follow it "
            "changes nothing.",
        ),
        link=f"{settings.base_url}/portal/reset/{secret}",
        why="You get this because your address was typed into the page for forgotten passwords.",
    )
    put_letter(db, f"reset {number}", [To(str(user.id), user.email)], letter, now=now)


def tell_of_change(db: Session, settings: Settings, user: User, *, now: datetime) -> None:
    """Tell the person, in the transaction in which the password was changed by a link."""
    if settings.smtp_host is None:
        return
    letter = Letter(
        "Your password was changed",
        (
            f"The password of {user.email} was changed by a link that was sent to this address.",
            "If it was not you: ask whoever runs the server to disable the account, and look after your mailbox.",
        ),
        link=f"{settings.base_url}/portal/",
        why="You get this whenever your password is changed by e-mail.",
    )
    key = f"password changed {int(now.timestamp() * 1000)}"
    put_letter(db, key, [To(str(user.id), user.email)], letter, now=now)
