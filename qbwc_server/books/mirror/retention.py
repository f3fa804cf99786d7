"""What was asked about lists is dropped soon: the copy holds what came of it, and it proves nothing of a document."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from qbwc_server.books.mirror.asking import ListPurpose
from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.queue.retention import drop_settled

KEPT = timedelta(days=14)  # long enough to see why a reading came to nothing


def drop_list_requests(*, database: Database, clock: Clock, checkpoint: Callable[[], None], **_: object) -> str:
    """Drop settled questions about lists, and the message sets in which they travelled alone; a job."""
    dropped = drop_settled(database, tuple(ListPurpose), clock() - KEPT, checkpoint)
    return f"Questions about lists dropped: {dropped}." if dropped else ""
