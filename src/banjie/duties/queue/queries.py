"""Reads of the queue: my inquiries, slips on the way; per item how often people had to come, and to the wrong door."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Avg, Count, Q, QuerySet

from banjie.cases.models import Case
from banjie.cases.scope import Scope, whole_house
from banjie.duties.queue.models import Inquiry, Slip, WrongDoor
from banjie.engine.commands import Actor

AT_MOST = 1
"""最多跑一次."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What is known of an item's visits in a time: among `closed` cases; `wrong_doors` and `inquiries` beside them.

    `zero`: closed without a visit (零上门); `at_most_one`: with one at most (最多跑一次); `hand_offs`: the average.
    """

    code: str
    closed: int
    zero: int
    at_most_one: int
    hand_offs: float
    visits: float
    wrong_doors: int
    inquiries: int

    @property
    def zero_share(self) -> int:
        """Per cent of the closed cases."""
        return round(100 * self.zero / self.closed) if self.closed else 0

    @property
    def at_most_one_share(self) -> int:
        """Per cent of the closed cases."""
        return round(100 * self.at_most_one / self.closed) if self.closed else 0

    @property
    def too_many(self) -> int:
        """Closed cases that had the applicant come more than once."""
        return self.closed - self.at_most_one


def counted(code: str, on: date, days: int = 365) -> Counted:
    """What happened with an item (its code, or the 31 digits of it) in the days up to and including a day."""
    since = on - timedelta(days)
    with whole_house("figures of an item name no case"):
        rows = Case.objects.everything().filter(procedure__startswith=code, received_on__gt=since, received_on__lte=on)
        told = rows.aggregate(
            closed=Count("pk", filter=Q(closed_on__isnull=False)),
            zero=Count("pk", filter=Q(closed_on__isnull=False, visits=0)),
            at_most_one=Count("pk", filter=Q(closed_on__isnull=False, visits__lte=AT_MOST)),
            hand_offs=Avg("hand_offs", filter=Q(closed_on__isnull=False)),
            visits=Avg("visits", filter=Q(closed_on__isnull=False)),
        )
    doors = WrongDoor.objects.filter(code__startswith=code, at__date__gt=since, at__date__lte=on).count()
    asked = (
        Inquiry.objects.kept().filter(code__startswith=code, asked_at__date__gt=since, asked_at__date__lte=on).count()
    )
    return Counted(
        code,
        told["closed"],
        told["zero"],
        told["at_most_one"],
        round(told["hand_offs"] or 0, 1),
        round(told["visits"] or 0, 1),
        doors,
        asked,
    )


def doors_of(code: str, most: int = 20) -> list[WrongDoor]:
    """The newest wrong doors of an item."""
    return list(WrongDoor.objects.filter(code__startswith=code).order_by("-at")[:most])


def mine(actor: Actor) -> QuerySet[Inquiry]:
    """The open inquiries this person is responsible for or is asked to take over, the oldest first."""
    open_ones = Inquiry.objects.opened(holder=[actor.id], offered_to=[actor.id]).filter(answered_at=None)
    return open_ones.filter(Q(holder=actor.id) | Q(offered_to=actor.id)).order_by("asked_at")


def slips(actor: Actor, most: int = 100) -> list[Slip]:
    """The slips from and to this person's unit that are on the way, or of which something did not arrive."""
    unfinished = Q(received_at=None) | Q(missing__gt=0)
    found = Slip.objects.within(Scope.of(actor)).filter(Q(from_unit=actor.unit) | Q(to_unit=actor.unit))
    return list(found.filter(unfinished).order_by("sent_at")[:most])
