"""What was looked at in the demo county: samples of last month's cases, inspections and patrols, a circular, windows.

Told through the doors of inspections after the county's life. Safe to repeat: what was done is not done again.
"""

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5

from banjie.duties.inspections import circulars, rotation, sampling, visits
from banjie.duties.inspections.models import Sampled
from banjie.duties.inspections.visits import Look
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.commands import Actor
from banjie.engine.not_possible import NotPossible
from banjie.records.accounts.models import User
from banjie.records.organisation.queries import actor_of

IDS = UUID("6a1d2c7e-91b4-5f0e-8a55-0d4f8f1c2b60")
OFFICE = ("xiean", "tonglu")
HEAD = "hejin"
BEACON = "双色球示例期 03 11 17 20 25 31 + 08（虚构）"
LOOKED = (
    ("open", 70, (("order", "等候区座椅被杂物占用。"),)),
    ("undercover", 38, (("attitude", "咨询时答复“自己看墙上”，未作说明。"), ("guide", "口头要求多带一份复印件。"))),
    ("daily", 3, ()),
)
"""What was looked at: the kind, how many days ago, and what was wrong; invented."""
SETTLED = "已当场说明并向当事人致歉，科室重申一次告知要求。"
FOUND = "卷宗、期限台账和送达记录逐项核对。"


def tell(now: datetime) -> None:
    """Do it; nothing where somebody of the office is missing."""
    people = [_staff(name) for name in (*OFFICE, HEAD)]
    if any(each is None for each in people):
        return
    first, second, head = (each for each in people if each)
    today = now.astimezone(OFFICE_ZONE).date()
    for kind, days, problems in LOOKED:
        _visit(kind, today - timedelta(days), problems, (first, second), head)
    _draw(today, first, second)
    with suppress(NotPossible):
        circulars.publish(today - timedelta(90), today - timedelta(30), first, uuid5(IDS, "circular"), now)
    with suppress(NotPossible):
        rotation.draw_places(today, head, uuid5(IDS, f"places/{today}"), now)


def _visit(
    kind: str, on: date, problems: tuple[tuple[str, str], ...], office: tuple[Actor, Actor], head: Actor
) -> None:
    """A visit of that day, recorded the same evening; its first problem is put right two days later."""
    stream, evening = uuid5(IDS, kind), datetime.combine(on, time(17, 10), OFFICE_ZONE)
    who = (office[0].id,) if kind in visits.PATROLS else (office[0].id, office[1].id)
    visits.record_visit(Look(kind, head.unit, on, who, problems), office[0], stream, evening)
    if problems:
        with suppress(NotPossible):  # a visitor was here meanwhile
            visits.settle(stream, 1, SETTLED, head, uuid5(IDS, f"{kind}/settled"), evening + timedelta(days=2))


def _draw(today: date, first: Actor, second: Actor) -> None:
    """The cases of the month before last are drawn, and the first half of them looked at."""
    until = (today.replace(day=1) - timedelta(days=1)).replace(day=1) - timedelta(days=1)
    at = datetime.combine(until + timedelta(days=4), time(10), OFFICE_ZONE)
    stream = uuid5(IDS, f"draw/{until}")
    try:
        sampling.open_draw(until.replace(day=1), until, first, stream, at)
        beacon = at + timedelta(days=1)
        sampling.give_beacon(stream, BEACON, second, uuid5(IDS, f"beacon/{until}"), beacon)
    except NotPossible:
        return  # nothing was finished then
    rows = list(Sampled.objects.kept().filter(draw=stream, outcome="").exclude(reviewer="").order_by("nth"))
    for row in rows[: (len(rows) + 1) // 2]:
        by = actor_of(User.objects.get(pseudonym=row.reviewer))
        if by is None:
            continue
        found = sampling.Found("sound", (), FOUND)
        sampling.review(stream, row.number, found, by, uuid5(IDS, row.number), beacon + timedelta(days=3))


def _staff(user: str) -> Actor | None:
    row = User.objects.filter(username=user).first()
    return actor_of(row) if row else None
