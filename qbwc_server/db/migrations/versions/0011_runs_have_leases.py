"""Runs of jobs have leases, and belong to a subject."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# kept: a week of what runs every minute, more than a year of the rest
_LATER = {
    "sqlite": "datetime(due_at, CASE job WHEN 'close_silent_sessions' THEN '+7 days' ELSE '+400 days' END)",
    "postgresql": "due_at + CASE job WHEN 'close_silent_sessions' THEN interval '7 days' ELSE interval '400 days' END",
}
_COPY = """
    INSERT INTO job_runs (job, subject_id, due_at, state, precedence, claim, beat, deaths,
        started_at, ended_at, code, detail, keep_until)
    SELECT job, 0, due_at, CASE outcome WHEN 'running' THEN 'failed' ELSE outcome END, 0, 1, 0, 0,
        started_at, coalesce(finished_at, started_at),
        CASE outcome WHEN 'running' THEN 'job_killed' WHEN 'failed' THEN 'job_broke' END, detail, """


def upgrade() -> None:
    """From the schema before. A run that has not ended by now was killed."""
    op.execute("CREATE TABLE job_runs_before AS SELECT * FROM job_runs")
    op.drop_table("job_runs")
    op.create_table(
        "job_runs",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("subject_id", _KEY, nullable=False),
        sa.Column("company_id", _KEY, nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("precedence", sa.Integer(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=True),
        sa.Column("beat", sa.Integer(), nullable=False),
        sa.Column("deaths", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("keep_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_job_runs_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_runs")),
        sa.UniqueConstraint("subject_id", "job", "due_at", name=op.f("uq_job_runs_subject_id_job_due_at")),
    )
    with op.batch_alter_table("job_runs", schema=None) as batch_op:
        batch_op.create_index("ix_job_runs_company_id", ["company_id"], unique=False)
        batch_op.create_index("ix_job_runs_keep_until", ["keep_until"], unique=False)
        batch_op.create_index(
            "ix_job_runs_due",
            ["precedence", "due_at", "id"],
            unique=False,
            postgresql_where=sa.text("state = 'due'"),
            sqlite_where=sa.text("state = 'due'"),
        )
        batch_op.create_index(
            "one_running_per_job_and_subject",
            ["job", "subject_id"],
            unique=True,
            postgresql_where=sa.text("state = 'running'"),
            sqlite_where=sa.text("state = 'running'"),
        )
    op.execute(_COPY + _LATER[op.get_bind().dialect.name] + " FROM job_runs_before WHERE company_id = 0")
    op.drop_table("job_runs_before")


def downgrade() -> None:
    """Back to the schema before."""
    op.execute("CREATE TABLE job_runs_after AS SELECT * FROM job_runs")
    op.drop_table("job_runs")
    op.create_table(
        "job_runs",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("company_id", _KEY, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_runs")),
        sa.UniqueConstraint("job", "company_id", "due_at", name=op.f("uq_job_runs_job_company_id_due_at")),
    )
    op.execute(
        "INSERT INTO job_runs (job, company_id, due_at, outcome, detail, started_at, finished_at) "
        "SELECT job, subject_id, due_at, state, detail, started_at, ended_at FROM job_runs_after "
        "WHERE state IN ('running', 'done', 'failed')"
    )
    op.drop_table("job_runs_after")
