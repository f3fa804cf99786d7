"""Why a request was queued: the one word that decides who reads its answer."""

from __future__ import annotations

from enum import StrEnum


class Purpose(StrEnum):
    """The subject that goes with each is named behind it."""

    POST = "post"  # document id: add, change or void it
    READ_FOR_CHANGE = "read_for_change"  # document id: what stands in the books now
    ENSURE = "ensure"  # list entry id: is it there?
    CREATE = "create"  # list entry id: add it
    LOOK = "look"  # request id: was this uncertain write executed?
    LOOK_CHANGED = "look_changed"  # request id: was it executed, and its number or date altered since?
    LOOK_DELETED = "look_deleted"  # request id: was it executed and deleted since?
    SENTINEL = "sentinel"  # "newest": do our newest postings still stand in the file?
    SENTINEL_DELETED = "sentinel_deleted"  # document id: did somebody delete the one that is missing?
    VERIFY = "verify"  # "first-last what" document ids: which of these still stand in the file? (backup.IfMissing)
    SEEK = "seek"  # "document-id what": does it stand in the file under another TxnID? (backup.IfMissing)
    COMPARE = "compare"  # document id: does it say there what it was changed into last?
    GREETING = "greeting"  # "": asks for nothing that matters, so that a session can end cleanly
