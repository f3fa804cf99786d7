"""``qbwc-server documents edit``: another content than the source gave a document."""

from __future__ import annotations

import json
from typing import IO

import click

from qbwc_server import strict_json
from qbwc_server.cli.output import json_option, paragraph, print_json, say
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.documents import store
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.errors import Invalid
from qbwc_server.posting.people.edit import edit as edit_document
from qbwc_server.reports.documents import body_record, document_record
from qbwc_server.tenancy import companies


@click.command()
@click.argument("company")
@click.argument("document", type=click.IntRange(1, LARGEST_ID))
@click.argument("file", type=click.File(encoding="utf-8-sig"), required=False)
@click.option("--revision", type=click.IntRange(0), help="Nothing is done to another revision than this.")
@json_option
@pass_runtime
def edit(
    runtime: Runtime, company: str, document: int, file: IO[str] | None, revision: int | None, as_json: bool
) -> None:
    """Replace what a document says by the JSON of a file (- for standard input); without one, write it as it is now.

    It waits for review then. Kind and origin stay.
    """
    if file is None:
        with runtime.database.reading() as db:
            row = store.find(db, companies.find_company(db, company).id, document)
            say(json.dumps(body_record(row), ensure_ascii=False, indent=2))
        return
    content = strict_json.decode(file.read(), "file")
    if not isinstance(content, dict):
        raise Invalid("The file must hold names and values in {}.")
    with runtime.database.transaction() as db:
        found = companies.find_company(db, company)
        row = store.find(db, found.id, document)
        was = row.revision if revision is None else revision
        edit_document(db, found, row, content, revision=was, by=runtime.by, now=runtime.now())
        record = document_record(row)
    if as_json:
        print_json(record)
        return
    say(f"Document {document} is {record['state']}, revision {record['revision']}.")
    for told in (record["message"], record["advice"]):
        if told:
            paragraph(told)
