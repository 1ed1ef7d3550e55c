"""`banjie worker`: the feed, the followers and the clock. Runs alone, any number of times."""

import argparse

from banjie.config import worker


def run(given: argparse.Namespace) -> int:
    """Work until stopped."""
    if given.once:
        while worker.turn():
            pass
    else:
        worker.run()
    return 0
