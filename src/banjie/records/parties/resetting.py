"""A code for a forgotten password, given at the window: only to whoever shows the identity of the account's party."""

from datetime import datetime

from django.db import transaction

from banjie.engine.commands import Actor
from banjie.engine.guards import require_staff
from banjie.engine.not_possible import NotPossible
from banjie.records.accounts import passwords
from banjie.records.accounts.models import Kind, User
from banjie.records.parties import register, sealing
from banjie.records.parties.models import Party


def party_of(username: str) -> Party:
    """The party of an applicant's account; NotPossible no_such_party, party_erased."""
    with transaction.atomic():
        return register.living(_user(username).pseudonym)


def give_code(username: str, id_number: str, by: Actor, at: datetime) -> tuple[Party, str]:
    """The party and a code for its account, good for an hour; that it was given is a fact on the party's stream.

    The number on the original must be the one the party is registered with. NotPossible staff_only, needs_clerk,
    party_erased; no_such_party, the same for an unknown name and for another's number.
    """
    require_staff(by, "clerk")
    with transaction.atomic():
        user = _user(username)
        party = register.living(user.pseudonym)
        told = sealing.opened(party.stream, party.ref) or {}
        if _same(told.get("id_number", "")) != _same(id_number):
            raise NotPossible("no_such_party")
        register.record(party, "reset_code_given", {"unit": by.unit}, by.id, at)
        return party, passwords.give_reset_code(user, at)


def _user(username: str) -> User:
    user = User.objects.filter(username=username.strip().lower(), kind=Kind.APPLICANT, is_active=True).first()
    if user is None:
        raise NotPossible("no_such_party")
    return user


def _same(number: str) -> str:
    return "".join(number.split()).upper()
