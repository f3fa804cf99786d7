"""Which token made a token: it is revoked with it; and reasons that do not speak of invoices alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


_REASONS = {
    "invoice_not_posted": "named_not_posted",
    "not_posted": "named_not_posted",
    "invoice_not_found": "named_not_found",
}


def upgrade() -> None:
    """From the schema before: of tokens that are there nobody knows any more who made them."""
    with op.batch_alter_table("api_tokens", schema=None) as batch_op:
        batch_op.add_column(sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_api_tokens_made_by"), "api_tokens", ["made_by"], ["id"], ondelete="SET NULL"
        )
    documents = sa.table("documents", sa.column("reason", sa.String))
    for old, new in _REASONS.items():
        op.execute(documents.update().where(documents.c.reason == old).values(reason=new))


def downgrade() -> None:
    """Back to the schema before."""
    with op.batch_alter_table("api_tokens", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_api_tokens_made_by"), type_="foreignkey")
        batch_op.drop_column("made_by")
