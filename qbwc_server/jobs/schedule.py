"""The timed jobs, all in one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from qbwc_server.alarms.summary import send_summary
from qbwc_server.alarms.watching import purge_alarms, watch_companies
from qbwc_server.asked.asking import drop_asked, expire_asked
from qbwc_server.billing_runs.by_the_clock import bill_when_due
from qbwc_server.billing_runs.looking_ahead import look_ahead
from qbwc_server.books.mirror.refreshing import refresh_when_due
from qbwc_server.books.mirror.retention import drop_list_requests
from qbwc_server.bulk.doing import purge_bulk, work_off_bulk
from qbwc_server.channels.connections.by_the_clock import run_by_the_clock
from qbwc_server.channels.connections.retention import shorten_records
from qbwc_server.clock import Clock
from qbwc_server.connector.sessions import close_silent_sessions
from qbwc_server.db import Database
from qbwc_server.jobs.asked_for import BULK_ACTION, RUN_CONNECTION
from qbwc_server.jobs.due import Daily, Every, When
from qbwc_server.jobs.each import BILLING, BULK, COMPANY, CONNECTION, SERVER, WEBHOOK, Each
from qbwc_server.jobs.runs import purge_job_runs
from qbwc_server.mapping.by_the_clock import follow_mappings
from qbwc_server.outbox.mail import deliver_mail, purge_mail
from qbwc_server.outbox.password_letters import answer_resets
from qbwc_server.posting.inquiries import drop_inquiries
from qbwc_server.posting.same_file.looking_again import look_again
from qbwc_server.queue.retention import shorten_evidence
from qbwc_server.settings import Settings
from qbwc_server.tenancy.browser_sessions import purge_browser_sessions
from qbwc_server.tenancy.guessing import purge_login_failures
from qbwc_server.tenancy.kept_answers import purge_kept_answers
from qbwc_server.tenancy.password_resets import purge_resets
from qbwc_server.webhooks.sending import deliver_webhook, purge_deliveries


class Work(Protocol):
    """What a job does. It takes of these keywords what it needs, and leaves the rest to ``**_: object``."""

    def __call__(
        self,
        *,
        database: Database,
        settings: Settings,
        clock: Clock,
        due_at: datetime,
        subject_id: int,
        checkpoint: Callable[[], None],
    ) -> str:
        """Do it, in transactions of its own, each of them short; a second time it does no harm.

        Args:
            due_at: the moment for which it runs; on a late run, long ago.
            subject_id: the number of the company or connection it runs for; 0 for the server.
            checkpoint: to be called between two transactions of long work. It ends the work by an exception when the
                process is to stop (the run is done later, from the start) or another has taken the run over.

        Returns:
            What was done, as a sentence; "" when there was nothing to do.

        Raises:
            Exception: whatever went wrong; it is logged and shown, and the job is tried again when it is next due.
        """
        ...


@dataclass(frozen=True)
class Job:
    """What runs by the clock. ``name`` is for ever: a run that is known under it is not done again."""

    name: str
    when: When
    each: Each
    work: Work


JOBS: tuple[Job, ...] = (
    Job("close_silent_sessions", Every(1), SERVER, close_silent_sessions),
    Job("purge_login_failures", Daily(3, 30), SERVER, purge_login_failures),
    Job("shorten_evidence", Daily(4, 0), SERVER, shorten_evidence),
    Job("drop_list_requests", Daily(4, 20), SERVER, drop_list_requests),
    Job("drop_inquiries", Every(60), SERVER, drop_inquiries),
    Job("look_again", Daily(4, 30), COMPANY, look_again),
    Job(RUN_CONNECTION, Every(60), CONNECTION, run_by_the_clock),  # each by its own schedule
    Job("shorten_records", Daily(4, 10), SERVER, shorten_records),
    Job("refresh_lists", Every(60), SERVER, refresh_when_due),
    Job("purge_browser_sessions", Daily(3, 50), SERVER, purge_browser_sessions),
    Job("watch_companies", Every(5), SERVER, watch_companies),
    Job("send_summary", Daily(7, 0), COMPANY, send_summary),
    Job("purge_alarms", Daily(3, 55), SERVER, purge_alarms),
    Job("answer_resets", Every(1), SERVER, answer_resets),
    Job("purge_resets", Daily(3, 50), SERVER, purge_resets),
    Job("deliver_mail", Every(1), SERVER, deliver_mail),
    Job("purge_mail", Daily(3, 45), SERVER, purge_mail),
    Job("deliver_webhooks", Every(1), WEBHOOK, deliver_webhook),
    Job("purge_deliveries", Daily(3, 45), SERVER, purge_deliveries),
    Job("purge_kept_answers", Daily(3, 55), SERVER, purge_kept_answers),
    Job("expire_asked", Every(1), COMPANY, expire_asked),
    Job("drop_asked", Daily(4, 25), SERVER, drop_asked),
    Job("follow_mappings", Every(5), COMPANY, follow_mappings),
    Job(BULK_ACTION, Every(1), BULK, work_off_bulk),  # what was asked for and not begun, or broken off
    Job("bill_subscriptions", Every(1), BILLING, bill_when_due),
    Job("look_ahead_at_billing", Every(60), BILLING, look_ahead),
    Job("purge_bulk", Daily(3, 35), SERVER, purge_bulk),
    Job("purge_job_runs", Daily(3, 40), SERVER, purge_job_runs),
)
