"""What a company file remembers of a message set, for applications that ask again (newMessageSetID)."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from qbwc_server.simulator.switches import ErrorRecovery, Switches
from qbxml.envelope import CLEAR_ALL_MESSAGE_SETS, MessageSet, answer_set

NO_STATE_TO_CLEAR = 600
OTHER_REQUESTS = 9001
INVALID_ID = 9004


@dataclass(frozen=True)
class Stored:
    """A completed message set. Only the newest is kept."""

    message_set_id: str
    checksum: str  # of the whole text as it came
    full: tuple[str, ...]  # the answers as they were given
    brief: tuple[str, ...]  # the same with ErrorRecovery instead of objects


@dataclass
class Memory:
    """The recovery state of one company file."""

    switches: Switches
    stored: Stored | None = None

    def lookup(self, asked: MessageSet, text: str) -> str | None:
        """The answer from memory; None when the set is to be executed.

        Clearing happens here too, also in front of a set that is then executed.
        """
        new, old = asked.new_message_set_id, asked.old_message_set_id
        if self.switches.error_recovery is ErrorRecovery.OFF or (new is None and old is None):
            return None
        if new is not None and new == old and not asked.requests:
            return self._probe(new)
        if new is not None and self.stored is not None and self.stored.message_set_id == new:
            if self.stored.checksum != checksum(text):
                return self._answer((), OTHER_REQUESTS, new)
            return self._answer(self._remembered(self.stored), 0, new)
        code = self._clear(old) if old is not None else 0
        if not asked.requests:
            return self._answer((), code if new is None else 0, new)
        return None

    def store(self, asked: MessageSet, text: str, full: Sequence[str], brief: Sequence[str]) -> None:
        """Remember a completed set that came with an id; the one before is forgotten."""
        if asked.new_message_set_id is not None and self.switches.error_recovery is not ErrorRecovery.OFF:
            self.stored = Stored(asked.new_message_set_id, checksum(text), tuple(full), tuple(brief))

    def envelope(self, asked: MessageSet, answers: Sequence[str]) -> str:
        """The document with these answers; with a code where the set came with ids."""
        ids = asked.new_message_set_id is not None or asked.old_message_set_id is not None
        if not ids or self.switches.error_recovery is ErrorRecovery.OFF:
            return answer_set(answers)
        return self._answer(answers, 0, asked.new_message_set_id)

    def invalid_id(self) -> str:
        """The answer to an id that is too long: nothing is executed."""
        return self._answer((), INVALID_ID, None)

    def _probe(self, message_set_id: str) -> str:
        if self.stored is None or self.stored.message_set_id != message_set_id:
            return self._answer((), self.switches.unknown_probe_code, message_set_id)
        return self._answer(self._remembered(self.stored), 0, message_set_id)

    def _remembered(self, stored: Stored) -> Sequence[str]:
        return stored.full if self.switches.error_recovery is ErrorRecovery.FULL else stored.brief

    def _clear(self, old: str) -> int:
        if old == CLEAR_ALL_MESSAGE_SETS:
            self.stored = None
            return 0
        if self.stored is None or self.stored.message_set_id != old:
            return NO_STATE_TO_CLEAR
        self.stored = None
        return 0

    @staticmethod
    def _answer(answers: Sequence[str], code: int, new: str | None) -> str:
        return answer_set(["\n", *answers], message_set_status_code=code, new_message_set_id=new)


def checksum(text: str) -> str:
    """Of a message set as it came, byte for byte."""
    return sha256(text.encode()).hexdigest()
