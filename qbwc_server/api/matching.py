"""ETag and If-Match: nothing is done to a document that is another one than the caller read."""

from __future__ import annotations

import hashlib

from flask import Response, jsonify, request

from qbwc_server.api.errors import Changed
from qbwc_server.documents.models import DocumentRow
from qbwc_server.reports.documents import document_record


def tag_of(row: DocumentRow) -> str:
    """Another one whenever anything about the document is another: content, state, posting, notes."""
    said = repr((sorted(document_record(row).items()), row.body))
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def tagged(row: DocumentRow) -> Response:
    """The document as an answer, with its ETag."""
    answer = jsonify(document_record(row))
    answer.set_etag(tag_of(row))
    return answer


def require_match(row: DocumentRow | None) -> None:
    """The document is as the header If-Match says, where there is one. Raises Changed."""
    if row is None or not request.if_match.contains(tag_of(row)):
        raise Changed
