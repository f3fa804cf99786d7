"""Where the portal is, and which addresses somebody may be sent to after signing in."""

from __future__ import annotations

import re

PREFIX = "/portal"
# no backslash, no colon before a slash, no second slash at the start: nothing that a browser takes for another site
_OWN = re.compile(rf"{PREFIX}(?:/[A-Za-z0-9._~-]+)*/?(?:\?[A-Za-z0-9._~%=&+-]*)?")
_LONGEST = 500


def own_address(said: str | None) -> str | None:
    """``said`` where it is an address of a page here; None for everything else."""
    if said is None or len(said) > _LONGEST or not _OWN.fullmatch(said) or "/.." in said:
        return None
    return said
