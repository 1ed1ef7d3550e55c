"""Reads of supervision: the cards and orders one may see, those of a unit, and how many wait for what."""

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from banjie.cases.models import Case
from banjie.cases.scope import Scope
from banjie.duties.supervision import jurisdiction
from banjie.duties.supervision.models import Card, Order, Outage
from banjie.engine.commands import Actor
from banjie.engine.not_possible import NotPossible
from banjie.records.organisation.models import Agency


def cards(by: Actor) -> QuerySet[Card]:
    """The cards this member of staff may see: of their region; of their unit, agency or person once issued."""
    regions, agency = jurisdiction.regions_of(by), _whole_agency(by)
    rows = Card.objects.opened(region=regions, unit=[by.unit], agency=agency, person=[by.id])
    return rows.filter(_seen(by, regions, ~Q(status="fired")))


def orders(by: Actor) -> QuerySet[Order]:
    """The orders this member of staff may see."""
    regions, agency = jurisdiction.regions_of(by), _whole_agency(by)
    rows = Order.objects.opened(region=regions, unit=[by.unit], agency=agency)
    return rows.filter(_seen(by, regions, Q(), person=False))


def card(stream: UUID, by: Actor) -> Card:
    """A card one may see; NotPossible("no_such_card") for both absences."""
    row = cards(by).filter(stream=stream).first()
    if row is None:
        raise NotPossible("no_such_card")
    return row


def order(stream: UUID, by: Actor) -> Order:
    """An order one may see; NotPossible("no_such_order") for both absences."""
    row = orders(by).filter(stream=stream).first()
    if row is None:
        raise NotPossible("no_such_order")
    return row


def by_status(by: Actor) -> Mapping[str, int]:
    """How many of the cards one may see stand where. One statement."""
    return dict(cards(by).order_by().values_list("status").annotate(number=Count("stream")))


def outages(by: Actor) -> QuerySet[Outage]:
    """The outages of one's regions, the newest first: of what one supervises, or of one's own agency's region."""
    regions = set(jurisdiction.regions_of(by))
    own = Agency.objects.filter(id=by.agency).values_list("region_id", flat=True).first()
    return Outage.objects.filter(region__in=regions | ({own} if own else set())).order_by("-since")


def is_open_to(case: UUID, by: Actor) -> bool:
    """Whether the case page itself shows this case to them: a supervision office sees findings, not every file."""
    return Case.objects.within(Scope.of(by)).filter(stream=case).exists()


def _whole_agency(by: Actor) -> list[str]:
    return [by.agency] if "head_of_agency" in by.posts else []


def _seen(by: Actor, regions: frozenset[str], told: Q, person: bool = True) -> Q:
    own = Q(unit=by.unit)
    if "head_of_agency" in by.posts:
        own |= Q(agency=by.agency)
    if person:
        own |= Q(person=by.id)
    return Q(region__in=regions) | (own & told) if by.unit else Q(pk__in=())
