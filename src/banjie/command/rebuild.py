"""`banjie rebuild`: recreate every derived row from the log."""

import argparse

from banjie.cases import rebuild
from banjie.duties.queue import rebuild as queue
from banjie.records.catalogue import rebuild as catalogue
from banjie.records.parties import rebuild as parties


def run(given: argparse.Namespace) -> int:
    """Print how many cases were rebuilt."""
    versions = catalogue.rebuild()
    people = parties.rebuild()
    cases = rebuild.rebuild()
    doors = queue.rebuild()
    told = f"{versions} rows of the catalogue, {people} of parties and mandates, {doors} of the queue"
    print(f"{told} and the rows of {cases} cases stand as their histories say.")
    return 0
