"""How often something is tried, and how long: every limit, and what follows when it is reached."""

from __future__ import annotations

from datetime import timedelta

# QuickBooks says that it did not execute a request
MOST_REPEATS = 5  # sendings of a request that may simply go again; then a person is told what QuickBooks says
LONGEST_LOCK = timedelta(days=1)  # that long what meets a lock goes again in each session, however many there are
LONGEST_INACTIVE = timedelta(days=14)  # that long a document waits for its customer to be made active again
MOST_NAMES_IN_USE = 2  # times that an entry is looked for because its name is in use; then a person is told
MOST_STALE = 3  # times that somebody else was quicker to change it; then a person looks

# nobody knows whether QuickBooks executed a write: each time it was looked for, and was certainly not there
MOST_SENDINGS_ALONE = 6  # journeys of a write that was alone in its set; then it is given up, and a person is told
MOST_SENDINGS = 20  # of any write
MOST_LOOK_UPS = 3  # times that a look-up is refused; then a person is asked

MOST_SHOWN = 5_000  # entries in the answer to one question; of more than that nobody can say what is not among them

# questions about the company file
MOST_QUESTIONS = 3  # times that one is put before an answer that says nothing is taken for what it is
MOST_UNANSWERED = 12  # journeys of a question that is never answered; then it is given up
PAUSE = timedelta(days=1)  # after a question that was never answered
