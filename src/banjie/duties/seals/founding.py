"""The seals the rulebook tells of, as facts: taken in, activated, sealed away on the days it names; safe to repeat."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction

from banjie.duties.seals import policy, register
from banjie.duties.seals.models import Authority, Seal
from banjie.duties.seals.register import Given
from banjie.engine.codec import OFFICE_ZONE
from banjie.records.organisation.rulebook import read
from banjie.records.parties import sealing
from banjie.store import papers as typesetter
from banjie.store.log import queries

SEALS = UUID("0b7e5a52-59f5-5a1c-9c1e-6b7a9b2f7d11")


def load(pseudonym_of: Callable[[str], str], at: datetime) -> int:
    """Take in every seal of rulebook/seals that is not there yet, with its ceremonies; how many there were.

    Each licensing seal in use gets an authority for the newest template of every kind that seals itself.
    """
    found = 0
    for path in sorted((Path(settings.RULEBOOK) / "seals").glob("[0-9]*.yaml")):
        plain = read(path)
        for told in plain["seals"]:
            found += _load(told, pseudonym_of)
    with transaction.atomic():
        for row in Seal.objects.filter(state="active", use=policy.LICENSING).order_by("code"):
            _authorise(row, at)
    return found


def _load(told: Mapping[str, Any], pseudonym_of: Callable[[str], str]) -> bool:
    stream = uuid5(SEALS, told["code"])
    if Seal.objects.filter(stream=stream).exists():
        return False
    keepers = tuple(pseudonym_of(each) for each in told["keepers"])
    given = Given(told["agency"], told["use"], told["title"], told["code"], keepers)
    first = told["activated"]["day"]
    with transaction.atomic():
        by = pseudonym_of(told["activated"]["by"])
        row = register.taken_in(given, by, stream, _opened(first), first, queries.installation().demo)
        for what, done in register.DONE.items():
            if done in told:
                _ceremony(row, what, told[done], pseudonym_of)
    return True


def _ceremony(row: Seal, what: str, told: Mapping[str, Any], pseudonym_of: Callable[[str], str]) -> None:
    at, by, second = _opened(told["day"]), pseudonym_of(told["by"]), pseudonym_of(told["second"])
    key = sealing.key_of(row.stream)
    assert key is not None, "it was just made"
    opened = register.told(
        by,
        at,
        ceremony=what,
        on=told["day"].isoformat(),
        present=sorted({by, second}),
        text=sealing.seal(key, "ceremony", told["text"]),
        file="",
    )
    register.tell(row, "ceremony_opened", opened, uuid5(row.stream, f"{what}/opened"))
    done = register.told(second, at, on=told["day"].isoformat(), opened_by=by)
    register.tell(row, register.DONE[what], done, uuid5(row.stream, what))


def _authorise(row: Seal, at: datetime) -> None:
    known = set(Authority.objects.filter(seal=row).values_list("kind", "template"))
    wanted = [(kind, template(kind)) for kind in policy.kinds(at.date(), policy.TEMPLATE)]
    missing = sorted(set(wanted) - known)
    if missing:
        opened = _opened(row.activated_on or at.date())
        body = register.told(row.keepers[0], opened, papers=[list(each) for each in missing])
        register.tell(row, "authority_given", body, uuid5(row.stream, f"authority/{len(known)}/{missing}"), "founding")


def template(kind: str) -> str:
    """The newest template of a kind of paper, or the plain one."""
    try:
        return typesetter.newest(kind)
    except FileNotFoundError:
        return typesetter.newest("general")


def _opened(on: date) -> datetime:
    """Nine in the morning of a day, at the office."""
    return datetime.combine(on, time(9), OFFICE_ZONE)
