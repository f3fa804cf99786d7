"""Partners, under which companies stand, users, and what each is where. Every company gets a partner of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """From the schema before."""
    op.create_table(
        "partners",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partners")),
        sa.UniqueConstraint("code", name=op.f("uq_partners_code")),
    )
    op.create_table(
        "users",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.execute("INSERT INTO partners (code, name, created_at) SELECT code, name, created_at FROM companies ORDER BY id")
    with op.batch_alter_table("companies", schema=None) as batch_op:
        batch_op.add_column(sa.Column("partner_id", _KEY, nullable=True))
    op.execute("UPDATE companies SET partner_id = (SELECT id FROM partners WHERE partners.code = companies.code)")
    with op.batch_alter_table("companies", schema=None) as batch_op:
        batch_op.alter_column("partner_id", existing_type=_KEY, nullable=False)
        batch_op.create_foreign_key(op.f("fk_companies_partner_id"), "partners", ["partner_id"], ["id"])
        batch_op.create_index(op.f("ix_companies_partner_id"), ["partner_id"])
    _create_memberships()


def _create_memberships() -> None:
    op.create_table(
        "memberships",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("user_id", _KEY, nullable=False),
        sa.Column("partner_id", _KEY, nullable=True),
        sa.Column("company_id", _KEY, nullable=True),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("limits", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(partner_id IS NULL) <> (company_id IS NULL)", name="of_a_partner_or_a_company"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_memberships_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_memberships_partner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_memberships_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint("user_id", "partner_id", name=op.f("uq_memberships_user_id_partner_id")),
        sa.UniqueConstraint("user_id", "company_id", name=op.f("uq_memberships_user_id_company_id")),
    )
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_memberships_partner_id"), ["partner_id"])
        batch_op.create_index(op.f("ix_memberships_company_id"), ["company_id"])


def downgrade() -> None:
    """Back to the schema before: people go, companies stay."""
    op.drop_table("memberships")
    with op.batch_alter_table("companies", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_companies_partner_id"))
        batch_op.drop_constraint(op.f("fk_companies_partner_id"), type_="foreignkey")
        batch_op.drop_column("partner_id")
    for table in ("users", "partners"):
        op.drop_table(table)
