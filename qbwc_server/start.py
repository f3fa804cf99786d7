"""Where the console script begins: Ctrl-C while the program is still loading ends it with a word, not a traceback."""

import gc
import sys

STOPPED = 130
COLLECT_AFTER = (20_000, 20, 50)  # Python's own are 700, 10 and 10


def main() -> None:
    """Load the command line and run it."""
    collect_seldom()
    try:
        from qbwc_server.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        raise SystemExit(STOPPED) from None


def collect_seldom() -> None:
    """Look for garbage less often than Python does by default.

    Nothing that is loaded is garbage, and little of what an answer of QuickBooks becomes: to look for it took a
    tenth of the CPU time of a start, and 3 of 100 of that of an update session.
    """
    gc.set_threshold(*COLLECT_AFTER)
