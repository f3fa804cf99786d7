"""Where the reference material lies during development; on a user's machine it does not exist."""

from pathlib import Path

import pytest

_FOLDER = Path(__file__).resolve().parents[2] / "shared"


def shared(*parts: str) -> Path:
    """A file or folder of the reference material; skips the calling test where it is absent."""
    path = _FOLDER.joinpath(*parts)
    if not path.exists():
        pytest.skip("the reference material (../shared) is not on this machine")
    return path
