"""Since when no witness has signed, for the pages that say it (web/silence.html)."""

from typing import Any

from banjie.store.evidence import standing


def silence() -> dict[str, Any]:
    """What the template is given."""
    found = standing.standing()
    return {
        "standing": found,
        "silent_minutes": found.silent_for // standing.MINUTE,
        "silent_hours": found.silent_for // standing.HOUR,
    }
