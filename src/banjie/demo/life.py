"""The county's life: every filing and every act since half a year before it was founded, through the door, in order.

`go_on` tells what is not told yet and returns; broken off, it is taken up at the next call, for what comes next follows
from where each case stands. Nothing is written beside the door: a case here is a case like any other.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from time import monotonic
from typing import Any
from uuid import UUID, uuid5

from django.contrib.auth.hashers import make_password

from banjie.cases import queries as cases
from banjie.cases.handle import carry_out_timers, handle, submit
from banjie.cases.models import Case
from banjie.cases.scope import whole_house
from banjie.demo import papers
from banjie.demo.filings import COMMITTED, DAYS_BACK, GAPS, Filing, filings
from banjie.demo.models import Filed, Waking
from banjie.demo.office import GO_ON_AFTER_CLOSING, Office
from banjie.demo.office.desk import Act, Live
from banjie.demo.people import Person
from banjie.engine import commands as c
from banjie.engine import commitment, gaps
from banjie.engine import events as e
from banjie.engine.clocks import timers
from banjie.engine.codec import OFFICE_ZONE, instant, microseconds
from banjie.engine.decide import possible
from banjie.engine.law import Law
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.engine.state import Stage, fold
from banjie.records import catalogue
from banjie.records.accounts.models import User
from banjie.records.catalogue import rulebook
from banjie.records.organisation.queries import actor_of, in_office
from banjie.records.organisation.rulebook import read
from banjie.records.parties import standing
from banjie.store.files.receive import receive
from banjie.store.log import queries as log
from banjie.web import clock

SEED = "yunling"
LIFE_IDS = UUID("7a0c5f54-1f7b-5c1e-9d5e-3c1b8f0a2e77")
BEAT_SECONDS = 0.4
QUIET_MICROSECONDS = 60_000_000
"""Whoever tells writes its progress many times a second; silent for so long, it has been broken off."""

Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the telling has come: cases handed in, of how many."""

    told: int
    planned: int


def waking() -> Progress | None:
    """How far whoever tells has come; None where nobody is telling, or this is no demo."""
    if not log.installation().demo:
        return None
    row = Waking.objects.first()
    if row is None or row.is_over or microseconds(clock.now()) - row.beat_at > QUIET_MICROSECONDS:
        return None
    return Progress(row.told, row.planned)


def begin() -> None:
    """Somebody is about to tell: until they are done, time itself is theirs to carry out (`waking`)."""
    beat = {"beat_at": microseconds(clock.now()), "is_over": False}
    Waking.objects.update_or_create(pk=1, defaults=beat, create_defaults={**beat, "until": clock.now()})


def go_on(
    now: datetime,
    seed: str = SEED,
    report: Report | None = None,
    *,
    days_back: int = DAYS_BACK,
    most: int | None = None,
) -> Progress:
    """Tell the county's life up to `now`; safe to repeat, and to break off.

    `report` is told the progress now and then. `days_back`: how long before its beginning the county's life is told
    from. `most`: stop after this many acts, as if broken off.
    """
    return _County(now, seed, report, days_back).tell(most)


def office() -> Office:
    """The county's office, for somebody who asks it to do what comes next in a case."""
    staff = _staff()
    return Office(lambda unit, post: [each for each in staff.get(unit, []) if post in each.posts], _scan)


class _County:
    """Everybody and everything a telling needs, read once."""

    def __init__(self, now: datetime, seed: str, report: Report | None, days_back: int) -> None:
        self._now = now
        self._report = report
        self._laws: dict[tuple[str, int], Law] = {}
        self._codes: dict[str, str] = {}
        first: dict[str, Law] = {}
        for path in rulebook.items():
            given = read(path)
            self._codes[path.stem] = given["code"]
            # The version the county was founded with: what a keeper publishes later changes no filing already made.
            first[path.stem] = self._law(given["code"], given["version"])
        law = next(iter(first.values()))
        begun_on = min(instant(log.installation().created_at), now).astimezone(OFFICE_ZONE).date()
        procedures = {name: each.procedure for name, each in first.items()}
        calendar = law.calendar(law.current_calendar)
        self._filings = list(filings(seed, begun_on, now, procedures, calendar, days_back))
        self._accounts = _accounts([each.person for each in self._filings])
        self._office = office()
        self._known: dict[str, UUID] = dict(Filed.objects.values_list("name", "stream"))
        self._order = count()
        self._heap: list[tuple[datetime, int, Live, Act | None]] = []
        self._beaten = 0.0
        self._told = 0

    def tell(self, most: int | None) -> Progress:
        """Everything up to now, oldest first; at most so many acts."""
        coming = iter(self._filings)
        self._take_up()
        filing = self._next_new(coming)
        acts = 0
        while filing is not None or self._heap:
            if most is not None and acts >= most:
                return Progress(self._told, len(self._filings))
            acts += 1
            self._beat()
            if filing is not None and (not self._heap or filing.at <= self._heap[0][0]):
                live = self._file(filing)
                filing = self._next_new(coming)
                if live:
                    self._expect(live)
                continue
            when, _, live, act = heapq.heappop(self._heap)
            if when > self._now:
                continue
            self._carry_out(live, when, act)
            self._expect(live)
        self._beat(is_over=True)
        return Progress(self._told, len(self._filings))

    # What was told before

    def _take_up(self) -> None:
        """The cases that were filed before and are not over, each from where it stands now."""
        by_stream = {self._known[each.name]: each for each in self._filings if each.name in self._known}
        with whole_house("the demo goes on with its cases"):
            over = set(Case.objects.everything().filter(stage=Stage.CLOSED).values_list("stream", flat=True))
        for stream, filing in by_stream.items():
            self._told += 1
            if stream not in over or filing.fate in GO_ON_AFTER_CLOSING:
                self._expect(self._loaded(filing, stream))

    def _next_new(self, coming: Iterator[Filing]) -> Filing | None:
        return next((each for each in coming if each.name not in self._known), None)

    def _loaded(self, filing: Filing, stream: UUID) -> Live:
        view = cases.view(stream, datetime.fromtimestamp(0, OFFICE_ZONE))  # as it is recorded: time adds nothing yet
        happened = Counter(e.NAMES[type(line.event)] for line in view.lines)
        return Live(
            filing,
            stream,
            self._law(view.state.procedure, view.state.procedure_version),
            self._party(filing, view.state.party),
            view.state,
            happened,
        )

    # One thing after the other

    def _expect(self, live: Live) -> None:
        """Wait for what happens next in this case: time itself, or somebody."""
        due = next(iter(timers(live.state, live.law)), None)
        act = next(iter(self._office.acts(live)), None)
        if due and (act is None or due[0] <= act.when):
            heapq.heappush(self._heap, (due[0], next(self._order), live, None))
        elif act:
            heapq.heappush(self._heap, (act.when, next(self._order), live, act))

    def _carry_out(self, live: Live, when: datetime, act: Act | None) -> None:
        """One act, or what time brings about. Refused: it is left, and the case goes on from where it stands."""
        name = f"{live.filing.name}/{live.state.version}"
        try:
            if act is None:
                done = carry_out_timers(live.stream, when)
            else:
                (offer,) = possible(live.state, act.by, live.law, when, (act.kind,))
                arguments = None if offer.no else act.arguments(offer.allowed)
                if arguments is None:
                    live.refused.add(act.label)
                    return
                seen = live.state.version
                command = act.kind(
                    command_id=uuid5(LIFE_IDS, name), at=when, by=act.by, expected_version=seen, **arguments
                )
                done = handle(live.stream, command)
        except (NotPossible, BadInput):
            live.refused.add(act.label if act else "")
            again = self._loaded(live.filing, live.stream)
            live.state, live.happened = again.state, again.happened
            return
        if done.version != live.state.version + len(done.events):
            again = self._loaded(live.filing, live.stream)  # a visitor was here meanwhile
            live.state, live.happened = again.state, again.happened
            return
        live.state = fold(done.events, live.state)
        live.happened.update(e.NAMES[type(each)] for each in done.events)

    def _file(self, filing: Filing) -> Live | None:
        """Hand in an application; None where the item no longer takes it as it is."""
        law = self._law(self._codes[filing.item], 1)
        by, party = self._filer(filing, law)
        command = c.Submit(
            command_id=uuid5(LIFE_IDS, filing.name),
            at=filing.at,
            by=by,
            applicant=c.Personal(filing.person.particulars, find_by=filing.person.id_number),
            answers=c.Personal(dict(filing.answers)),
            provided=self._provided(filing, law, by.id),
            channel=filing.channel,
            party=party,
            e_service=filing.channel in ("online", "kiosk") or filing.number % 3 == 0,
            **_on_word(filing, law, party or by.id),
        )
        try:
            done = submit(self._codes[filing.item], command, key=f"life/{filing.name}", body=filing.name.encode())
        except (NotPossible, BadInput):
            return None
        Filed.objects.get_or_create(name=filing.name, defaults={"stream": done.stream})
        self._told += 1
        if done.repeated:
            return self._loaded(filing, done.stream)
        state = fold(done.events)
        happened = Counter(e.NAMES[type(each)] for each in done.events)
        return Live(
            filing,
            done.stream,
            self._law(state.procedure, state.procedure_version),
            self._party(filing, state.party),
            state,
            happened,
        )

    def _filer(self, filing: Filing, law: Law) -> tuple[c.Actor, str]:
        """Who hands it in, and for which account: at the window half of them have one."""
        own = c.Actor(self._accounts[filing.person.user], e.ActorKind.APPLICANT)
        if filing.channel in ("online", "kiosk"):
            return own, ""
        unit = law.procedure.receives
        agents = self._office.staff(unit, "agent") if filing.channel == "agent" else []
        clerks = agents or self._office.staff(unit, "clerk")
        return filing.chance("filer").choice(clerks), own.id if filing.number % 2 else ""

    def _party(self, filing: Filing, party: str) -> c.Actor | None:
        return c.Actor(party, e.ActorKind.APPLICANT) if party else None

    # Papers

    def _provided(self, filing: Filing, law: Law, owner: str) -> tuple[e.Provided, ...]:
        if not filing.with_files:
            seen = filing.chance("original").choice(("original_seen", "original_seen", "original_kept"))
            form = "copy" if filing.channel == "post" else seen
            return tuple(
                e.Provided(each, form=form if number == 0 else "copy") for number, each in enumerate(filing.provided)
            )
        names = {each.id: each.name for each in law.procedure.materials}
        pick, shown, pages = filing.chance("papers"), {}, []
        for material in filing.provided:
            if material in PLANS:
                name = f"{names[material][:40]}.png"
                shown[material] = _kept(papers.floor_plan(pick), name, owner, filing.at)
            else:
                pages.append((names[material], _page(filing, names[material])))
        if pages:
            scan = _kept(papers.pdf(pages), f"{law.procedure.name[:20]}-申请材料.pdf", owner, filing.at)
            shown |= {each: scan for each in filing.provided if each not in shown}
        return tuple(e.Provided(each, (shown[each],)) for each in filing.provided)

    # Who and what there is

    def _law(self, code: str, version: int) -> Law:
        if (code, version) not in self._laws:
            self._laws[code, version] = catalogue.law(code, version)
        return self._laws[code, version]

    def _beat(self, is_over: bool = False) -> None:
        """Say how far it has come, now and then and at the end."""
        if not is_over and monotonic() - self._beaten < BEAT_SECONDS:
            return
        self._beaten = monotonic()
        told: dict[str, Any] = {
            "told": self._told,
            "planned": len(self._filings),
            "until": self._now,
            "beat_at": microseconds(clock.now()),
            "is_over": is_over,
        }
        Waking.objects.update_or_create(pk=1, defaults=told)
        if self._report:
            self._report(self._told, len(self._filings))


def _on_word(filing: Filing, law: Law, party: str) -> dict[str, Any]:
    """What is signed with it: the commitment, or that what is left out follows; nothing by whoever broke one."""
    if filing.fate not in COMMITTED | GAPS or standing.of(party, filing.person.id_number):
        return {}
    if filing.fate in COMMITTED:
        return {"commitment": commitment.told(law)}
    if filing.fate in GAPS and filing.missing:
        on = filing.at.astimezone(OFFICE_ZONE).date()
        return {"gaps": filing.missing, "gaps_told": gaps.told(law, on)}
    return {}


def _scan(case: Live, clerk: c.Actor) -> e.FileRef:
    """The scan of a notice that was written by hand."""
    said = ("经审查，申请材料齐全、符合法定形式，予以受理。", f"申请人：{case.filing.person.name}")
    page = ("受理通知书（停机期间手工开具）", said)
    return _kept(papers.pdf([page]), "手工受理通知书.pdf", clerk.id, case.filing.at)


def _kept(data: bytes, name: str, owner: str, at: datetime) -> e.FileRef:
    kept = receive(data, name, owner, microseconds(at))
    return e.FileRef(kept.id, kept.commitment)


PLANS = frozenset({"equipment_layout", "plans", "venue_plan", "design"})
"""Materials that are drawings."""


def _page(filing: Filing, heading: str) -> list[str]:
    """What stands on an invented paper."""
    person = filing.person
    return [
        f"申请人：{person.name}",
        f"地址：{person.address}",
        f"日期：{filing.at:%Y}年{filing.at.month}月{filing.at.day}日",
        f"《{heading}》内容真实、完整，如有不实，愿承担相应责任。",
        "（演示材料，内容均为虚构）",
    ]


def _accounts(people: list[Person]) -> dict[str, str]:
    """The pseudonym of everybody who files, by user name; those without an account get one nobody can sign in to."""
    wanted = dict.fromkeys(each.user for each in people)
    known = dict(User.objects.filter(username__in=wanted).values_list("username", "pseudonym"))
    password = make_password(None)
    User.objects.bulk_create(
        [User(username=each, password=password) for each in wanted if each not in known], ignore_conflicts=True
    )
    return dict(User.objects.filter(username__in=wanted).values_list("username", "pseudonym"))


def _staff() -> dict[str, list[c.Actor]]:
    """Everybody at work, by unit."""
    found: dict[str, list[c.Actor]] = {}
    for each in in_office(clock.today()).order_by("user__username"):
        actor = actor_of(each.user)
        if actor:
            found.setdefault(actor.unit, []).append(actor)
    return found
