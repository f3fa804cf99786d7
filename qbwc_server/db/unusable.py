"""Why a database cannot be used, in sentences for whoever runs the server."""

from __future__ import annotations

from qbwc_server.errors import Unusable


class DriverMissing(Unusable):
    """The program was installed without the part that speaks to PostgreSQL."""

    code = "driver_missing"
    advice = "Install it with: pip install 'qbwc-server[postgres]'"


class DatabaseUnusable(Unusable):
    """The file of the database cannot be used."""

    code = "database_unusable"
    advice = "Check QBWC_DATABASE_URL, and whose the file and its folder are; see: qbwc-server settings"


class SchemaOutdated(Unusable):
    """The database has another schema than this version of the program."""

    code = "schema_outdated"
    advice = "Back up the database, then run: qbwc-server db upgrade"


class DatabaseMissing(SchemaOutdated):
    """There is no database yet."""

    code = "database_missing"
    advice = (
        "Make it with: qbwc-server db upgrade. If there should be one, this is not the folder, or QBWC_DATABASE_URL is "
        "not the address that you mean; see: qbwc-server settings"
    )


class SchemaUnknown(Unusable):
    """The database was upgraded by a newer version of the program."""

    code = "schema_unknown"
    advice = "Start that newer version, or restore the backup made before the upgrade."
