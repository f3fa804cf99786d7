"""A company is its code, name and zone; its Web Connector's login and its posting options are records of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OF_A_LOGIN = "owner_id, file_id, company_file, minimum_interval_s, postpone_until"


def upgrade() -> None:
    """From the schema before."""
    op.create_table(
        "server_keys",
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("purpose", name=op.f("pk_server_keys")),
    )
    op.create_table(
        "connector_logins",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("company_id", _KEY, nullable=False),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("owner_id", sa.String(36), nullable=False),
        sa.Column("file_id", sa.String(36), nullable=False),
        sa.Column("company_file", sa.Text(), nullable=False),
        sa.Column("minimum_interval_s", sa.Integer(), nullable=True),
        sa.Column("postpone_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_connector_logins_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connector_logins")),
        sa.UniqueConstraint("company_id", name=op.f("uq_connector_logins_company_id")),
        sa.UniqueConstraint("user", name=op.f("uq_connector_logins_user")),
    )
    op.create_table(
        "posting_options",
        sa.Column("company_id", _KEY, nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_posting_options_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", name=op.f("pk_posting_options")),
    )
    op.execute(
        f'INSERT INTO connector_logins (company_id, "user", password_hash, {_OF_A_LOGIN}) '  # noqa: S608  # no input
        f"SELECT id, connector_user, connector_password_hash, {_OF_A_LOGIN} FROM companies ORDER BY id"
    )
    op.execute("INSERT INTO posting_options (company_id, options) SELECT id, posting_options FROM companies")
    with op.batch_alter_table("companies", schema=None) as batch_op:
        batch_op.drop_constraint("uq_companies_connector_user", type_="unique")
        for column in ("connector_user", "connector_password_hash", *_OF_A_LOGIN.split(", "), "posting_options"):
            batch_op.drop_column(column)


def downgrade() -> None:
    """Back to the schema before; passwords that this version hashed must be renewed."""
    added = (
        sa.Column("connector_user", sa.String(64), nullable=False, server_default=""),
        sa.Column("connector_password_hash", sa.String(200), nullable=False, server_default=""),
        sa.Column("owner_id", sa.String(36), nullable=False, server_default=""),
        sa.Column("file_id", sa.String(36), nullable=False, server_default=""),
        sa.Column("company_file", sa.Text(), nullable=False, server_default=""),
        sa.Column("minimum_interval_s", sa.Integer(), nullable=True),
        sa.Column("postpone_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("posting_options", sa.Text(), nullable=False, server_default="{}"),
    )
    with op.batch_alter_table("companies", schema=None) as batch_op:
        for column in added:
            batch_op.add_column(column)
    for name, source in (
        ("connector_user", '"user"'),
        ("connector_password_hash", "password_hash"),
        *((same, same) for same in _OF_A_LOGIN.split(", ")),
    ):
        op.execute(
            f"UPDATE companies SET {name} = (SELECT {source} FROM connector_logins "  # noqa: S608  # no input
            "WHERE company_id = companies.id) WHERE id IN (SELECT company_id FROM connector_logins)"
        )
    op.execute("UPDATE companies SET connector_user = code WHERE connector_user = ''")
    op.execute(
        "UPDATE companies SET posting_options = (SELECT options FROM posting_options WHERE company_id = companies.id) "
        "WHERE id IN (SELECT company_id FROM posting_options)"
    )
    with op.batch_alter_table("companies", schema=None) as batch_op:
        batch_op.create_unique_constraint("uq_companies_connector_user", ["connector_user"])
        for column in added:
            if column.server_default is not None:
                batch_op.alter_column(column.name, existing_type=column.type, server_default=None)
    for table in ("posting_options", "connector_logins", "server_keys"):
        op.drop_table(table)
