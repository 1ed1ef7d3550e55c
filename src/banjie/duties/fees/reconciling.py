"""Each county's day is held against the provider's statement, and every difference needs an answer.

A line is a payment or a refund of one order on one day of the office, and belongs to the county of the agency that is
paid. A line of no order that is known here is nobody's yet: whoever watches the payments of any county may answer it.
The stream of a county's day keeps what was compared each time and what was answered; compared again, a difference that
is gone is settled, one that was answered stays answered. Days that were compared before each county had its own
(`WHOLE`) stay as they are, each difference with the county of its order.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.db import transaction
from django.db.models import Min

from banjie.duties.fees import paying
from banjie.duties.fees import provider as providers
from banjie.duties.fees.models import Charge, Day, Difference, Order
from banjie.duties.fees.provider import Line, PaymentProvider
from banjie.engine import codec
from banjie.engine.commands import Actor
from banjie.engine.guards import require_staff
from banjie.engine.not_possible import NotPossible
from banjie.records.organisation.models import Agency
from banjie.store.log import read
from banjie.store.log.append import append
from banjie.store.postgresql.reading import as_the_house
from banjie.web.every import Every
from banjie.web.peer import PeerSaysNo, Unclear

STREAM_KIND = "fee_day"
DAY_IDS = UUID("0c5a6f4e-2b7d-5a41-8e0b-5b1c7d0e9a63")
ANSWERS = ("provider_corrects", "we_correct", "other_day", "not_ours", "pursued")
"""What can be said to a difference: the provider corrects it; we do; it stands on the next day; it is another office's
money; it is pursued (追缴、报案)."""
POSTS = ("centre", "licence_clerk", "head_of_agency")
WHOLE, NOBODYS = "*", ""
"""In the place of a county: the whole installation, as it once was; and what belongs to no order that is known."""
DIRECTIONS = {"payment": 1, "refund": -1}
AGAIN = timedelta(minutes=5)
"""How soon a provider that did not answer is asked again, and how soon somebody looks for a day that is over."""
BACK = timedelta(days=31)
"""So far back a day that nobody compared is still looked for; older ones by hand."""


@dataclass(frozen=True, slots=True)
class Found:
    """A line on which the two do not agree. `kind`: missing_here, missing_there, amount_differs."""

    kind: str
    line: str
    order: str
    ours: int | None
    theirs: int | None


def compared(ours: Iterable[Line], theirs: Iterable[Line]) -> tuple[int, list[Found]]:
    """How many lines agree, and every difference, in the order of their ids. Pure.

    A line that stands twice on one side is counted twice.

    >>> compared([Line("payment", "a", 5)], [Line("payment", "a", 5), Line("payment", "a", 5)])[1]
    [Found(kind='amount_differs', line='payment', order='a', ours=5, theirs=10)]
    """
    here, there = _sums(ours), _sums(theirs)
    found, matched = [], 0
    for key in sorted(here.keys() | there.keys()):
        own, their = here.get(key), there.get(key)
        if own == their:
            matched += 1
            continue
        kind = "missing_there" if their is None else "missing_here" if own is None else "amount_differs"
        found.append(Found(kind, key[1], key[0], own, their))
    return matched, found


def _sums(lines: Iterable[Line]) -> Mapping[tuple[str, str], int]:
    sums: Counter[tuple[str, str]] = Counter()
    for each in lines:
        sums[each.order, each.kind] += each.amount
    return sums


def our_lines(day: date) -> dict[str, list[Line]]:
    """What was paid and given back on a day of the office, by our own record and county."""
    start = datetime.combine(day, time.min, codec.OFFICE_ZONE)
    within = (start, start + timedelta(days=1) - codec.MICROSECOND)
    rows = Order.objects.kept()
    lines = [
        *(Line("payment", each.hex, sum) for each, sum in rows.filter(paid_at__range=within).values_list(*PAID)),
        *(Line("refund", each.hex, sum) for each, sum in rows.filter(refunded_at__range=within).values_list(*PAID)),
    ]
    return _by_county(lines)


PAID = ("order", "amount")


@as_the_house()
def counties_of(orders: Iterable[str]) -> dict[str, str]:
    """The county of the agency that each order pays, by the order as a statement names it; without unknown ones."""
    ids = {}
    for each in orders:
        try:
            ids[UUID(hex=each)] = each
        except ValueError:
            continue
    paid = dict(Order.objects.kept().filter(order__in=ids).values_list("order", "fee"))
    agencies = dict(Charge.objects.kept().filter(fee__in=set(paid.values())).values_list("fee", "agency"))
    counties = dict(Agency.objects.filter(id__in=set(agencies.values())).values_list("id", "region_id"))
    return {ids[order]: counties.get(agencies[fee], NOBODYS) for order, fee in paid.items()}


def county_of(by: Actor) -> str:
    """The county whose payments this member of staff watches: their agency's."""
    return Agency.objects.filter(id=by.agency).values_list("region_id", flat=True).first() or NOBODYS


def _by_county(lines: Iterable[Line]) -> dict[str, list[Line]]:
    all = list(lines)
    known, found = counties_of({each.order for each in all}), dict[str, list[Line]]()
    for each in all:
        found.setdefault(known.get(each.order, NOBODYS), []).append(each)
    return found


@as_the_house()
def compare(day: date, county: str, now: datetime, asked: PaymentProvider | None = None) -> Day:
    """Hold a county's day against its statement now. NotPossible no_payment_provider, day_not_over,
    provider_unreachable.

    An order the statement has as paid and we do not is asked about at once: perhaps only the news were lost.
    """
    _compare(day, [county], now, asked)
    return Day.objects.get(stream=stream_of(day, county))


def _compare(day: date, counties: Collection[str], now: datetime, asked: PaymentProvider | None) -> None:
    asked = asked or providers.provider()
    if asked is None:
        raise NotPossible("no_payment_provider")
    if now.astimezone(codec.OFFICE_ZONE).date() < day:
        raise NotPossible("day_not_over")
    try:
        theirs = _by_county(asked.statement(day, now))
    except (Unclear, PeerSaysNo):
        raise NotPossible("provider_unreachable") from None
    before = our_lines(day)
    for county in counties:
        for each in compared(before.get(county, ()), theirs.get(county, ()))[1]:
            if each.kind == "missing_here" and paying.knock(each.order, now):
                row = Order.objects.kept().get(order=UUID(hex=each.order))
                paying.advance(row, asked, now)
    ours = our_lines(day)
    for county in counties:
        _held(day, county, ours.get(county, []), theirs.get(county, []), now)
    if NOBODYS not in counties and (NOBODYS in theirs or Day.objects.filter(stream=stream_of(day, NOBODYS)).exists()):
        _held(day, NOBODYS, [], theirs.get(NOBODYS, []), now)


def _held(day: date, county: str, ours: list[Line], theirs: list[Line], now: datetime) -> None:
    matched, found = compared(ours, theirs)
    sums = {
        name: sum(DIRECTIONS[each.kind] * each.amount for each in lines if each.kind in DIRECTIONS)
        for name, lines in (("ours", ours), ("theirs", theirs))
    }
    body: dict[str, Any] = {
        "at": codec.microseconds(now),
        "day": day.isoformat(),
        "county": county,
        "matched": matched,
        **sums,
        "found": [codec.to_plain(each) for each in found],
    }
    stream = stream_of(day, county)
    with transaction.atomic():
        _append(stream, "compared", body, uuid4(), "timer")
        _compared(stream, body)


def answer(stream: UUID, nth: int, said: str, by: Actor, command_id: UUID, at: datetime) -> Difference:
    """Say what a difference of one's own county's day is about, or one of nobody's.

    NotPossible staff_only, needs_one_of, no_such_difference, difference_answered.
    """
    require_staff(by, *POSTS)
    if said not in ANSWERS:
        raise NotPossible("no_such_outcome", outcomes=ANSWERS)
    with transaction.atomic():
        day = Day.objects.select_for_update().filter(stream=stream).first()
        row = Difference.objects.filter(stream=stream, nth=nth).first()
        if day is None or row is None or not is_theirs(day, row, county_of(by)):
            raise NotPossible("no_such_difference")
        if row.answered_at is not None:
            if command_id in {each.command_id for each in read.entries(stream)}:
                return row
            raise NotPossible("difference_answered")
        body = {"at": codec.microseconds(at), "by": by.id, "nth": nth, "answer": said}
        _append(stream, "answered", body, command_id, by.id)
        _answered(stream, body)
    return Difference.objects.get(stream=stream, nth=nth)


def is_theirs(day: Day, row: Difference, county: str) -> bool:
    """Whether a difference is this county's to see and answer: its own, or nobody's."""
    if day.county == WHOLE:
        return counties_of([row.order]).get(row.order, NOBODYS) in (county, NOBODYS)
    return day.county in (county, NOBODYS)


_last = Every(AGAIN)
forget = _last.forget


@as_the_house()
def work(now: datetime, asked: PaymentProvider | None = None) -> int:
    """Compare one day that is over and was not compared since it was, the newest first, after two in the morning, for
    every county; 1 where it was done. So yesterday comes first, and no day is left out because nobody ran this in its
    night."""
    asked = asked or providers.provider()
    if asked is None or now.astimezone(codec.OFFICE_ZONE).hour < 2 or not _last.is_due(now):
        return 0
    day, counties = next(_not_compared(now), (None, set[str]()))
    if day is None:
        _last.done(now)
        return 0
    try:
        _compare(day, sorted(counties), now, asked)
    except NotPossible:
        _last.done(now)
        return 0  # some minutes later, or by hand
    return 1


def _not_compared(now: datetime) -> Iterator[tuple[date, set[str]]]:
    """The days that are over and were not compared since, the newest first, from the first payment on; with the
    counties that have them still to be compared."""
    today = now.astimezone(codec.OFFICE_ZONE).date()
    first = Order.objects.kept().aggregate(first=Min("paid_at"))["first"]
    if first is None:
        return  # nobody ever paid anything here
    begins = max(first.astimezone(codec.OFFICE_ZONE).date(), today - BACK)
    rows = Day.objects.filter(day__gte=begins).values_list("day", "county", "compared_at")
    done = {(day, county) for day, county, at in rows if at.astimezone(codec.OFFICE_ZONE).date() > day}
    paid = Charge.objects.kept().values_list("agency", flat=True).distinct()
    counties = set(Agency.objects.filter(id__in=list(paid)).values_list("region_id", flat=True))
    for nth in range(1, (today - begins).days + 1):
        day = today - timedelta(days=nth)
        left = {each for each in counties if (day, each) not in done}
        if left and (day, WHOLE) not in done:
            yield day, left


def stream_of(day: date, county: str) -> UUID:
    """The stream of a county's day."""
    return uuid5(DAY_IDS, day.isoformat() if county == WHOLE else f"{day.isoformat()}/{county}")


def follow(stream: UUID, kind: str, body: dict[str, Any]) -> None:
    """Let the rows of a day follow one of its facts."""
    _compared(stream, body) if kind == "compared" else _answered(stream, body)


def _compared(stream: UUID, body: dict[str, Any]) -> None:
    day, at = date.fromisoformat(body["day"]), codec.instant(body["at"])
    known = {(each.order, each.line): each for each in Difference.objects.filter(stream=stream)}
    found = [codec.from_plain(Found, each) for each in body["found"]]
    gone = [each for key, each in known.items() if key not in {(one.order, one.line) for one in found}]
    for each in gone:
        if each.answered_at is None:
            each.answer, each.answered_by, each.answered_at = "settled", "timer", at
            each.save()
    nth = len(known)
    for one in found:
        row = known.get((one.order, one.line))
        if row is None:
            nth += 1
            row = Difference(stream=stream, nth=nth, day=day, order=one.order, line=one.line, found_at=at)
        elif (row.kind, row.ours, row.theirs) != (one.kind, one.ours, one.theirs) or row.answer == "settled":
            row.answer, row.answered_by, row.answered_at = "", "", None
        row.kind, row.ours, row.theirs = one.kind, one.ours, one.theirs
        row.save()
    told: dict[str, Any] = {"matched": body["matched"], "ours": body["ours"], "theirs": body["theirs"]}
    told |= {"day": day, "county": body.get("county", WHOLE), "open": _open(stream), "compared_at": at}
    Day.objects.update_or_create(stream=stream, defaults=told)


def _answered(stream: UUID, body: dict[str, Any]) -> None:
    told = {"answer": body["answer"], "answered_by": body["by"], "answered_at": codec.instant(body["at"])}
    Difference.objects.filter(stream=stream, nth=body["nth"]).update(**told)
    Day.objects.filter(stream=stream).update(open=_open(stream))


def _open(stream: UUID) -> int:
    return Difference.objects.filter(stream=stream, answered_at=None).count()


def _append(stream: UUID, kind: str, body: dict[str, Any], command_id: UUID, by: str) -> None:
    append(stream, STREAM_KIND, [(kind, codec.canonical(body))], command_id=command_id, at=body["at"], actor=by)
