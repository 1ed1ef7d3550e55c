"""`banjie rebuild`: recreate every derived row from the log."""

import argparse

from banjie.cases import bundles, rebuild
from banjie.duties.inspections import rebuild as inspections
from banjie.duties.queue import rebuild as queue
from banjie.duties.statistics import rebuild as statistics
from banjie.duties.supervision import rebuild as supervision
from banjie.records.catalogue import rebuild as catalogue
from banjie.records.parties import rebuild as parties


def run(given: argparse.Namespace) -> int:
    """Print how many cases were rebuilt."""
    versions = catalogue.rebuild()
    people = parties.rebuild()
    cases = rebuild.rebuild()
    joint = bundles.rebuild()
    doors = queue.rebuild()
    looks = inspections.rebuild()
    cards = supervision.rebuild()
    figures = statistics.rebuild()
    told = f"{versions} rows of the catalogue, {people} of parties and mandates, {joint} joint handlings, {doors} of the queue, {looks} of inspections, {cards} of supervision, {figures} of the figures"
    print(f"{told} and the rows of {cases} cases stand as their histories say.")
    return 0
