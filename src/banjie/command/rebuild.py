"""`banjie rebuild`: recreate every derived row from the log."""

import argparse

from banjie.cases import bundles, rebuild
from banjie.duties.archive import rebuild as archive
from banjie.duties.delivery import rebuild as delivery
from banjie.duties.fees import rebuild as fees
from banjie.duties.inspections import rebuild as inspections
from banjie.duties.licences import rebuild as licences
from banjie.duties.papers import rebuild as papers
from banjie.duties.publicity import rebuild as publicity
from banjie.duties.queue import rebuild as queue
from banjie.duties.seals import rebuild as seals
from banjie.duties.statistics import rebuild as statistics
from banjie.duties.supervision import rebuild as supervision
from banjie.records.accounts import follow as accounts
from banjie.records.catalogue import rebuild as catalogue
from banjie.records.organisation import grants
from banjie.records.parties import rebuild as parties
from banjie.store.evidence import tree


def run(given: argparse.Namespace) -> int:
    """Print how many cases were rebuilt."""
    versions = catalogue.rebuild()
    people = parties.rebuild()
    given_posts, trail = grants.rebuild(), accounts.rebuild()
    cases = rebuild.rebuild()
    joint = bundles.rebuild()
    held = licences.rebuild()
    made_out = papers.rebuild()
    filed = archive.rebuild()
    public = publicity.rebuild()
    doors = queue.rebuild()
    parcels = delivery.rebuild()
    money = fees.rebuild()
    looks = inspections.rebuild()
    stamps = seals.rebuild()
    cards = supervision.rebuild()
    leaves = tree.rebuild()
    figures = statistics.rebuild()
    told = {
        "of the catalogue": versions,
        "of parties and mandates": people,
        "of posts given": given_posts,
        "of the audit trail": trail,
        "of joint handlings": joint,
        "of licences": held,
        "of papers": made_out,
        "of the archive": filed,
        "of what is public": public,
        "of the queue": doors,
        "of the delivery": parcels,
        "of the fees": money,
        "of inspections": looks,
        "of seals": stamps,
        "of supervision": cards,
        "of the tree": leaves,
        "of the figures": figures,
    }
    rows = ", ".join(f"{count} {what}" for what, count in told.items())
    print(f"Rows that stand as their histories say: {rows}, and those of {cases} cases.")
    return 0
