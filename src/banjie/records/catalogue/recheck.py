"""The gate's checks again, over what is published, when something around it changes: each breach opens a task.

A department cancels an item, a list loses an entry, somebody leaves: the versions in force that rest on it stay in
force, running cases go on, and the keeper of the item is told what to mend and why (M028).
"""

from collections.abc import Iterator
from datetime import date
from itertools import chain

from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.records.catalogue import inherited, lists
from banjie.records.catalogue.gate import prerequisites, roles
from banjie.records.catalogue.models import Finding
from banjie.records.catalogue.surroundings import around, newest_of_all


def recheck(on: date, touching: frozenset[str] | None = None) -> list[Finding]:
    """Look again at every newest version, or only at those that are or wait for one of these basic codes.

    Opens a Finding for each new breach, settles those that are mended, and returns what is open among those looked at.
    """
    found = []
    for code, procedure in sorted(newest_of_all().items()):
        if touching is None or touching & _rests_on(procedure):
            found += _looked_at(code, procedure, on)
    return found


def _rests_on(procedure: Procedure) -> set[str]:
    return {procedure.code[19:31], *(each.item for each in procedure.guide.prerequisites)}


def _looked_at(code: str, procedure: Procedure, on: date) -> list[Finding]:
    known = {(each.reason, repr(each.facts)): each for each in Finding.objects.filter(code=code, settled_on=None)}
    breaches = {(no.code, repr(_plain(no))): no for no in breaches_of(procedure, on)}
    for key, finding in known.items():
        if key not in breaches:
            finding.settled_on = on
            finding.save(update_fields=["settled_on"])
    opened = [
        Finding.objects.create(
            code=code, version=procedure.version, region=procedure.region, reason=no.code, facts=_plain(no), found_on=on
        )
        for key, no in breaches.items()
        if key not in known
    ]
    return [finding for key, finding in known.items() if key in breaches] + opened


def breaches_of(procedure: Procedure, on: date) -> Iterator[NotPossible]:
    """What of a published version rests on something that is not so (any more) on this day."""
    surroundings = around(procedure, on)
    yield from chain(
        prerequisites.problems(procedure, surroundings),
        lists.outside(procedure, lists.standing(procedure.region, on)),
        roles.problems(procedure, surroundings),
        inherited.locked(procedure),
    )


def _plain(no: NotPossible) -> dict[str, object]:
    return {name: value if isinstance(value, int | list) else str(value) for name, value in sorted(no.facts.items())}
