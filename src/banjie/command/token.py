"""`banjie token USER`: a bearer token for the API, shown once."""

import argparse
import sys

from banjie.records.accounts.models import User
from banjie.records.accounts.tokens import issue_token
from banjie.web import clock


def run(given: argparse.Namespace) -> int:
    """Print the token; 1 for an unknown user."""
    user = User.objects.filter(username=given.user.strip().lower(), is_active=True).first()
    if user is None or not 1 <= given.days <= 366:
        print("There is no such active user, or the days are not 1 to 366. Nothing was issued.", file=sys.stderr)
        return 1
    print(issue_token(user, given.label, given.days, clock.now()))
    return 0
