"""What every command has at hand: settings and database, opened only when a command needs them."""

from __future__ import annotations

import getpass
import os
import socket
from functools import cached_property
from typing import TYPE_CHECKING

import click

from qbwc_server import clock

if TYPE_CHECKING:
    from qbwc_server.db import Database
    from qbwc_server.settings import Settings
    from qbwc_server.tenancy.actor import Actor


class Runtime:
    """Reads the settings once, opens the database once, and refuses an old schema."""

    def __init__(self, settings_file: str | None) -> None:
        self.settings_file = settings_file
        self.now = clock.now

    @cached_property
    def settings(self) -> Settings:
        """The settings in force. Raises BadSettings."""
        from qbwc_server.settings import load

        return load(self.settings_file)

    @cached_property
    def database(self) -> Database:
        """The database. Raises SchemaOutdated where ``db upgrade`` has to come first, and SchemaUnknown."""
        from qbwc_server.db import Database, schema

        database = Database(self.settings.database)
        schema.require_current(database.engine)
        return database

    @property
    def by(self) -> Actor:
        """Who acts, for the history of what is changed."""
        from qbwc_server.tenancy.actor import Actor, ActorKind

        try:
            name = getpass.getuser()
        except (KeyError, OSError, ImportError):  # no such user in the system's list, as in some containers
            name = ""
        return Actor(ActorKind.COMMAND_LINE, name, place=_place())


def _place() -> str:
    """This machine, and from which address somebody has signed in to it, where the shell tells."""
    machine = socket.gethostname()
    address = os.environ.get("SSH_CONNECTION", "").partition(" ")[0]
    return f"{machine}, from {address}" if address else machine


pass_runtime = click.make_pass_decorator(Runtime)
