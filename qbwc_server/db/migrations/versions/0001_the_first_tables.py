"""the first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the schema before."""
    op.create_table(
        "companies",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("connector_user", sa.String(length=64), nullable=False),
        sa.Column("connector_password_hash", sa.String(length=200), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("file_id", sa.String(length=36), nullable=False),
        sa.Column("company_file", sa.Text(), nullable=False),
        sa.Column("minimum_interval_s", sa.Integer(), nullable=True),
        sa.Column("postpone_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hold", sa.String(length=32), nullable=True),
        sa.Column("hold_detail", sa.Text(), nullable=True),
        sa.Column("accept_next_file", sa.Boolean(), nullable=False),
        sa.Column("posting_options", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_companies")),
        sa.UniqueConstraint("code", name=op.f("uq_companies_code")),
        sa.UniqueConstraint("connector_user", name=op.f("uq_companies_connector_user")),
    )
    op.create_table(
        "job_runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_runs")),
        sa.UniqueConstraint("job", "company_id", "due_at", name=op.f("uq_job_runs_job_company_id_due_at")),
    )
    op.create_table(
        "login_failures",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_login_failures")),
    )
    with op.batch_alter_table("login_failures", schema=None) as batch_op:
        batch_op.create_index("ix_login_failures_last_at", ["last_at"], unique=False)

    op.create_table(
        "api_tokens",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_api_tokens_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_tokens_digest")),
    )
    with op.batch_alter_table("api_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_tokens_company_id"), ["company_id"], unique=False)

    op.create_table(
        "company_facts",
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file_id", sa.String(length=40), nullable=True),
        sa.Column("company_name", sa.Text(), nullable=True),
        sa.Column("legal_name", sa.Text(), nullable=True),
        sa.Column("file_path", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=True),
        sa.Column("country", sa.String(length=8), nullable=False),
        sa.Column("qbxml_version", sa.String(length=8), nullable=False),
        sa.Column("machine", sa.Text(), nullable=True),
        sa.Column("closing_date", sa.Date(), nullable=True),
        sa.Column("preferences", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_company_facts_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", name=op.f("pk_company_facts")),
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("origin", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_digest", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("operation", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("advice", sa.Text(), nullable=True),
        sa.Column("problems", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("txn_id", sa.String(length=40), nullable=True),
        sa.Column("edit_sequence", sa.String(length=16), nullable=True),
        sa.Column("posted_number", sa.String(length=30), nullable=True),
        sa.Column("posted_total", sa.BigInteger(), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_documents_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("company_id", "origin", name=op.f("uq_documents_company_id_origin")),
    )
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.create_index("ix_documents_company_number", ["company_id", "number"], unique=False)
        batch_op.create_index("ix_documents_company_posted", ["company_id", "posted_at"], unique=False)
        batch_op.create_index("ix_documents_company_state", ["company_id", "state", "id"], unique=False)

    op.create_table(
        "list_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name_key", sa.String(length=255), nullable=False),
        sa.Column("full_name", sa.String(length=255), nullable=False),
        sa.Column("presence", sa.String(length=32), nullable=False),
        sa.Column("list_id", sa.String(length=40), nullable=True),
        sa.Column("details", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_list_entries_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_entries")),
        sa.UniqueConstraint("company_id", "kind", "name_key", name=op.f("uq_list_entries_company_id_kind_name_key")),
    )
    op.create_table(
        "message_sets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("delivery", sa.String(length=32), nullable=False),
        sa.Column("writes", sa.Boolean(), nullable=False),
        sa.Column("request_count", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answer_bytes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("hresult", sa.String(length=20), nullable=True),
        sa.Column("hresult_message", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_message_sets_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_sets")),
    )
    with op.batch_alter_table("message_sets", schema=None) as batch_op:
        batch_op.create_index("ix_message_sets_company_sent", ["company_id", "sent_at"], unique=False)
        batch_op.create_index(
            "one_in_flight_per_company",
            ["company_id"],
            unique=True,
            postgresql_where=sa.text("delivery = 'in_flight'"),
            sqlite_where=sa.text("delivery = 'in_flight'"),
        )

    op.create_table(
        "pace",
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_pace_company_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("company_id", name=op.f("pk_pace")),
    )
    op.create_table(
        "queued_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("message", sa.String(length=40), nullable=False),
        sa.Column("writes", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("xml", sa.Text(), nullable=True),
        sa.Column("largest_set", sa.SmallInteger(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("status_message", sa.Text(), nullable=True),
        sa.Column("result_id", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_queued_requests_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queued_requests")),
    )
    with op.batch_alter_table("queued_requests", schema=None) as batch_op:
        batch_op.create_index(
            "ix_queued_requests_due",
            ["company_id", "priority", "id"],
            unique=False,
            postgresql_where=sa.text("state = 'queued'"),
            sqlite_where=sa.text("state = 'queued'"),
        )
        batch_op.create_index(
            "ix_queued_requests_open",
            ["company_id", "state"],
            unique=False,
            postgresql_where=sa.text("state IN ('waiting', 'sent', 'uncertain', 'disputed')"),
            sqlite_where=sa.text("state IN ('waiting', 'sent', 'uncertain', 'disputed')"),
        )
        batch_op.create_index("ix_queued_requests_subject", ["company_id", "purpose", "subject"], unique=False)

    op.create_table(
        "update_sessions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_call_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("qbxml_version", sa.String(length=8), nullable=True),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("posted", sa.Text(), nullable=False),
        sa.Column("needs_you", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("hresult", sa.String(length=20), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("advice", sa.Text(), nullable=True),
        sa.Column("closing_words", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_update_sessions_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_update_sessions")),
        sa.UniqueConstraint("ticket_digest", name=op.f("uq_update_sessions_ticket_digest")),
    )
    with op.batch_alter_table("update_sessions", schema=None) as batch_op:
        batch_op.create_index("ix_update_sessions_company_started", ["company_id", "started_at"], unique=False)
        batch_op.create_index(
            "one_open_session_per_company",
            ["company_id"],
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "document_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("event", sa.String(length=24), nullable=False),
        sa.Column("from_state", sa.String(length=24), nullable=True),
        sa.Column("to_state", sa.String(length=24), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_document_events_company_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_document_events_document_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_events")),
    )
    with op.batch_alter_table("document_events", schema=None) as batch_op:
        batch_op.create_index("ix_document_events_document", ["document_id", "id"], unique=False)

    op.create_table(
        "passengers",
        sa.Column("message_set_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_passengers_company_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["message_set_id"], ["message_sets.id"], name=op.f("fk_passengers_message_set_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["queued_requests.id"], name=op.f("fk_passengers_request_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_set_id", "request_id", name=op.f("pk_passengers")),
    )
    with op.batch_alter_table("passengers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passengers_request_id"), ["request_id"], unique=False)

    op.create_table(
        "request_waits",
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("after_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["after_id"], ["queued_requests.id"], name=op.f("fk_request_waits_after_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_request_waits_company_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["queued_requests.id"], name=op.f("fk_request_waits_request_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("request_id", "after_id", name=op.f("pk_request_waits")),
    )
    with op.batch_alter_table("request_waits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_waits_after_id"), ["after_id"], unique=False)


def downgrade() -> None:
    """Back to the schema before."""
    with op.batch_alter_table("request_waits", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_waits_after_id"))

    op.drop_table("request_waits")
    with op.batch_alter_table("passengers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passengers_request_id"))

    op.drop_table("passengers")
    with op.batch_alter_table("document_events", schema=None) as batch_op:
        batch_op.drop_index("ix_document_events_document")

    op.drop_table("document_events")
    with op.batch_alter_table("update_sessions", schema=None) as batch_op:
        batch_op.drop_index(
            "one_open_session_per_company",
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_update_sessions_company_started")

    op.drop_table("update_sessions")
    with op.batch_alter_table("queued_requests", schema=None) as batch_op:
        batch_op.drop_index("ix_queued_requests_subject")
        batch_op.drop_index(
            "ix_queued_requests_open",
            postgresql_where=sa.text("state IN ('waiting', 'sent', 'uncertain', 'disputed')"),
            sqlite_where=sa.text("state IN ('waiting', 'sent', 'uncertain', 'disputed')"),
        )
        batch_op.drop_index(
            "ix_queued_requests_due",
            postgresql_where=sa.text("state = 'queued'"),
            sqlite_where=sa.text("state = 'queued'"),
        )

    op.drop_table("queued_requests")
    op.drop_table("pace")
    with op.batch_alter_table("message_sets", schema=None) as batch_op:
        batch_op.drop_index(
            "one_in_flight_per_company",
            postgresql_where=sa.text("delivery = 'in_flight'"),
            sqlite_where=sa.text("delivery = 'in_flight'"),
        )
        batch_op.drop_index("ix_message_sets_company_sent")

    op.drop_table("message_sets")
    op.drop_table("list_entries")
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_index("ix_documents_company_state")
        batch_op.drop_index("ix_documents_company_posted")
        batch_op.drop_index("ix_documents_company_number")

    op.drop_table("documents")
    op.drop_table("company_facts")
    with op.batch_alter_table("api_tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_tokens_company_id"))

    op.drop_table("api_tokens")
    with op.batch_alter_table("login_failures", schema=None) as batch_op:
        batch_op.drop_index("ix_login_failures_last_at")

    op.drop_table("login_failures")
    op.drop_table("job_runs")
    op.drop_table("companies")
