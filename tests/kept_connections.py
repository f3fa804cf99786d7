"""Connections to PostgreSQL that outlive their engine: a new one reads the whole catalogue anew, a third of a test."""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import event
from sqlalchemy.engine import Dialect, Engine


class KeptConnections:
    """What engines have closed, by database, for the next engine of the same database."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: defaultdict[str, list[psycopg.Connection[Any]]] = defaultdict(list)

    def serve(self, engine: Engine) -> None:
        """Let this engine take and leave its connections here."""
        dialect = engine.pool._dialect  # the engine's own may be shared with others
        event.listen(dialect, "do_connect", self._take)
        dialect.do_close = self._leave  # type: ignore[assignment, method-assign]
        dialect.do_terminate = psycopg.Connection.close  # type: ignore[assignment, method-assign]

    def processes(self, database: str) -> list[int]:
        """The server's process of each connection that is kept to a database."""
        with self._lock:
            return [connection.info.backend_pid for connection in self._kept[database]]

    def forget(self, database: str) -> None:
        """Close what is kept to a database, which then may be dropped."""
        with self._lock:
            kept = self._kept.pop(database, [])
        for connection in kept:
            connection.close()

    def close(self) -> None:
        """Close all."""
        for database in list(self._kept):
            self.forget(database)

    def _take(
        self, _dialect: Dialect, _record: object, _arguments: object, parameters: dict[str, Any]
    ) -> psycopg.Connection[Any] | None:
        """One that is kept, or None: a new one is made then."""
        with self._lock:
            kept = self._kept[parameters.get("dbname", "")]
            while kept:
                connection = kept.pop()
                if connection.info.transaction_status is TransactionStatus.IDLE:
                    return connection
                connection.close()
        return None

    def _leave(self, connection: psycopg.Connection[Any]) -> None:
        """Keep it, unless something is under way on it or it is broken."""
        if connection.closed or connection.info.transaction_status is not TransactionStatus.IDLE:
            connection.close()
            return
        connection.autocommit = False
        connection._notice_handlers.clear()
        with self._lock:
            self._kept[connection.info.dbname].append(connection)
