"""What the publish gate judges a procedure against, read from the house as it stands on a day."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from django.db.models import OuterRef, Subquery

from banjie.engine.calendar import Calendar
from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.records.catalogue import inherited, lists, queries, samples
from banjie.records.catalogue.gate import Around
from banjie.records.catalogue.models import ProcedureVersion
from banjie.records.organisation.models import Agency, Unit
from banjie.records.organisation.queries import in_office


def around(procedure: Procedure, on: date) -> Around:
    """The surroundings of a procedure on a day: organisation, people in office, the other items, the calendar."""
    previous = ProcedureVersion.objects.filter(code=procedure.code).order_by("-version").values_list("digest").first()
    newest = newest_of_all() if procedure.guide.prerequisites else {}  # who waits for nobody closes no circle
    return Around(
        units=dict(Unit.objects.values_list("id", "agency_id")),
        credit_codes=dict(Agency.objects.values_list("id", "credit_code")),
        posts=_posts(on),
        previous=queries.procedure(previous[0]) if previous else None,
        others={code: other for code, other in newest.items() if code != procedure.code},
        cancelled=inherited.cancelled_bases(on) | lists.cancelled(procedure.region, on),
        calendar=_calendar(procedure.region),
        samples=samples.names(),
        blanks=samples.blanks(),
    )


def newest_of_all() -> Mapping[str, Procedure]:
    """The newest version of every item that is not withdrawn, by code."""
    newest = ProcedureVersion.objects.filter(code=OuterRef("code")).order_by("-version").values("version")[:1]
    rows = ProcedureVersion.objects.filter(version=Subquery(newest), withdrawn_on=None).values_list("code", "digest")
    return {code: queries.procedure(digest) for code, digest in rows}


def _posts(on: date) -> dict[tuple[str, str], frozenset[str]]:
    """Who holds which post in which unit, by (unit, post)."""
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for unit, posts, pseudonym in in_office(on).values_list("unit_id", "posts", "user__pseudonym"):
        for post in posts:
            found[unit, str(post)].add(pseudonym)
    return {place: frozenset(people) for place, people in found.items()}


def _calendar(region: str) -> Calendar | None:
    try:
        return queries.current_calendar(region)
    except NotPossible:
        return None
