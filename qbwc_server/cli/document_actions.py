"""``qbwc-server documents exclude | restore | void | keep | re-date | decide``: what a person does with documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click
from sqlalchemy.orm import Session

from qbwc_server.cli.output import json_option, print_json, say
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.documents import store
from qbwc_server.documents.models import LARGEST_ID, DocumentRow
from qbwc_server.posting.people import decide as decisions
from qbwc_server.posting.people.actions import ACTIONS, DocumentAction
from qbwc_server.reports.documents import called, document_record
from qbwc_server.tenancy import companies
from qbwc_server.tenancy.models import Company

_ID = click.IntRange(1, LARGEST_ID)


def _command(action: DocumentAction) -> click.Command:
    @click.argument("company")
    @click.argument("documents", nargs=-1, required=True, type=_ID, metavar="DOCUMENT...")
    @json_option
    @pass_runtime
    def run(runtime: Runtime, company: str, documents: tuple[int, ...], as_json: bool, yes: bool = True) -> None:
        if not yes:
            _ask(runtime, company, documents, action.question or "")
        _change(runtime, company, documents, as_json, action.done, action.work)

    if action.question is not None:
        run = click.option("--yes", is_flag=True, help="Do not ask.")(run)
    return click.command(name=action.code, help=action.says)(run)


def _ask(runtime: Runtime, company: str, ids: Sequence[int], question: str) -> None:
    with runtime.database.reading() as db:
        found = companies.find_company(db, company)
        for each in ids:
            say(called(store.find(db, found.id, each)))
    click.confirm(question, abort=True)


def _change(
    runtime: Runtime, company: str, ids: Sequence[int], as_json: bool, done: str, work: Callable[..., object]
) -> None:
    by, now = runtime.by, runtime.now()
    with runtime.database.transaction() as db:
        found = companies.find_company(db, company)
        rows = [store.find(db, found.id, each) for each in ids]
        for row in rows:
            work(db, found, row, by=by, now=now)
        records, names = [document_record(row) for row in rows], [called(row) for row in rows]
    if as_json:
        print_json({"documents": records})
        return
    for name, record in zip(names, records, strict=True):
        say(f"{name} (document {record['id']}) {done}; it is {record['state'].replace('_', ' ')} now.")


@click.command()
@click.argument("company")
@click.argument("document", type=_ID)
@click.option("--posted-as", metavar="TXNID", help="It is in QuickBooks, under this TxnID.")
@click.option("--not-posted", is_flag=True, help="It is not in QuickBooks.")
@click.option("--confirm", is_flag=True, help="It is the one under --posted-as, although it differs as was shown.")
@json_option
@pass_runtime
def decide(
    runtime: Runtime,
    company: str,
    document: int,
    posted_as: str | None,
    not_posted: bool,
    confirm: bool,
    as_json: bool,
) -> None:
    """Say what became of a document where the evidence does not decide."""
    if (posted_as is not None) == not_posted:
        raise click.UsageError("Say either --posted-as TXNID or --not-posted.")

    def work(db: Session, found: Company, row: DocumentRow, **how: object) -> None:
        decisions.decide(db, found, row, posted_as=posted_as, confirmed=confirm, **how)  # type: ignore[arg-type]  # by and now

    _change(runtime, company, [document], as_json, "is decided", work)


_OF_ITS_OWN = ("submit",)  # takes many, page by page
COMMANDS: tuple[click.Command, ...] = (
    *(_command(action) for action in ACTIONS.values() if action.code not in _OF_ITS_OWN),
    decide,
)
