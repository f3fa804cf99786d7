"""What a request said is kept beside it, and what ended it where no answer of QuickBooks did.

Of requests that are there already it is read from their text, this once.
"""

from __future__ import annotations

import json
import re
from html import unescape

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_REQUESTS = sa.table(
    "queued_requests",
    sa.column("id", sa.Uuid),
    sa.column("purpose", sa.String),
    sa.column("subject", sa.String),
    sa.column("message", sa.String),
    sa.column("xml", sa.Text),
    sa.column("sent", sa.Text),
)
_ADDS = ("InvoiceAdd", "SalesReceiptAdd", "CreditMemoAdd", "ReceivePaymentAdd")
_FIELDS = {
    "number": "<RefNumber>([^<]+)</RefNumber>",
    "day": "<TxnDate>([0-9]{4}-[0-9]{2}-[0-9]{2})</TxnDate>",
    "party": "<CustomerRef><FullName>([^<]+)</FullName>",
}
_AT_A_TIME = 1_000
_AS_A_PERSON_SAID = " ask"


def upgrade() -> None:
    """From the schema before: what was sent stood in the text alone."""
    op.add_column("queued_requests", sa.Column("sent", sa.Text(), nullable=True))
    op.add_column("queued_requests", sa.Column("ended_by", sa.String(32), nullable=True))
    db = op.get_bind()
    told = sa.or_(_REQUESTS.c.message.in_(_ADDS), _REQUESTS.c.purpose == "sentinel")
    ids = list(db.scalars(sa.select(_REQUESTS.c.id).where(told, _REQUESTS.c.xml.is_not(None))))
    for start in range(0, len(ids), _AT_A_TIME):
        some = _REQUESTS.c.id.in_(ids[start : start + _AT_A_TIME])
        for key, xml in db.execute(sa.select(_REQUESTS.c.id, _REQUESTS.c.xml).where(some)).all():
            db.execute(_REQUESTS.update().where(_REQUESTS.c.id == key).values(sent=json.dumps(_said(xml))))
    _give_purposes_of_their_own(db)


def _said(xml: str) -> dict[str, object]:
    found = {name: re.search(pattern, xml) for name, pattern in _FIELDS.items()}
    said: dict[str, object] = {name: unescape(match[1]) for name, match in found.items() if match is not None}
    txn_ids = re.findall("<TxnID>([^<]+)</TxnID>", xml)
    return said | ({"txn_ids": txn_ids} if txn_ids else {})


def _give_purposes_of_their_own(db: sa.Connection) -> None:
    """What a person said has purposes of its own; what is about the file as such has no subject."""
    asked = sa.select(_REQUESTS.c.id, _REQUESTS.c.purpose, _REQUESTS.c.subject)
    for key, purpose, subject in db.execute(asked.where(_REQUESTS.c.purpose.in_(("verify", "seek")))).all():
        if subject.endswith(_AS_A_PERSON_SAID):
            document = subject.removesuffix(_AS_A_PERSON_SAID).partition("-")[0]
            new = "check" if purpose == "verify" else "check_mark"
            db.execute(_REQUESTS.update().where(_REQUESTS.c.id == key).values(purpose=new, subject=document))
    db.execute(_REQUESTS.update().where(_REQUESTS.c.purpose == "sentinel").values(subject=""))


def downgrade() -> None:
    """Back to the schema before."""
    old = _REQUESTS.c.purpose.in_(("check", "check_mark"))
    db = op.get_bind()
    asked = sa.select(_REQUESTS.c.id, _REQUESTS.c.purpose, _REQUESTS.c.subject).where(old)
    for key, purpose, subject in db.execute(asked).all():
        back = ("verify", f"{subject}-{subject} ask") if purpose == "check" else ("seek", f"{subject} ask")
        db.execute(_REQUESTS.update().where(_REQUESTS.c.id == key).values(purpose=back[0], subject=back[1]))
    db.execute(_REQUESTS.update().where(_REQUESTS.c.purpose == "sentinel").values(subject="newest"))
    op.drop_column("queued_requests", "ended_by")
    op.drop_column("queued_requests", "sent")
