"""The .qwc file of a company: what a partner downloads and adds to the Web Connector."""

from __future__ import annotations

from uuid import UUID

from qbwc_server.connector.models import ConnectorLogin
from qbwc_server.settings import Settings
from qbwc_server.tenancy.models import Company
from qwc_templates import QwcFile, render
from qwc_templates.qwc_file import DESCRIPTION_LIMIT


def qwc_file(company: Company, login: ConnectorLogin, settings: Settings, *, every_minutes: int | None = None) -> bytes:
    """The file's bytes. Raises qwc_templates.QwcError where the public address cannot be used.

    Args:
        every_minutes: how often the Web Connector calls by itself when Auto-Run is on.
    """
    name = f"{company.name} ({company.code})"
    return render(
        QwcFile(
            app_name=name,
            app_url=f"{settings.base_url}/qbwc",
            app_description=f"Posts invoices and sales of {company.name}"[:DESCRIPTION_LIMIT].rstrip(),
            app_support=f"{settings.base_url}/support",
            user_name=login.user,
            owner_id=UUID(login.owner_id),
            file_id=UUID(login.file_id),
            app_display_name=name,
            app_unique_name=f"qbwc-server {company.code}",
            run_every_minutes=every_minutes,
        )
    )
