"""`banjie reset-code`: a code with which somebody who forgot their password sets a new one; shown once."""

import argparse
import sys

from banjie.records.accounts import passwords
from banjie.records.accounts.models import Kind, User
from banjie.web import clock


def run(given: argparse.Namespace) -> int:
    """Print a code that is good for an hour; 1 for an unknown user name, or one that is not an applicant's."""
    user = User.objects.filter(username=given.user.strip().lower(), kind=Kind.APPLICANT, is_active=True).first()
    if user is None:
        print("No applicant has this user name. Nothing was changed.", file=sys.stderr)
        return 1
    print(passwords.give_reset_code(user, clock.now()))
    return 0
