"""`banjie demo`: fill an installation created as a demo with the demo county and half a year of its life."""

import argparse
import os
import sys

from banjie.command import prepare
from banjie.demo import endings, errands
from banjie.web import clock


def run(given: argparse.Namespace) -> int:
    """Prepare the database, found the county, tell its cases; print the log-ins. 1 where it is no demo.

    Broken off, it goes on at the next call; on a later day it tells what happened since.
    """
    prepare.database()
    if not prepare.installation(demo=True):
        print("This installation was not created as a demo, and the mark is set only once. Nothing was changed.")
        return 1
    prepare.demo()
    if given.quiet:
        os.nice(5)  # beside a server: pages first
    told = prepare.cases(None if given.quiet else _report)
    endings.tell(clock.now())
    errands.run(clock.now())
    if not given.quiet:
        print(f"{told.told} cases are told.")
        print(prepare.log_ins())
    return 0


def _report(told: int, planned: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{told} of {planned} cases", end="\n" if told == planned else "", file=sys.stderr, flush=True)
