"""``python -m qbwc_server.cli``: the same as ``qbwc-server``, where the script is not on the path."""

from qbwc_server.cli import main

if __name__ == "__main__":
    main()
