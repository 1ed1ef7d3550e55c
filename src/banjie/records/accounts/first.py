"""The first administrators of an installation, made once by whoever sets the machine up: after that by nobody.

Each account is one of the three kinds that exclude one another (三权分立). A password holds for the first sign-in only.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records.accounts import keeping, names, trail
from banjie.records.accounts.kinds import ADMINISTRATORS, Kind
from banjie.records.accounts.models import User


def open_administrators(wanted: Sequence[tuple[Kind, str]], at: datetime) -> list[tuple[User, str]]:
    """The accounts with their passwords, in the order asked for; all of them or none. Each is a fact.

    NotPossible administrators_stand where any was ever made. BadInput, by user name: an administrator is lacking, a
    name is taken twice or already, or tells something about its owner.
    """
    problems = [(kind.value, "needed") for kind in ADMINISTRATORS if kind not in {each for each, _ in wanted}]
    seen: set[str] = set()
    for _, username in wanted:
        known = username.strip().lower()
        code = names.problem(username)
        if known in seen or User.objects.filter(username=known).exists():
            code = "user_name_taken"
        if code:
            problems.append((username, code))
        seen.add(known)
    with transaction.atomic():
        if User.objects.filter(kind__in=ADMINISTRATORS).exists():
            raise NotPossible("administrators_stand")
        if problems:
            raise BadInput(problems)
        return [(user := _opened(kind, username, at), keeping.for_once(user)) for kind, username in wanted]


def _opened(kind: Kind, username: str, at: datetime) -> User:
    user = User.objects.create_user(username, kind=kind)
    trail.record(user, "opened", "", at)
    return user
