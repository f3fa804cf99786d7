"""The calls about a company and what belongs to it: options, connections, lists, words, people, what was done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qbwc_server.client.pages import Pages


class Managing(Pages):
    """What programs do that run a company, beside its documents."""

    def pause(self) -> dict[str, Any]:
        """Write nothing to the company file."""
        return self._changed("POST", "/pause")

    def resume(self, **said: Any) -> dict[str, Any]:
        """Lift a hold; which one and how, as the server's documentation says."""
        return self._changed("POST", "/resume", said)

    def options(self) -> dict[str, Any]:
        """What may be done in the company file."""
        return self._record("/options")

    def change_options(self, **changes: Any) -> dict[str, Any]:
        """Change some; None takes one back to its default."""
        return self._changed("PATCH", "/options", changes)

    def retention(self) -> dict[str, Any]:
        """For how long what is kept."""
        return self._record("/retention")

    def audit(self) -> Iterator[dict[str, Any]]:
        """Who changed what, the newest first."""
        return self._back("/audit", "audit", {})

    def update(self, update_id: int) -> dict[str, Any]:
        """One update session, with the message sets that travelled in it."""
        return self._record(f"/updates/{update_id}")

    def message_set(self, update_id: int, set_id: str) -> dict[str, Any]:
        """What was sent in one set, and what came back, word for word."""
        return self._record(f"/updates/{update_id}/sets/{set_id}")

    def end_work(self, item_id: int, how: str = "done") -> dict[str, Any]:
        """Say that open work has been seen to (done), or that nothing is to be done (dismiss)."""
        return self._changed("POST", f"/open-work/{item_id}/{how}")

    def connections(self) -> list[dict[str, Any]]:
        """What brings documents by itself."""
        found: list[dict[str, Any]] = self._record("/connections")["connections"]
        return found

    def connection(self, connection_id: int) -> dict[str, Any]:
        """One of them, and how it is."""
        return self._record(f"/connections/{connection_id}")

    def run_connection(self, connection_id: int) -> dict[str, Any]:
        """Have it fetch now."""
        return self._changed("POST", f"/connections/{connection_id}/run")

    def pause_connection(self, connection_id: int) -> dict[str, Any]:
        """It fetches nothing until it is resumed."""
        return self._changed("POST", f"/connections/{connection_id}/pause")

    def resume_connection(self, connection_id: int) -> dict[str, Any]:
        """It goes on where it was."""
        return self._changed("POST", f"/connections/{connection_id}/resume")

    def runs(self, connection_id: int) -> Iterator[dict[str, Any]]:
        """Runs of a connection, the newest first."""
        return self._back(f"/connections/{connection_id}/runs", "runs", {})

    def upload(self, name: str, content: bytes, *, key: str | None = None, **parameters: str | int) -> dict[str, Any]:
        """Bring the documents of a file; the same file again adds nothing. ``format``, ``review=1``, ``revise=1``."""
        said: dict[str, str | int] = {"name": name, **parameters}
        media = "application/octet-stream"
        answer = self._calls.change("POST", "/uploads", content, parameters=said, key=key, media=media)
        found: dict[str, Any] = answer.json()
        return found

    def mappings(self) -> Iterator[dict[str, Any]]:
        """What words of sources stand for."""
        return self._all("/mappings", "mappings", {})

    def words_waiting(self) -> list[dict[str, Any]]:
        """Words for which documents wait."""
        found: list[dict[str, Any]] = self._record("/mappings/waiting")["waiting"]
        return found

    def map_word(self, kind: str, word: str, **entry: Any) -> dict[str, Any]:
        """Say what a word stands for; what waits for it goes on."""
        return self._changed("POST", "/mappings", {"kind": kind, "word": word, **entry})

    def lists(self) -> dict[str, Any]:
        """How far each list of the company file is read, and what the file says of itself."""
        return self._record("/lists")

    def search(self, text: str, **filters: str) -> list[dict[str, Any]]:
        """Entries that a text may mean, the likeliest first; ``list="customer"``, ``type``, ``active``."""
        found: list[dict[str, Any]] = self._record("/lists/search", {"text": text, **filters})["entries"]
        return found

    def became(self, kind: str, list_id: str) -> dict[str, Any]:
        """What became of a ListID."""
        return self._record(f"/lists/{kind}/{list_id}")

    def refresh_lists(self, **said: Any) -> dict[str, Any]:
        """Have QuickBooks asked for its lists; ``list="customer"``, ``whole=True``."""
        return self._changed("POST", "/lists/refresh", said)

    def members(self) -> dict[str, Any]:
        """Who may what here, and who is invited."""
        return self._record("/members")

    def invite(self, email: str, role: str) -> dict[str, Any]:
        """A ``link`` that makes somebody a member, shown this once."""
        said = {"email": email, "role": role}
        found: dict[str, Any] = self._calls.ask_once("POST", "/members/invitations", said).json()
        return found

    def end_invitation(self, invitation_id: int) -> dict[str, Any]:
        """It lets nobody in any more."""
        return self._changed("DELETE", f"/members/invitations/{invitation_id}")

    def change_member(self, user_id: int, role: str, limits: str | None = None) -> dict[str, Any]:
        """Another role; limits such as ``invoice=view+edit *=view``."""
        return self._changed("PATCH", f"/members/{user_id}", {"role": role, "limits": limits})

    def remove_member(self, user_id: int) -> dict[str, Any]:
        """A stranger from now on."""
        return self._changed("DELETE", f"/members/{user_id}")

    def bulk(self, action: str, **filters: Any) -> dict[str, Any]:
        """Have one thing done with every document that the filters mean."""
        return self._changed("POST", "/bulk", {"action": action, **filters})

    def bulk_action(self, bulk_id: int) -> dict[str, Any]:
        """How far it is."""
        return self._record(f"/bulk/{bulk_id}")

    def bulk_results(self, bulk_id: int) -> Iterator[dict[str, Any]]:
        """What came of each document."""
        return self._all(f"/bulk/{bulk_id}/results", "results", {})

    def change_webhook(self, webhook_id: int, **changes: Any) -> dict[str, Any]:
        """Another ``url`` or ``events``, or ``enabled``."""
        return self._changed("PATCH", f"/webhooks/{webhook_id}", changes)

    def webhook(self, webhook_id: int) -> dict[str, Any]:
        """One program that is told, and how that goes."""
        return self._record(f"/webhooks/{webhook_id}")

    def renew_webhook_secret(self, webhook_id: int) -> dict[str, Any]:
        """Another ``secret``, shown this once; the old one is good for a day."""
        found: dict[str, Any] = self._calls.ask_once("POST", f"/webhooks/{webhook_id}/secret").json()
        return found

    def try_webhook(self, webhook_id: int) -> dict[str, Any]:
        """Have it told of a trial."""
        return self._changed("POST", f"/webhooks/{webhook_id}/test")
