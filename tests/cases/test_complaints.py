"""A complaint is the supervising unit's task from the day it comes, on a closed case too, and nobody else's affair."""

from datetime import date
from uuid import UUID

import pytest

from banjie import words
from banjie.cases import queries
from banjie.cases.models import Case
from banjie.cases.rebuild import differences, rebuild
from banjie.cases.scope import Scope
from banjie.config import worker
from banjie.duties.notices.queries import inbox
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.not_possible import NotPossible
from tests.cases.house import House, instant
from tests.cast import staff

pytestmark = pytest.mark.database

TEXT = "窗口让我跑了三趟"


def supervisor(house: House) -> c.Actor:
    """Of the unit that supervises the item."""
    unit = house.procedure.supervises
    return staff("p-supervisor", unit, house.procedure.agency_of(unit), "supervisor")


def complained(house: House, stream: UUID, by: c.Actor | None = None) -> None:
    """One more complaint."""
    house.do(stream, c.Complain, by or house.cast.applicant, text=c.Personal(TEXT))


def test_a_complaint_is_a_task_of_the_supervising_unit_with_its_own_due_day(demo):
    stream = demo.submitted()
    before = {slug: task.due_on for slug, task in demo.tasks(stream).items()}
    row = demo.row(stream)

    complained(demo, stream)

    task = demo.tasks(stream)["complaint-1"]
    assert (task.kind, task.unit, task.post, task.people) == ("complaint", "food-supervision", "supervisor", "")
    assert (task.opened_on, task.due_on) == (date(2026, 3, 2), date(2026, 3, 16))
    assert {slug: each.due_on for slug, each in demo.tasks(stream).items() if slug != "complaint-1"} == before
    after = demo.row(stream)
    assert [getattr(after, name) for name in ("stage", "next_due_at")] == [row.stage, row.next_due_at]


def test_on_a_closed_case_it_is_a_task_too_and_the_case_stays_closed(demo):
    stream = demo.closed()
    assert demo.tasks(stream) == {}

    complained(demo, stream)
    complained(demo, stream)

    assert set(demo.tasks(stream)) == {"complaint-1", "complaint-2"}
    row = demo.row(stream)
    assert (row.stage, row.next_due_at) == ("closed", None)
    answered = {"complaint": "complaint-1", "outcome": "unfounded", "text": c.Personal("经核实")}
    demo.do(stream, c.AnswerComplaint, supervisor(demo), **answered)
    assert set(demo.tasks(stream)) == {"complaint-2"}
    lines = queries.tasks(Scope.of(supervisor(demo)), supervisor(demo), demo.now.date())
    assert [(each.slug, each.stream) for each in lines] == [("complaint-2", stream)]


def test_the_rows_of_a_case_with_a_complaint_come_back_byte_for_byte(demo):
    complained(demo, demo.closed())

    assert list(differences()) == []
    assert rebuild() == 1
    assert list(differences()) == []


def test_years_after_closing_the_newest_calendar_counts(demo):
    stream = demo.closed()
    demo.load_calendar("CN-test-2")
    demo.at = instant("2026-06-01")

    complained(demo, stream)

    assert demo.state(stream).calendars == {"CN-test-1", "CN-test-2"}
    assert demo.tasks(stream)["complaint-1"].due_on == date(2026, 6, 15)
    complained(demo, stream)  # by a process that keeps the case in memory


def test_nobody_of_another_unit_and_no_stranger_learns_of_it(demo):
    stream = demo.closed()
    complained(demo, stream)
    foreign = staff("p-foreign", "labour-relations", "human-resources", "supervisor")

    assert queries.tasks(Scope.of(foreign), foreign, demo.now.date()) == []
    with pytest.raises(NotPossible, match="unknown_case"):
        queries.find(demo.row(stream).number, Scope.of(demo.cast.stranger))
    assert Case.objects.within(Scope.of(demo.cast.applicant)).count() == 1


def test_a_complaint_and_its_answer_are_told_to_whoever_complained_and_to_nobody_else(demo):
    stream = demo.assigned()
    neighbour = c.Actor("p-neighbour", e.ActorKind.THIRD_PARTY)
    named = {"parties": (e.Person("p-neighbour"),), "particulars": (c.Personal({"name": "邻居"}),)}
    demo.do(stream, c.NameThirdParties, officer(demo), **named)

    complained(demo, stream, neighbour)
    complained(demo, stream)
    for number in (1, 2):
        answer = {"complaint": f"complaint-{number}", "outcome": "founded", "text": c.Personal("已改正")}
        demo.do(stream, c.AnswerComplaint, supervisor(demo), **answer)
    while worker.turn():
        pass

    told = {who.id: heard(who) for who in (neighbour, demo.cast.applicant)}
    assert told == {
        "p-neighbour": [("complained", ("p-neighbour",)), ("complaint_answered", ("p-neighbour",))],
        "p-applicant": [("complained", ("p-applicant",)), ("complaint_answered", ("p-applicant",))],
    }
    view = queries.view(stream, demo.now)
    read = [
        words.sentence(line.event, "zh-Hans", "applicant", reader=("p-applicant",))
        for line in view.lines
        if isinstance(line.event, e.Complained | e.ComplaintAnswered)
    ]
    assert [each is None for each in read] == [True, False, True, False]


def officer(house: House) -> c.Actor:
    """An officer of the agency that decides."""
    unit = house.procedure.decides
    return staff("p-hearing-officer", unit, house.procedure.agency_of(unit), "officer")


def heard(actor: c.Actor) -> list[tuple[str, tuple[str, ...]]]:
    """What somebody was told of complaints, oldest first, and to whom it was told."""
    found = [each.event for each in reversed(inbox(Scope.of(actor), most=1000))]
    return [
        (e.NAMES[type(each)], each.told if isinstance(each, e.Complained) else each.to)
        for each in found
        if isinstance(each, e.Complained | e.ComplaintAnswered)
    ]


def test_the_words_of_a_complaint_and_of_a_note_are_sealed(demo):
    stream = demo.submitted()
    complained(demo, stream)
    demo.do(stream, c.Note, demo.cast.clerk, text=c.Personal("申请人下周三再来"))

    view = queries.view(stream, demo.now)
    complaint, note = (line.event for line in view.lines[1:])
    assert isinstance(complaint, e.Complained)
    assert isinstance(note, e.Noted)
    assert view.opened(complaint.text, note.text) == {complaint.text.ref: TEXT, note.text.ref: "申请人下周三再来"}
    stored = b"".join(e.encode(line.event)[1] for line in view.lines).decode()
    assert TEXT not in stored
    while worker.turn():
        pass
    assert "noted" not in {e.NAMES[type(each.event)] for each in inbox(Scope.of(demo.cast.applicant))}
