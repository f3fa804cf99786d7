"""Where the console script begins: Ctrl-C while the program is still loading ends it with a word, not a traceback."""

import sys

STOPPED = 130


def main() -> None:
    """Load the command line and run it."""
    try:
        from qbwc_server.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        raise SystemExit(STOPPED) from None
