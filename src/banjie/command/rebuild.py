"""`banjie rebuild`: recreate every derived row from the log."""

import argparse

from banjie.cases import rebuild
from banjie.records.catalogue import rebuild as catalogue


def run(given: argparse.Namespace) -> int:
    """Print how many cases were rebuilt."""
    versions = catalogue.rebuild()
    cases = rebuild.rebuild()
    print(f"{versions} rows of the catalogue and the rows of {cases} cases stand as their histories say.")
    return 0
