"""The table from the purpose of a request to the reader of its answer."""

from __future__ import annotations

from collections.abc import Callable

from qbwc_server.posting.doubt.judge import read_look, read_look_changed, read_look_deleted
from qbwc_server.posting.entries.answers import read_create, read_ensure, read_follow
from qbwc_server.posting.inquiries import read_inquiry
from qbwc_server.posting.onto.choosing import read_choose
from qbwc_server.posting.outcome.answers import read_for_change, read_post
from qbwc_server.posting.outcome.found import read_find
from qbwc_server.posting.outcome.number_taken import read_look_number
from qbwc_server.posting.outcome.outcome import Work
from qbwc_server.posting.requests import Purpose
from qbwc_server.posting.same_file.beside import read_look_beside
from qbwc_server.posting.same_file.comparing import read_compare, read_compare_as_is
from qbwc_server.posting.same_file.inventory import (
    read_check,
    read_check_mark,
    read_seek,
    read_verify,
)
from qbwc_server.posting.same_file.looking_again import read_look_again, read_look_closer
from qbwc_server.posting.same_file.marks import read_marks
from qbwc_server.posting.same_file.newest import read_sentinel, read_sentinel_closer, read_sentinel_deleted
from qbwc_server.posting.same_file.twice import read_look_twice
from qbwc_server.queue.reply import Reply
from qbwc_server.queue.settling import RequestRow

Reader = Callable[[Work, RequestRow, Reply], None]

READERS: dict[str, Reader] = {
    Purpose.POST: read_post,
    Purpose.READ_FOR_CHANGE: read_for_change,
    Purpose.CHOOSE: read_choose,
    Purpose.LOOK_NUMBER: read_look_number,
    Purpose.FIND: read_find,
    Purpose.ENSURE: read_ensure,
    Purpose.FOLLOW: read_follow,
    Purpose.CREATE: read_create,
    Purpose.LOOK: read_look,
    Purpose.LOOK_CHANGED: read_look_changed,
    Purpose.LOOK_DELETED: read_look_deleted,
    Purpose.SENTINEL: read_sentinel,
    Purpose.MARKS: read_marks,
    Purpose.LOOK_TWICE: read_look_twice,
    Purpose.SENTINEL_DELETED: read_sentinel_deleted,
    Purpose.SENTINEL_CLOSER: read_sentinel_closer,
    Purpose.VERIFY: read_verify,
    Purpose.SEEK: read_seek,
    Purpose.CHECK: read_check,
    Purpose.CHECK_MARK: read_check_mark,
    Purpose.COMPARE: read_compare,
    Purpose.COMPARE_AS_IS: read_compare_as_is,
    Purpose.LOOK_AGAIN: read_look_again,
    Purpose.LOOK_BESIDE: read_look_beside,
    Purpose.LOOK_CLOSER: read_look_closer,
    Purpose.INQUIRE: read_inquiry,
}
