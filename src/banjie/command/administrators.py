"""`banjie administrators`: the first of each of the three kinds, with passwords that are shown once and hold once."""

import argparse
import sys

from banjie import words
from banjie.command import prepare
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records.accounts.first import open_administrators
from banjie.records.accounts.models import Kind
from banjie.store.log import queries
from banjie.web import clock

LANGUAGE = "en"
"""Of what a terminal says."""
ONE_ALONE = """\
Only one security administrator: what needs two of them (posts that decide, a password they have forgotten) waits until
there is another, and nobody can make one afterwards."""
NEXT = """\
Each signs in once with this password, sets another one and a second factor (BANJIE_SECOND_FACTOR_POSTS), before
anything else. Hand each line to its owner alone: it is shown here this once."""


def run(given: argparse.Namespace) -> int:
    """Print user names and passwords; 1 where administrators stand, one is lacking, or a name cannot be."""
    prepare.database()
    known = queries.find_installation()
    if known is not None and known.demo:
        print("A demo has its administrators, who sign in like everybody in it. Nothing was changed.", file=sys.stderr)
        return 1
    prepare.installation(demo=False)
    wanted = [(kind, name) for kind in Kind for name in getattr(given, kind.value, [])]
    try:
        made = open_administrators(wanted, clock.now())
    except BadInput as bad:
        for path, code in bad.problems:
            print(f"{path}: {words.problem(code, LANGUAGE)}", file=sys.stderr)
        print("Name one --operator, one --audit and two --security. Nothing was changed.", file=sys.stderr)
        return 1
    except NotPossible as no:
        told = words.refusal(no, LANGUAGE)
        print(f"{told.what} {told.next}", file=sys.stderr)
        return 1
    for user, password in made:
        print(f"{user.kind:<10} {user.username:<20} {password}")
    print(NEXT, file=sys.stderr)
    if len(given.security) < 2:
        print(ONE_ALONE, file=sys.stderr)
    return 0
