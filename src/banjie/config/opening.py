"""Opening the web process: it imports what it serves while `banjie serve` looks after the database, and then waits.

Two things take about a second each at a start: importing every address, and looking whether tables, items and people
stand. They do not need one another, so they run side by side; only answering waits for both.
"""

import os
import time
from pathlib import Path

from django.urls import get_resolver

from banjie.store.log import pulse

OPEN_WHEN = "BANJIE_OPEN_WHEN"
"""The path of a file that `banjie serve` makes when everything stands, and a colon before it its process id."""
LOOK_SECONDS = 0.01


def when_everything_stands() -> None:
    """Import every address; then return as soon as the house may be entered. SystemExit where who opens it has ended.

    At once in a process that nobody told to wait: under a server of its own, which first looks at the clock when it is
    asked something; one that waits looks back to the worker's last pulse.
    """
    _ = get_resolver().url_patterns
    told = os.environ.get(OPEN_WHEN, "")
    if not told:
        return
    opener, _, path = told.partition(":")
    while not Path(path).exists():
        if not _lives(int(opener)):
            raise SystemExit("banjie serve ended before everything stood")
        time.sleep(LOOK_SECONDS)
    pulse.recall()


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
