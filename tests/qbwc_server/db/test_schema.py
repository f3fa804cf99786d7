"""Migrations lead to what the code declares, on both engines, and never lose a row on the way."""

from __future__ import annotations

import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import argon2
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import event, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from qbwc_server.books.holds import holds_of
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.setting_up import Choices, add_connection
from qbwc_server.channels.connections.states import ConnectionState
from qbwc_server.channels.feed.channel import FEED
from qbwc_server.connector.logins import login_of
from qbwc_server.db import Database, make_engine, schema
from qbwc_server.db.unusable import SchemaOutdated, SchemaUnknown
from qbwc_server.documents.history import history
from qbwc_server.documents.kinds import read_document
from qbwc_server.documents.kinds.one_deal import number_key
from qbwc_server.documents.models import DocumentRow
from qbwc_server.jobs.runs import JobRun
from qbwc_server.jobs.states import RunState
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.options import options_of
from qbwc_server.posting.submitting.hand_in import hand_in
from qbwc_server.settings import load
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.companies import add_company, companies
from qbwc_server.tenancy.credentials import password_matches
from qbwc_server.tenancy.partners import partners
from qbwc_server.tenancy.tokens import tokens_of
from tests.conftest import on_server


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
        return
    url = make_url(request.getfixturevalue("postgres_template"))
    name = "empty_" + uuid.uuid4().hex
    on_server(url, f"CREATE DATABASE {name}")
    yield url.set(database=name).render_as_string(hide_password=False)
    on_server(url, f"DROP DATABASE {name} WITH (FORCE)")


def test_an_empty_database_is_not_current_and_becomes_so(empty_url: str) -> None:
    engine = make_engine(empty_url)
    assert schema.current(engine) is None
    assert not schema.is_current(engine)
    with pytest.raises(SchemaOutdated, match="none") as refusal:
        schema.require_current(engine)
    assert "qbwc-server db upgrade" in refusal.value.advice
    schema.upgrade(empty_url)
    assert schema.current(engine) == schema.head()
    schema.require_current(engine)
    engine.dispose()


def test_the_migrations_lead_to_what_the_code_declares(empty_url: str) -> None:
    schema.upgrade(empty_url)
    engine = make_engine(empty_url)
    assert schema.differences(engine) == []
    engine.dispose()


def test_a_table_more_is_a_difference(empty_url: str) -> None:
    schema.upgrade(empty_url)
    engine = make_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE stranger (id INTEGER PRIMARY KEY)"))
    assert schema.differences(engine) != []
    engine.dispose()


def test_partial_indexes_are_partial_on_both_engines(database: Database) -> None:
    # compare_metadata does not look at the WHERE of an index, and exactly-once stands on this one
    indexes = {index["name"]: index for index in inspect(database.engine).get_indexes("message_sets")}
    index = indexes["one_in_flight_per_company"]
    assert index["unique"]
    where = index["dialect_options"][f"{database.engine.dialect.name}_where"]
    assert "delivery" in str(where)
    assert "in_flight" in str(where)


def test_partial_indexes_name_the_states_that_the_code_declares(database: Database) -> None:
    dialect = database.engine.dialect.name
    for table in schema.declared().tables.values():
        there = {index["name"]: index for index in inspect(database.engine).get_indexes(table.name)}
        for index in table.indexes:
            where = index.dialect_options[dialect]["where"]
            if where is not None:
                found = str(there[index.name]["dialect_options"][f"{dialect}_where"])
                assert set(re.findall("'([a-z_]+)'", found)) == set(re.findall("'([a-z_]+)'", str(where))), index.name


def test_what_the_first_schema_holds_survives_the_second(empty_url: str) -> None:
    engine = make_engine(empty_url)
    with engine.connect() as connection:
        command.upgrade(schema._config(connection), "0001")
    rows = [("posted", "'1772463600'"), ("decided", "NULL")]  # by QuickBooks' word, and by that of a person
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO companies (id, code, name, time_zone, owner_id, file_id, connector_user, "
                "connector_password_hash, company_file, posting_options, accept_next_file, created_at) VALUES "
                "(1, 'kern', 'Kern', 'UTC', 'o', 'f', 'kern', 'h', '', '{}', false, '2026-03-02 15:00:00')"
            )
        )
        for number, (origin, edit_sequence) in enumerate(rows, 1):
            connection.execute(
                text(
                    "INSERT INTO documents (id, company_id, origin, kind, date, customer, body, body_digest, revision, "
                    "state, operation, txn_id, edit_sequence, posted_at, created_at, changed_at) VALUES "
                    f"({number}, 1, '{origin}', 'invoice', '2026-03-02', 'Acme', '{{}}', 'd', 1, 'posted', 'add', "
                    f"'{number}-1', {edit_sequence}, '2026-03-02 15:00:00', '2026-03-02 14:00:00', "
                    "'2026-03-02 15:00:00')"
                )
            )
    schema.upgrade(empty_url)
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT origin, written_at = posted_at FROM documents ORDER BY id")).all()
    assert [(origin, bool(known)) for origin, known in kept] == [("posted", True), ("decided", False)]
    engine.dispose()


def downgrade(url: str, revision: str) -> None:
    engine = make_engine(url)
    if engine.dialect.name == "sqlite":  # as schema.upgrade does: changing a table there means dropping the old one
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=OFF"))
    with engine.connect() as connection:
        command.downgrade(schema._config(connection), revision)
    engine.dispose()


def test_runs_of_jobs_survive_the_way_to_leases(empty_url: str) -> None:
    engine = make_engine(empty_url)
    with engine.connect() as connection:
        command.upgrade(schema._config(connection), "0010")
    at = "'2026-03-02 15:00:00'"
    with engine.begin() as connection:
        for job, outcome, ended in (("a", "done", at), ("b", "failed", at), ("c", "running", "NULL")):
            connection.execute(
                text(
                    "INSERT INTO job_runs (job, company_id, due_at, outcome, detail, started_at, finished_at) "
                    f"VALUES ('{job}', 0, {at}, '{outcome}', 'x', {at}, {ended})"
                )
            )
    schema.upgrade(empty_url)
    with Session(engine) as db:
        runs = db.scalars(select(JobRun).order_by(JobRun.job)).all()
    assert [(run.state, run.code, run.detail) for run in runs] == [
        (RunState.DONE, None, "x"), (RunState.FAILED, "job_broke", "x"), (RunState.FAILED, "job_killed", "x"),
    ]  # fmt: skip
    assert {(run.ended_at, run.keep_until) for run in runs} == {
        (datetime(2026, 3, 2, 15, tzinfo=UTC), datetime(2027, 4, 6, 15, tzinfo=UTC))
    }
    downgrade(empty_url, "0010")
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT job, outcome FROM job_runs ORDER BY job")).all()
    assert [tuple(row) for row in kept] == [("a", "done"), ("b", "failed"), ("c", "failed")]
    schema.upgrade(empty_url)
    engine.dispose()


def test_old_history_says_who_acted_and_of_which_kind(empty_url: str) -> None:
    engine = make_engine(empty_url)
    with engine.connect() as connection:
        command.upgrade(schema._config(connection), "0002")
    old = ["QuickBooks", "server", "API", "command line", "Ann O'Hara, command line", "demo", "x" * 100]
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO companies (id, code, name, time_zone, owner_id, file_id, connector_user, "
                "connector_password_hash, company_file, posting_options, accept_next_file, created_at) VALUES "
                "(1, 'kern', 'Kern', 'UTC', 'o', 'f', 'kern', 'h', '', '{}', false, '2026-03-02 15:00:00')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO documents (id, company_id, origin, kind, date, customer, body, body_digest, revision, "
                "state, operation, created_at, changed_at) VALUES (1, 1, 'a', 'invoice', '2026-03-02', 'Acme', '{}', "
                "'d', 1, 'for_review', 'add', '2026-03-02 14:00:00', '2026-03-02 15:00:00')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO document_events (company_id, document_id, at, by, event, to_state) "
                "VALUES (1, 1, '2026-03-02 15:00:00', :by, 'created', 'for_review')"
            ),
            [{"by": by} for by in old],
        )
    schema.upgrade(empty_url)
    with Session(engine) as db:
        found = [event.by for event in history(db, 1)]
    kinds = ["quickbooks", "server", "token", "command_line", "command_line", "person", "person"]
    assert [by.kind.value for by in found] == kinds
    assert [str(by) for by in found] == old
    downgrade(empty_url, "0002")
    with engine.connect() as connection:
        assert list(connection.execute(text("SELECT by FROM document_events ORDER BY id")).scalars()) == old
    engine.dispose()


def test_a_customer_becomes_the_party_of_its_documents(empty_url: str) -> None:
    engine = make_engine(empty_url)
    with engine.connect() as connection:
        command.upgrade(schema._config(connection), "0005")
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO companies (id, code, name, time_zone, owner_id, file_id, connector_user, "
                "connector_password_hash, company_file, posting_options, accept_next_file, created_at) VALUES "
                "(1, 'kern', 'Kern', 'UTC', 'o', 'f', 'kern', 'h', '', '{}', false, '2026-03-02 15:00:00')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO documents (id, company_id, origin, kind, date, customer, body, body_digest, revision, "
                "state, operation, created_at, changed_at) VALUES (1, 1, 'a', 'invoice', '2026-03-02', 'Acme', '{}', "
                "'d', 1, 'for_review', 'add', '2026-03-02 14:00:00', '2026-03-02 15:00:00')"
            )
        )
    schema.upgrade(empty_url)
    with Session(engine) as db:
        row = db.get_one(DocumentRow, 1)
        assert (row.party, row.party_kind, row.subtotal, row.written) == ("Acme", ListKind.CUSTOMER, None, None)
    downgrade(empty_url, "0005")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT customer FROM documents")).scalar_one() == "Acme"
    engine.dispose()


_COMPANY_OF_2 = (
    "INSERT INTO companies (id, code, name, time_zone, owner_id, file_id, connector_user, connector_password_hash, "
    "company_file, posting_options, hold, hold_detail, accept_next_file, created_at) VALUES (:id, :code, 'Kern', "
    "'UTC', 'o', 'f', :code, 'h', '', '{}', :hold, :detail, false, '2026-03-02 15:00:00')"
)


def test_old_holds_stand_on(empty_url: str) -> None:
    engine = make_engine(empty_url)
    with engine.connect() as connection:
        command.upgrade(schema._config(connection), "0005")
    old = [(None, None), ("other_file", "B is open."), ("restored_backup", "1 is missing."), ("paused", None)]
    with engine.begin() as connection:
        for number, (hold, detail) in enumerate(old, 1):
            connection.execute(
                text(_COMPANY_OF_2), {"id": number, "code": f"c{number}", "hold": hold, "detail": detail}
            )
    schema.upgrade(empty_url)
    with Session(engine) as db:
        found = [[(hold.kind.value, hold.detail) for hold in holds_of(db, number)] for number in range(1, 5)]
        by = [hold.by.kind.value for number in range(2, 5) for hold in holds_of(db, number)]
    assert found == [[], [old[1]], [old[2]], [("paused", "Writing is on hold.")]]
    assert by == ["quickbooks", "quickbooks", "command_line"]
    downgrade(empty_url, "0005")
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT hold FROM companies ORDER BY id")).scalars()
        assert list(kept) == [hold for hold, _ in old]
    engine.dispose()


def test_logins_and_options_leave_the_company(empty_url: str) -> None:
    engine = make_engine(empty_url)
    with engine.connect() as connection:
        command.upgrade(schema._config(connection), "0008")
    hashed = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("secret")
    with engine.begin() as connection:
        for number, options in enumerate(("{}", '{"ar_account":"A/R"}'), 1):
            connection.execute(
                text(
                    "INSERT INTO companies (id, code, name, time_zone, owner_id, file_id, connector_user, "
                    "connector_password_hash, company_file, minimum_interval_s, postpone_until, posting_options, "
                    "created_at) VALUES (:id, :code, 'Kern', 'UTC', 'o', 'f', :code, :hash, 'C:\\K.QBW', 900, "
                    "'2026-03-02 16:00:00', :options, '2026-03-02 15:00:00')"
                ),
                {"id": number, "code": f"c{number}", "hash": hashed, "options": options},
            )
    schema.upgrade(empty_url)
    with Session(engine) as db:
        login = login_of(db, 2)
        assert (login.user, login.owner_id, login.file_id, login.company_file) == ("c2", "o", "f", "C:\\K.QBW")
        assert (login.minimum_interval_s, login.postpone_until) == (900, datetime(2026, 3, 2, 16, tzinfo=UTC))
        assert password_matches(login.password_hash, "secret", None)
        assert [options_of(db, number).ar_account for number in (1, 2)] == [None, "A/R"]
    downgrade(empty_url, "0008")
    with engine.connect() as connection:
        kept = connection.execute(
            text("SELECT connector_user, connector_password_hash, minimum_interval_s, posting_options FROM companies")
        ).all()
    assert sorted(tuple(row) for row in kept) == [
        ("c1", hashed, 900, "{}"), ("c2", hashed, 900, '{"ar_account":"A/R"}'),
    ]  # fmt: skip
    engine.dispose()


def test_every_company_gets_a_partner_of_its_own(empty_url: str) -> None:
    engine = make_engine(empty_url)
    with engine.connect() as connection:
        command.upgrade(schema._config(connection), "0022")
    with engine.begin() as connection:
        for code in ("kern", "acme"):
            company = {"code": code, "name": f"{code} & Co."}
            connection.execute(
                text(
                    "INSERT INTO companies (code, name, time_zone, created_at) "
                    "VALUES (:code, :name, 'UTC', '2026-03-02 15:00:00')"
                ),
                company,
            )
            connection.execute(
                text(
                    "INSERT INTO api_tokens (company_id, digest, label, scopes, created_at) "
                    "SELECT id, code, 'till', 'read', created_at FROM companies WHERE code = :code"
                ),
                company,
            )
    schema.upgrade(empty_url)
    with Session(engine) as db:
        found = [(each.code, partner.code, partner.name) for each in companies(db) for partner in partners(db)
                 if each.partner_id == partner.id]  # fmt: skip
        assert found == [("acme", "acme", "acme & Co."), ("kern", "kern", "kern & Co.")]
        assert [(each.id, len(tokens_of(db, each.id))) for each in companies(db)] == [(2, 1), (1, 1)]
        added = add_company(db, code="more", name="More", time_zone="UTC", now=datetime(2026, 3, 2, tzinfo=UTC))
        assert added.partner_id not in {each.partner_id for each in companies(db) if each is not added}
    downgrade(empty_url, "0022")
    with engine.connect() as connection:
        assert list(connection.execute(text("SELECT code FROM companies ORDER BY id")).scalars()) == ["kern", "acme"]
        assert connection.execute(text("SELECT count(*) FROM api_tokens")).scalar_one() == 2
    schema.upgrade(empty_url)
    engine.dispose()


def test_upgrading_again_changes_nothing(database: Database, database_url: str) -> None:
    with database.transaction() as db:
        db.execute(text("INSERT INTO login_failures (key, count, last_at) VALUES ('k', 1, '2026-03-02 15:00:00')"))
    schema.upgrade(database_url)
    with database.reading() as db:
        assert db.execute(text("SELECT count(*) FROM login_failures")).scalar_one() == 1


def test_an_upgrade_that_breaks_off_leaves_nothing_behind(empty_url: str) -> None:
    engine = make_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE passengers (in_the_way INTEGER)"))
    with pytest.raises(DBAPIError, match="passengers"):
        schema.upgrade(empty_url)
    assert inspect(engine).get_table_names() == ["passengers"]
    assert schema.current(engine) is None
    engine.dispose()


def test_several_processes_may_upgrade_at_once(empty_url: str) -> None:
    program = "import sys; from qbwc_server.db import schema; schema.upgrade(sys.argv[1])"
    upgrades = [
        subprocess.Popen([sys.executable, "-c", program, empty_url], stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    ends = [(upgrade.communicate()[1], upgrade.returncode) for upgrade in upgrades]
    assert [code for _, code in ends] == [0, 0, 0], ends
    engine = make_engine(empty_url)
    assert schema.is_current(engine)
    engine.dispose()


def test_a_database_of_a_newer_version_is_left_alone(database: Database, database_url: str) -> None:
    with database.transaction() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaUnknown, match="9999"):
        schema.require_current(database.engine)
    with pytest.raises(SchemaUnknown):
        schema.upgrade(database_url)


def test_looking_does_not_wait_for_a_writer(sqlite_database: Database) -> None:
    with sqlite_database.transaction() as db:
        db.execute(text("INSERT INTO login_failures (key, count, last_at) VALUES ('k', 1, '2026-03-02 15:00:00')"))
        assert schema.is_current(sqlite_database.engine)  # would wait half a minute, then fail


def test_what_is_not_worth_waiting_for_does_not_wait_for_a_writer(database: Database) -> None:
    with database.transaction() as db:
        db.execute(text("INSERT INTO login_failures (key, count, last_at) VALUES ('k', 1, '2026-03-02 15:00:00')"))
    change = text("UPDATE login_failures SET count = count + 1")
    with database.transaction() as db:
        db.execute(change)
        with pytest.raises(OperationalError), database.at_once() as other:  # would wait half a minute, then fail
            other.execute(change)
    with database.at_once() as db:
        db.execute(change)
    with database.transaction() as db:  # who waits, waits again afterwards
        assert db.execute(text("SELECT count FROM login_failures")).scalar_one() == 3
        if database.engine.dialect.name == "sqlite":
            assert db.execute(text("PRAGMA busy_timeout")).scalar_one() == 30_000


def test_a_migration_without_a_change_is_refused() -> None:
    before = sorted((Path(schema.__file__).parent / "migrations/versions").glob("*.py"))
    with pytest.raises(ValueError, match="already say"):
        schema.write_migration("nothing")
    assert sorted((Path(schema.__file__).parent / "migrations/versions").glob("*.py")) == before


def test_the_names_of_schemas_are_those_that_alembic_knows() -> None:
    scripts = ScriptDirectory(str(Path(schema.__file__).parent / "migrations"))
    assert schema.head() == scripts.get_current_head()
    assert list(schema.names()) == [script.revision for script in scripts.walk_revisions()][::-1]


def test_runs_from_before_uploads_stay_the_only_ones_of_their_connection(empty_url: str) -> None:
    schema.upgrade(empty_url)
    database = Database(empty_url)
    now = datetime(2026, 3, 2, 15, tzinfo=UTC)
    run = (
        "INSERT INTO connection_runs (company_id, connection_id, {0}started_at, heard_at, outcome, windows, pages, "
        "new, changed, known, set_aside, documents, \"by\") VALUES (1, 1, {1}'2026-03-02 15:00:00', "
        "'2026-03-02 15:00:00', 'under_way', '{{}}', 0, 0, 0, 0, 0, '{{}}', 'person:Ann')"
    )
    fetched, uploaded = run.format("", ""), run.format("file, ", "'a.csv', ")
    with database.transaction() as db:
        company = add_company(db, code="kern", name="Kern", time_zone="UTC", now=now)
        add_connection(
            db, company, FEED, {"address": "https://shop.example.com", "name": "tea"}, Choices(), settings=load(),
            by=Actor(ActorKind.PERSON), now=now,
        )  # fmt: skip
    with database.engine.connect() as connection:
        command.downgrade(schema._config(connection), "0039")
    with database.engine.begin() as connection:
        connection.execute(text(fetched))
    schema.upgrade(empty_url)
    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.execute(text(fetched))
    with database.engine.begin() as connection:
        connection.execute(text(uploaded))
        connection.execute(text(uploaded))
        told = connection.execute(text("SELECT file FROM connection_runs ORDER BY id")).scalars().all()
    assert told == [None, "a.csv", "a.csv"]
    database.engine.dispose()


def test_connections_from_before_that_run_are_taken_for_started(empty_url: str) -> None:
    schema.upgrade(empty_url)
    database = Database(empty_url)
    now = datetime(2026, 3, 2, 15, tzinfo=UTC)
    with database.transaction() as db:
        company = add_company(db, code="kern", name="Kern", time_zone="UTC", now=now)
        for name in ("running", "being_set_up"):
            values = {"address": "https://shop.example.com", "name": name.replace("_", "-")}
            row = add_connection(
                db, company, FEED, values, Choices(), settings=load(), by=Actor(ActorKind.PERSON), now=now
            )
            row.state = ConnectionState(name)
    with database.engine.connect() as connection:
        command.downgrade(schema._config(connection), "0048")
    schema.upgrade(empty_url)
    with database.reading() as db:
        found = {row.state.value: row.started_at for row in db.scalars(select(Connection))}
    assert found == {"running": now, "being_set_up": None}
    database.engine.dispose()


def test_documents_from_before_are_found_by_the_key_of_their_numbers(empty_url: str) -> None:
    schema.upgrade(empty_url)
    database = Database(empty_url)
    now = datetime(2026, 3, 2, 15, tzinfo=UTC)
    with database.transaction() as db:
        company = add_company(db, code="kern", name="Kern", time_zone="UTC", now=now)
        sale = read_document(
            {
                "kind": "sales_receipt",
                "origin": "shop:1",
                "number": "R-0042",
                "date": "2026-03-02",
                "customer": "Ann",
                "lines": [{"item": "Hour", "amount": "1.00"}],
            }
        )
        hand_in(db, company, [sale], by=Actor(ActorKind.PERSON), now=now, submit_now=False)
    downgrade(empty_url, "0047")
    schema.upgrade(empty_url)
    with database.reading() as db:
        assert db.scalar(select(DocumentRow.number_key)) == number_key("r 42")
    database.engine.dispose()
