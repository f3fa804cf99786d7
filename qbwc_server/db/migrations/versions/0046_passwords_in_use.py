"""Whether a connector has come with the password in force."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the schema before; what is there already is taken for used."""
    op.add_column("connector_logins", sa.Column("has_opened", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("connector_logins", schema=None) as batch_op:
        batch_op.alter_column("has_opened", server_default=None)


def downgrade() -> None:
    """Back to the schema before."""
    op.drop_column("connector_logins", "has_opened")
