"""What became of some of the demo's licences: changed, reissued, corrected, given back, renewed by silence; and revoked
and cancelled, withdrawn, suspended and restored, taken away by the agency itself. One of each, each in another state.

Told after the county's life, about licences that it granted; done twice, it is done once.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

from banjie.cases import queries
from banjie.cases.handle import carry_out_timers, open_proceeding, submit
from banjie.cases.models import Case
from banjie.cases.scope import whole_house
from banjie.demo.models import Filed
from banjie.demo.people import PEOPLE
from banjie.demo.stories import FOOD, FOOD_NEXT, STORY_IDS, Teller, Telling, item_codes, plain_answer
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine import rules
from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import Stage
from banjie.records import catalogue
from banjie.records.catalogue import rulebook
from banjie.records.organisation.rulebook import read

BUREAU, MARKET = ("licensing", "site-survey"), ("yx-market-review", "yx-market-survey")
"""Who begins, and who investigates, in either county."""


@dataclass(frozen=True, slots=True)
class Held:
    """A licence the county has granted: its number, what the place is called, and whose it is."""

    number: str
    place: str
    holder: dict[str, str]
    party: str


class County:
    """Tells endings: knows what day it is, and what each procedure is called."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.codes = item_codes() | {path.stem: read(path)["code"] for path in rulebook.proceedings()}
        self.teller = Teller(now, item_codes(), PEOPLE)
        self.at = self.teller.at
        self.begun: list[UUID] = []

    def asked(self, item: str, held: Held, at: datetime, **answers: Any) -> Telling:
        """The holder asks for it, on line."""
        law = catalogue.law(self.codes[item], 1)
        procedure, given = law.procedure, {"place_name": held.place, "licence_number": held.number, **answers}
        for question in procedure.questions:
            if question.needed and rules.applies(question.when, given, procedure.questions):
                given.setdefault(question.id, plain_answer(question))
        brought = [
            each
            for each in procedure.materials
            if each.necessary and rules.applies(each.when, given, procedure.questions)
        ]
        applicant = c.Actor(held.party, e.ActorKind.APPLICANT)
        command = c.Submit(
            command_id=uuid5(STORY_IDS, f"{item}/{held.number}"),
            at=at,
            by=applicant,
            applicant=c.Personal(held.holder, find_by=held.holder["id_number"]),
            answers=c.Personal(given),
            provided=tuple(e.Provided(each.id, form="copy") for each in brought),
            e_service=True,
        )
        done = submit(procedure.code, command, key=f"demo-ending-{item}-{held.number}", body=item.encode())
        return self._begun(Telling(self.teller, done.stream, procedure, applicant))

    def opened(
        self, name: str, held: Held, days_ago: int, ground: str, facts: str, units: tuple[str, str], follows: str = ""
    ) -> Telling:
        """An officer begins a proceeding about this licence (依职权立案), found out two days before."""
        procedure: Procedure = catalogue.law(self.codes[name], 1).procedure
        command = c.OpenExOfficio(
            command_id=uuid5(STORY_IDS, f"{name}/{held.number}"),
            at=self.at(days_ago),
            by=self.teller.staff(units[0], "officer"),
            licence_number=held.number,
            ground=ground,
            discovered_on=self.at(days_ago + 2).date(),
            facts=c.Personal(facts),
            holder=c.Personal(held.holder, find_by=held.holder["id_number"]),
            party=held.party,
            follows=follows,
        )
        done = open_proceeding(procedure.code, command, f"demo-ending-{name}-{held.number}", name.encode())
        return self._begun(Telling(self.teller, done.stream, procedure, c.Actor(held.party, e.ActorKind.APPLICANT)))

    def _begun(self, case: Telling) -> Telling:
        self.begun.append(case.stream)
        return case

    def investigated(self, case: Telling, days_ago: int, units: tuple[str, str]) -> Telling:
        """Two people establish the facts."""
        head = self.teller.staff(units[1], "section_head")
        officers = [self.teller.staff(units[1], "officer", number) for number in (0, 1)]
        people = tuple(e.Person(each.id, units[1]) for each in officers)
        case.do(c.Assign, head, self.at(days_ago + 1), step="investigation", people=people)
        findings = c.Personal("经现场核实并调取原案卷，上述事实属实。")
        when = self.at(days_ago)
        return case.do(c.FinishStep, officers[0], when, step="investigation", outcome="confirmed", opinion=findings)

    def told(self, case: Telling, days_ago: int, text: str, units: tuple[str, str], **more: Any) -> Telling:
        """The notice of facts, grounds and intention is served (告知书)."""
        officer = self.teller.staff(units[0], "officer")
        return case.do(c.TellIntent, officer, self.at(days_ago), text=c.Personal(text), **more)

    def ended(self, case: Telling, days_ago: int, reasons: str) -> Telling:
        """Decided, and served two days later: only now it has effect."""
        decider = self.teller.staff(case.procedure.decides, "decider")
        case.do(c.DecideEnd, decider, self.at(days_ago), reasons=c.Personal(reasons))
        return case.served(self.at(days_ago - 2))


# On application


def changed(county: County, held: Held) -> None:
    """变更: done, and the licence has a second version."""
    at = county.at
    said = {"what_changes": "经营场所门牌号由18号变为20号", "premises": "云岭县城关镇示范街20号"}
    case = county.asked("food-business-change", held, at(16), **said)
    case.accepted(at(15)).assigned(at(14)).examined(at(12)).granted(at(11)).issued(at(10)).served(at(9))


def reissued(county: County, held: Held) -> None:
    """补办: under way."""
    county.asked("food-business-reissue", held, county.at(3)).accepted(county.at(2)).assigned(county.at(1))


def corrected(county: County, held: Held) -> None:
    """更正: waits at the window."""
    when = county.at(0, time(8, 30))
    said = {"what_is_wrong": "经营场所门牌号印错，应当与申请书一致", "premises": "云岭县城关镇示范街8号"}
    county.asked("food-business-correct", held, when, **said)


def given_back(county: County, held: Held) -> None:
    """注销 on application: served, and so ended."""
    at = county.at
    case = county.asked("food-business-cancel", held, at(14))
    case.accepted(at(13)).assigned(at(12)).examined(at(10)).granted(at(9)).served(at(8))


def renewed_by_silence(county: County, held: Held) -> None:
    """延续: asked for in time, decided by nobody until the licence ran out (行政许可法 50); its new paper followed."""
    last = county.at(6).date()
    asked_at = county.now - (county.now - county.at(6)) - timedelta(days=45)
    case = county.asked("food-business-renewal", held, asked_at, expires_on=last.isoformat())
    case.accepted(asked_at + timedelta(days=2))
    carry_out_timers(case.stream, county.at(5))
    case.issued(county.at(3))


# By the agency itself


def revoked(county: County, held: Held) -> None:
    """撤销, stated against, answered, served; and then cancelled (注销), as an act of its own."""
    at, officer = county.at, county.teller.staff(BUREAU[0], "officer")
    case = county.opened("food-licence-revoke", held, 30, "fraud", "申请时提交的场所使用证明系伪造。", BUREAU)
    county.investigated(case, 26, BUREAU)
    county.told(case, 25, "拟撤销该食品经营许可证，您可以陈述、申辩，也可以要求听证。", BUREAU)
    case.do(c.MakeStatement, case.applicant, at(22), text=c.Personal("场所证明由中介代办，我并不知情。"))
    (statement,) = queries.view(case.stream, at(21)).state.statements
    answer = c.Personal("申请人对材料真实性负责，陈述的理由不影响事实认定。")
    case.do(c.AnswerStatement, officer, at(20), statement=statement.id, outcome="not_adopted", text=answer)
    county.ended(case, 17, "以欺骗手段取得行政许可，事实清楚、证据确凿。")
    follow = queries.view(case.stream, at(14)).state.query_number
    after = county.opened(
        "food-licence-cancel", held, 14, "ended_before", "许可已被依法撤销，办理注销手续。", BUREAU, follow
    )
    number = queries.view(after.stream, at(13)).state.query_number
    case.do(c.RecordCancellation, officer, at(13), case=number)
    county.told(after, 13, "拟注销该食品经营许可证。", BUREAU)
    county.ended(after, 6, "许可已被依法撤销。")


def withdrawn(county: County, held: Held) -> None:
    """撤回: told, and the days to state and defend run."""
    case = county.opened(
        "food-licence-withdraw", held, 9, "circumstances_changed", "所在地块纳入道路拓宽征收范围。", BUREAU
    )
    county.investigated(case, 4, BUREAU)
    county.told(case, 2, "拟撤回该食品经营许可证，由此造成的财产损失依法予以补偿。", BUREAU)


def suspended(county: County, held: Held) -> None:
    """暂扣, served; what it was for is put right, and it is to be restored."""
    facts = "后厨消毒设施停用，责令改正后仍未改正。"
    case = county.opened("food-licence-suspend-yunxi", held, 24, "penalty_suspend", facts, MARKET)
    county.investigated(case, 20, MARKET)
    until = county.at(-60).date()
    county.told(case, 19, "拟暂扣该食品经营许可证。", MARKET, until=until)
    county.ended(case, 12, "事实清楚，处罚适当。")
    facts = "消毒设施已恢复使用，复查合格。"
    county.opened("food-licence-restore-yunxi", held, 1, "cause_removed", facts, MARKET)


def taken_away(county: County, held: Held) -> None:
    """吊销: being investigated."""
    facts = "一年内三次因经营超过保质期的食品受到处罚。"
    case = county.opened("food-licence-take-away-yunxi", held, 3, "penalty_take_away", facts, MARKET)
    head = county.teller.staff(MARKET[1], "section_head")
    people = tuple(e.Person(county.teller.staff(MARKET[1], "officer", n).id, MARKET[1]) for n in (0, 1))
    case.do(c.Assign, head, county.at(2), step="investigation", people=people)


Ending = Callable[[County, Held], None]
ENDINGS: tuple[tuple[str, Ending], ...] = (
    (FOOD, changed),
    (FOOD, reissued),
    (FOOD, corrected),
    (FOOD, given_back),
    (FOOD, revoked),
    (FOOD, withdrawn),
    (FOOD, renewed_by_silence),
    (FOOD_NEXT, suspended),
    (FOOD_NEXT, taken_away),
)
"""Of which item's licences, and what becomes of one."""


def tell(now: datetime) -> int:
    """Tell what is not told yet; how many endings. What finds no licence waits for a later day."""
    waiting = [each for each in ENDINGS if not Filed.objects.filter(name=_name(each[1], 0)).exists()]
    if not waiting:
        return 0
    county, done = County(now), 0
    held = {item: _held(county.codes[item], now) for item in (FOOD, FOOD_NEXT)}
    for item, ending in waiting:
        licence = next(held[item], None)
        if licence is None:
            continue
        county.begun.clear()
        try:
            ending(county, licence)
        except NotPossible:  # a visitor was here meanwhile
            continue
        for number, stream in enumerate(county.begun):
            Filed.objects.get_or_create(name=_name(ending, number), defaults={"stream": stream})
        done += 1
    return done


def _name(ending: Ending, number: int) -> str:
    return f"endings/{ending.__name__}/{number}"


def _held(code: str, now: datetime) -> Iterator[Held]:
    """The licences of an item that were handed over, the oldest first, of holders who have an account."""
    with whole_house("the demo ends some licences"):
        rows = Case.objects.everything().filter(procedure=code, stage=Stage.CLOSED).order_by("closed_on", "stream")
        streams: list[UUID] = list(rows.values_list("stream", flat=True))
    for stream in streams:
        view = queries.view(stream, now)
        state = view.state
        if state.issued is None or state.applicant is None or not state.party or state.erased:
            continue
        opened = list(view.opened(state.applicant, state.answers).values())
        if all(opened):
            holder, answers = opened[0], opened[-1]
            yield Held(state.issued.number, str(answers.get("place_name", "")), holder, state.party)
