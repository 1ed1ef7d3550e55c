"""Our procedure and people for the measurement, and the eight commands as calls of the door."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import yaml
from django.core.management import call_command

from banjie.cases.handle import handle
from banjie.cases.handle import submit as file_case
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.guide import Basis, Guide, Place, PostDuty
from banjie.engine.law import Agency, Criterion, Material, Procedure, Question, StepRule, WorkUnit
from banjie.engine.timelimits import Limit, Unit
from banjie.records.catalogue import load_calendar, publish
from banjie.records.organisation import load, rulebook
from banjie.store.log.install import create_installation
from peers.lifecycle import MATERIALS, form

RULEBOOK = Path(__file__).resolve().parents[2] / "rulebook"
DAYS = Unit.WORKING_DAY
WINDOW, A, B, OFFICE = "hall-window", "licensing", "site-survey", "decision-office"
AGENCY = "approval-bureau"
SIGNED = {"reform_office": "bench-1", "service_centre": "bench-2", "e_government": "bench-3"}
LAW = "中华人民共和国行政许可法"
GUIDE = Guide(
    item_name="测量用事项",
    variant="new",
    bases=tuple(Basis(of=of, title=LAW, article="第四十二条") for of in ("item", "statutory", "extension")),
    served=("person",),
    conditions="符合条件。",
    flow="申请、受理、审查、决定、发证。",
    channels=("window", "computer"),
    online_depth=("handle",),
    places=(Place(name="大厅", address="示范街1号", hours="9:00-17:00"),),
    enquiries="0000-0000000",
    complaints="0000-0000001",
    result_kind="licence",
    result_name="证",
    validity="5 年",
    class_reason="测量用",
    posts=tuple(
        PostDuty(post=post, unit=unit, duties=("办理",), powers=("办理",), liabilities=("负责",))
        for unit, post in ((WINDOW, "clerk"), (A, "officer"), (B, "officer"), (OFFICE, "decider"))
    ),
)
PROCEDURE = Procedure(
    code="11999921009900208U400013109900001",
    version=1,
    name="测量用事项",
    effective_from=date(2025, 1, 1),
    region="999921",
    summary="测量用",
    fee="不收费",
    guide=GUIDE,
    basis=("measuring only",),
    home=AGENCY,
    receives=WINDOW,
    decides=OFFICE,
    seals=OFFICE,
    supervises=OFFICE,
    serves=WINDOW,
    contact="p-clerk",
    statutory_limit=Limit(20, DAYS),
    committed_limit=Limit(10, DAYS),
    licence="BJ",
    licence_years=5,
    units=tuple(WorkUnit(id=each, name=each, agency=AGENCY) for each in (WINDOW, A, B, OFFICE)),
    agencies=(Agency(id=AGENCY, name="局", reconsideration="县人民政府", court="县人民法院"),),
    materials=tuple(Material(id=f"m{n}", name=name, basis=LAW) for n, name in enumerate(MATERIALS)),
    questions=tuple(
        Question(id=name, label=name, type="number" if isinstance(value, int) else "text")
        for name, value in form("0").items()
    ),
    criteria=(Criterion(id="c1", text="符合条件", basis="x", materials=("m0", "m1", "m2", "m3")),),
    steps=(
        StepRule(slug="a", kind="review", name="A", unit=A, limit=Limit(5, DAYS)),
        StepRule(slug="b", kind="review", name="B", unit=B, limit=Limit(5, DAYS)),
    ),
)
PARTICULARS = {
    "kind": "person",
    "name": "白禾",
    "id_type": "id_card",
    "id_number": "999921198108040317",
    "phone": "13800000003",
    "address": "云岭县柳林镇柳林村2组",
}
PROVIDED = tuple(e.Provided(each.id, form="copy") for each in PROCEDURE.materials)


def _staff(name: str, unit: str, post: str) -> c.Actor:
    return c.Actor(f"p-{name}", e.ActorKind.STAFF, frozenset({post}), unit, AGENCY)


APPLICANT = c.Actor("p-applicant", e.ActorKind.APPLICANT)
CLERK = _staff("clerk", WINDOW, "clerk")
HEADS = {"a": _staff("head-a", A, "section_head"), "b": _staff("head-b", B, "section_head")}
OFFICERS = {"a": _staff("officer-a", A, "officer"), "b": _staff("officer-b", B, "officer")}
DECIDER = _staff("decider", OFFICE, "decider")
LICENCE = _staff("licence", OFFICE, "licence_clerk")


def prepare() -> None:
    """Tables, a real (not a demo) installation, the calendar, the organisation, the procedure."""
    call_command("migrate", verbosity=0)
    create_installation(demo=False)
    now = datetime.now(UTC)
    years = [
        yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((RULEBOOK / "calendars").glob("*.yaml"))
    ]
    load.load(rulebook.organisation(RULEBOOK / "organisation" / "demo.yaml"))
    load_calendar("CN-bench", years, by="bench", at=now, second_person="bench-2", command_id=uuid4())
    publish(PROCEDURE, "bench", now, uuid4(), SIGNED)


def _given(by: c.Actor, seen: int | None = None) -> dict[str, Any]:
    return {"command_id": uuid4(), "at": datetime.now(UTC), "by": by, "expected_version": seen}


def submit(number: str) -> UUID:
    """Command 1."""
    command = c.Submit(
        **_given(APPLICANT),
        applicant=c.Personal(PARTICULARS, find_by=PARTICULARS["id_number"]),
        answers=c.Personal(form(number)),
        provided=PROVIDED,
    )
    return file_case(PROCEDURE.code, command, key=number, body=number.encode()).stream


def accept(case: UUID) -> None:
    """Command 2."""
    handle(case, c.Accept(**_given(CLERK, seen=1)))


def assign(case: UUID) -> None:
    """Command 3: two of ours."""
    for step, unit in (("a", A), ("b", B)):
        people = (e.Person(OFFICERS[step].id, unit),)
        handle(case, c.Assign(**_given(HEADS[step]), step=step, people=people))


def review(case: UUID, step: str) -> None:
    """Commands 4 and 5."""
    handle(case, c.FinishStep(**_given(OFFICERS[step]), step=step, outcome="passed"))


def decide(case: UUID) -> None:
    """Command 6: the decider has read the case as it stands with both reviews (and the join) in it."""
    handle(case, c.Decide(**_given(DECIDER, seen=8), outcome="grant"))


def issue(case: UUID) -> None:
    """Command 7."""
    handle(case, c.Issue(**_given(LICENCE)))


def serve(case: UUID) -> None:
    """Command 8."""
    handle(case, c.Serve(**_given(CLERK), method="in_person"))
