"""What the supervision office of the demo county has done with its first findings: a few cards in several states.

Told through the doors of supervision after the county's life: the oldest findings of closed and open cases, each acted
on some days after it came true. Safe to repeat and to break off: what was done is not done again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import F, Q

from banjie.cases.models import Case
from banjie.cases.scope import whole_house
from banjie.duties.supervision import cards, orders, outages, watching
from banjie.duties.supervision.models import Card, Order, Outage
from banjie.duties.supervision.outages import What
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.commands import Actor
from banjie.engine.not_possible import NotPossible
from banjie.records.catalogue.queries import current_calendar
from banjie.records.organisation.queries import actor_of, in_office
from banjie.web import clock

IDS = UUID("3c0f4f5e-6f36-5c2d-9a34-5f4c9c0b7d21")
REGION = "999921"
OFFICE = ("xiean", "tonglu")
LOOKED_AT = 40
"""Cases looked at for something that speaks against them."""
SAID = {
    "issue": "请在期限内说明超时原因，并报告整改情况。",
    "dismiss": "经核对，当日系统已记录申请人来电要求暂缓，不予发牌。",
    "explain": "承办人当日参加培训，代岗安排未及时登记，件未转出。",
    "rectify": "已补登记代岗，科室每日十六时核对临期件。",
    "appeal": "超时期间等待外单位函复，请予核减。",
    "close": "已抽查整改后五个工作日的办件，未再发现超时。",
    "upheld": "函复不属于依法扣除的时间，维持原牌。",
    "order": "请核查本单位临期件，并报告清理情况。",
    "reply": "已逐件核查，临期件均已安排到人。",
}
"""What people wrote; invented."""

FATES: tuple[tuple[str, ...], ...] = (
    ("issue", "explain", "rectify", "close"),
    ("dismiss",),
    ("issue", "explain"),
    ("issue", "appeal"),
    ("issue", "explain", "rectify"),
    ("issue", "appeal", "upheld", "explain"),
    ("issue",),
)
"""What became of the first findings, one after the other; the others wait."""


def tell(now: datetime) -> int:
    """Do it; how many cards were acted on. Nothing where the county has no findings yet."""
    office = [each for user in OFFICE if (each := _staff(user))]
    if len(office) < 2:
        return 0
    _look(now)
    acted = 0
    found = Card.objects.kept().filter(region=REGION, case__isnull=False, on__lt=now.date() - timedelta(days=3))
    told = [each for each in found.order_by("on", "stream") if _answers(each)]
    for card, fate in zip(told, FATES, strict=False):
        acted += _Acting(card, office, now).through(fate)
    _order(office[0], now)
    _outage(office, now)
    return acted


def _look(now: datetime) -> None:
    """Fire what speaks against the oldest cases that took longer than promised: the worker finds the others."""
    late = Q(decided_on__gt=F("promised_due_on")) | Q(red_plus_on__isnull=False)
    with whole_house("the demo's supervision begins"):
        rows = Case.objects.everything().filter(late).order_by("received_on", "stream")
        streams = list(rows.values_list("stream", flat=True)[:LOOKED_AT])
    for stream in streams:
        with transaction.atomic():
            watching.look_at(stream, now)


@dataclass(slots=True)
class _Acting:
    """One card and what is done with it, on days that have passed."""

    card: Card
    office: list[Actor]
    now: datetime

    def through(self, fate: tuple[str, ...]) -> bool:
        day = self.card.on
        for act in fate:
            day = _working_day_after(day)
            at = datetime.combine(day, time(10, 20), OFFICE_ZONE)
            if at >= self.now:
                return False
            try:
                self._do(act, at)
            except NotPossible:
                return False  # a visitor was here meanwhile
        return True

    def _do(self, act: str, at: datetime) -> None:
        stream, press, said = self.card.stream, uuid5(IDS, f"{self.card.stream}/{act}"), SAID[act]
        issuer, second = self.office[0], self.office[1]
        unit = _answers(self.card)
        assert unit is not None
        by_unit: dict[str, Callable[..., Card]] = {
            "explain": cards.explain, "rectify": cards.rectify, "appeal": cards.appeal,
        }  # fmt: skip
        if act == "issue":
            cards.issue(stream, self.card.colour, said, issuer, press, at)
        elif act in by_unit:
            by_unit[act](stream, said, unit, press, at)
        elif act == "upheld":
            cards.decide_appeal(stream, True, said, second, press, at)
        elif act == "dismiss":
            cards.dismiss(stream, said, issuer, press, at)
        else:
            cards.close(stream, said, issuer, press, at)


def _order(issuer: Actor, now: datetime) -> None:
    """One order that was answered, and is to be closed."""
    stream, at = uuid5(IDS, "order"), _some_days_ago(now, 4)
    if Order.objects.kept().filter(stream=stream).exists():
        return
    clerk = _staff("zhouning")
    if clerk:
        orders.issue(orders.About(clerk.unit), SAID["order"], issuer, stream, at)
        orders.reply(stream, SAID["reply"], clerk, uuid5(IDS, "reply"), _some_days_ago(now, 2))


def _outage(office: list[Actor], now: datetime) -> None:
    """An outage that waits for its second person."""
    stream, at = uuid5(IDS, "outage"), _some_days_ago(now, 1)
    if not Outage.objects.filter(stream=stream).exists():
        day = _some_days_ago(now, 6)
        what = What("TJ-示例-01", REGION, "", day.replace(hour=9), day.replace(hour=15), "运维日志 示例-01")
        outages.register(what, office[0], stream, at)


def _answers(card: Card) -> Actor | None:
    """Somebody who answers for the unit of a card."""
    people = in_office(card.on).filter(unit_id=card.unit).order_by("user__username")
    return next((actor for each in people if (actor := actor_of(each.user))), None)


def _staff(user: str) -> Actor | None:
    row = in_office(clock.today()).filter(user__username=user).first()
    return actor_of(row.user) if row else None


def _working_day_after(day: date) -> date:
    return current_calendar(REGION).working_day_after(day, 1)


def _some_days_ago(now: datetime, number: int) -> datetime:
    calendar = current_calendar(REGION)
    on = now.astimezone(OFFICE_ZONE).date()
    day = calendar.working_day_number(calendar.working_days_until(on) - number)
    return datetime.combine(day, time(10, 30), OFFICE_ZONE)
