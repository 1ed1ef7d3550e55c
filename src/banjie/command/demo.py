"""`banjie demo`: fill an installation created as a demo with the demo county and its cases."""

import argparse

from banjie.command import prepare


def run(given: argparse.Namespace) -> int:
    """Prepare the database, found the county, tell its cases; print the log-ins. 1 where it is no demo."""
    prepare.database()
    if not prepare.installation(demo=True):
        print("This installation was not created as a demo, and the mark is set only once. Nothing was changed.")
        return 1
    prepare.demo()
    print(prepare.log_ins())
    return 0
