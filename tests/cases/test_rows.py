"""The rows of a case at every stage: who has to do what by when, who may see it, and what the lists show.

Dates: handed in on Monday 2 March 2026, accepted on Tuesday the 3rd; promised in 8 working days, statutory limit 10.
"""

import os
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from banjie.cases import queries
from banjie.cases.models import Case
from banjie.cases.rebuild import rebuild
from banjie.cases.scope import Scope, whole_house
from banjie.engine import commands as c
from banjie.engine import events as e
from tests.cases.house import House, instant

pytestmark = pytest.mark.database


def march(day: int | None) -> date | None:
    return date(2026, 3, day) if day else None


def tasks(house: House, stream: UUID) -> dict[str, tuple[object, ...]]:
    """The tasks as (kind, unit, post, people) and the days opened, due, yellow, orange, red."""
    return {
        slug: (
            *(row.kind, row.unit, row.post, row.people),
            *(row.opened_on, row.due_on, row.yellow_on, row.orange_on, row.red_on),
        )
        for slug, row in house.tasks(stream).items()
    }


def test_a_new_application_waits_for_its_window(demo):
    stream = demo.submitted()

    row = demo.row(stream)
    assert (row.stage, row.unit, row.home, row.received_on) == ("submitted", "hall-window", "approval-bureau", march(2))
    assert (row.accepted_on, row.promised_due_on, row.legal_due_on) == (None, None, None)
    assert tasks(demo, stream) == {
        "receipt": ("receipt", "hall-window", "clerk", "", march(2), march(9), march(6), march(9), march(10)),
    }
    assert demo.participants(stream) == {
        ("hall-window", "receives"),
        ("food-supervision", "supervises"),
        ("p-applicant", "applicant"),
    }


def test_a_corrected_application_waits_for_nobody_and_then_again(demo):
    command = demo.application()
    stream = demo.submit(provided=command.provided[1:]).stream
    missing = c.Citation(e.PointKind.MATERIAL, command.provided[0].material, e.Defect.MISSING)

    demo.do(stream, c.RequestCorrection, demo.cast.clerk, points=(missing,))
    waiting = demo.row(stream), tasks(demo, stream)
    demo.at = instant("2026-03-05")
    demo.do(stream, c.SubmitCorrection, demo.cast.applicant, provided=command.provided[:1])

    assert (waiting[0].stage, waiting[0].corrections, waiting[1]) == ("correction", 1, {})
    assert tasks(demo, stream)["receipt"][4:6] == (march(5), march(12))


def accepted(house: House) -> UUID:
    """A case accepted on the 3rd."""
    stream = house.submitted()
    house.at = instant("2026-03-03")
    house.do(stream, c.Accept, house.cast.clerk)
    return stream


@pytest.mark.requirement("M156")
def test_an_accepted_case_has_its_due_days_and_opens_its_branches(demo):
    stream = accepted(demo)

    row = demo.row(stream)
    assert (row.stage, row.accepted_on, row.promised_due_on, row.legal_due_on) == (
        "accepted",
        march(3),
        march(13),
        march(17),
    )
    assert tasks(demo, stream) == {
        "document_review": (
            *("review", "licensing", "section_head", ""),
            *(march(3), march(10), march(9), march(10), march(11)),
        ),
        # Its own limit runs from the day somebody is named; until then it has the promised day.
        "site_survey": (
            *("survey", "site-survey", "section_head", ""),
            *(march(3), march(13), march(12), march(13), march(14)),
        ),
    }


def test_an_assigned_step_is_its_peoples_and_counts_from_the_naming(demo):
    stream = accepted(demo)
    people = tuple(e.Person(each.id, "site-survey") for each in demo.cast.officers("site_survey"))

    demo.at = instant("2026-03-04")
    demo.do(stream, c.Assign, demo.cast.section_head("site_survey"), step="site_survey", people=people)

    assert tasks(demo, stream)["site_survey"] == (
        *("survey", "site-survey", "officer", "|p-site_survey-a|p-site_survey-b|"),
        *(march(3), march(11), march(10), march(11), march(12)),
    )
    assert {("p-site_survey-a", "examines"), ("p-site_survey-b", "examines")} <= demo.participants(stream)
    assert demo.row(stream).stage == "examining"


def test_whoever_stands_in_takes_the_leavers_place(demo):
    stream = demo.assigned()
    joiner = e.Person("p-stands-in", "licensing")

    demo.do(
        *(stream, c.Substitute, demo.cast.section_head("document_review")),
        **{"step": "document_review", "leaver": "p-document_review-a", "joiner": joiner},
    )

    assert demo.tasks(stream)["document_review"].people == "|p-stands-in|"
    seen_by = {who for who, _ in demo.participants(stream)}
    assert "p-stands-in" in seen_by
    assert "p-document_review-a" not in seen_by


def test_acceptance_lets_those_in_who_work_on_the_case_and_nobody_else(demo):
    stream = accepted(demo)

    assert demo.participants(stream) == {
        ("hall-window", "receives"),
        ("food-supervision", "supervises"),
        ("p-applicant", "applicant"),
        ("licensing", "examines"),
        ("site-survey", "examines"),
        ("decision-office", "decides"),
        ("approval-bureau", "leads"),
        ("licence-desk", "serves"),
    }


def test_an_examined_case_waits_for_its_decision(demo):
    demo.at = instant("2026-03-03")
    stream = demo.examined()

    (slug,), (task,) = tasks(demo, stream).keys(), tasks(demo, stream).values()
    assert (slug, *task[:5]) == ("decision", "decision", "decision-office", "decider", "", march(3))
    assert task[5:] == (march(13), march(12), march(13), march(14))


def test_a_decided_case_waits_for_its_licence_and_then_for_service(demo):
    stream = demo.decided()

    waits_for_licence = tasks(demo, stream)
    demo.do(stream, c.Issue, demo.cast.licence_clerk)
    waits_for_service = tasks(demo, stream)
    demo.do(stream, c.Serve, demo.cast.server, method="in_person")

    days = (march(2), march(9), march(6), march(9), march(10))
    assert waits_for_licence == {"issue": ("issue", "licence-desk", "licence_clerk", "", *days)}
    assert waits_for_service == {"serve": ("serve", "licence-desk", "clerk", "", *days)}
    assert tasks(demo, stream) == {}
    row = demo.row(stream)
    assert (row.stage, row.result, row.closed_on, row.next_due_at) == ("closed", "granted", march(2), None)


def test_a_step_sent_back_is_open_again_and_the_decision_is_not(demo):
    stream = demo.examined()

    demo.do(
        *(stream, c.SendBack, demo.cast.decider),
        **{"step": "document_review", "reasons": c.Personal("请核对操作流程")},
    )

    assert set(demo.tasks(stream)) == {"document_review"}
    assert demo.tasks(stream)["document_review"].people == "|p-document_review-a|"


def test_a_paused_clock_moves_the_due_days(demo):
    house = demo.of_item("public-place-hygiene")
    stream = house.assigned()
    before = house.row(stream).legal_due_on

    officer = house.cast.officers("hygiene_inspection")[0]
    house.do(stream, c.Pause, officer, ground="testing", expected_end=march(9), step="hygiene_inspection")

    # Of the told days the 3rd to the 6th would have counted: the 2nd is day 0, the 7th and 8th are a weekend.
    assert (before, house.row(stream).legal_due_on) == (march(30), date(2026, 4, 3))
    assert house.row(stream).next_due_at is not None


def test_a_case_handed_up_is_the_higher_agencys(demo):
    house = demo.of_item("forest-seed-forwarded")
    stream = house.submitted()
    seen = {}

    for what, _ in house.life(stream):
        seen[what] = set(house.tasks(stream)), house.row(stream).unit

    assert seen["accept"] == ({"preliminary_review"}, "hall-window")
    assert seen["finish preliminary_review"] == ({"forward"}, "hall-window")
    assert seen["forward"] == ({"city_review"}, "city-licensing")
    assert seen["finish city_review"] == ({"decision"}, "city-licensing")


# What the lists show


@pytest.mark.requirement("M095")
def test_every_case_has_exactly_one_contact_from_the_first_day(demo):
    stream = demo.submitted()
    contacts = []

    for _ in range(3):
        contacts.append(demo.row(stream).contact)
        if len(contacts) == 1:
            demo.do(stream, c.Accept, demo.cast.clerk)
        if len(contacts) == 2:
            demo.do(stream, c.AppointContact, demo.cast.clerk, contact=e.Person("p-other-clerk"))

    assert contacts == ["p-zhouning", "p-clerk", "p-other-clerk"]
    assert ("p-other-clerk", "contact") in demo.participants(stream)  # sees it, whatever their unit
    view = queries.view(stream, demo.now)
    assert view.state.contact == demo.row(stream).contact == "p-other-clerk"


@pytest.mark.requirement("M156")
def test_what_is_overdue_is_listed_with_who_is_responsible(demo):
    late, in_time, decided = accepted(demo), accepted(demo), demo.decided()
    demo.at = instant("2026-03-10")
    young = demo.accepted()
    unit = Scope.of(demo.cast.decider)

    def listed(day: int) -> list[tuple[UUID, str]]:
        return [(each.stream, each.contact) for each in queries.overdue(unit, date(2026, 3, day))]

    assert listed(13) == []
    assert sorted(listed(14)) == sorted([(late, "p-clerk"), (in_time, "p-clerk")])
    demo.at = instant("2026-03-14")
    demo.do(in_time, c.Terminate, demo.cast.decider, ground="applicants_request")
    assert listed(14) == [(late, "p-clerk")]
    assert {stream for stream, _ in listed(30)} == {late, young}
    assert decided not in dict(listed(30))
    assert queries.overdue(Scope.of(demo.cast.stranger), date(2026, 3, 30)) == []


def test_a_unit_sees_its_tasks_by_time_left_with_their_light(demo):
    first = accepted(demo)
    demo.at = instant("2026-03-05")
    second = demo.accepted()
    head = demo.cast.section_head("document_review")
    scope = Scope.of(head)

    lines = queries.tasks(scope, head, date(2026, 3, 10))

    assert [(line.stream, line.slug, line.light) for line in lines] == [
        (first, "document_review", "orange"),
        (second, "document_review", "green"),
    ]
    assert lines[0].number == demo.row(first).number
    assert [line.light for line in queries.tasks(scope, head, date(2026, 3, 11))] == ["red", "yellow"]
    assert queries.tasks(Scope.of(demo.cast.stranger), demo.cast.stranger, date(2026, 3, 10)) == []


def test_an_officer_sees_what_is_theirs(demo):
    stream = demo.assigned()
    mine, colleague = demo.cast.officers("document_review")

    assert [line.stream for line in queries.tasks(Scope.of(mine), mine, march(3), mine=True)] == [stream]
    assert queries.tasks(Scope.of(colleague), colleague, march(3), mine=True) == []
    assert [line.people for line in queries.tasks(Scope.of(colleague), colleague, march(3))] == [(mine.id,)]


def test_a_page_shows_the_case_as_time_has_already_moved_it(demo):
    stream = demo.submitted()

    view = queries.view(stream, instant("2026-03-11"))

    assert view.state.stage.value == "accepted"
    assert [line.position for line in view.lines] == [1]
    assert view.version == 1
    assert view.offers(demo.cast.clerk)["accept"].no is not None
    assert demo.kinds(stream) == ["submitted"]


def test_a_page_offers_what_would_be_done(demo):
    stream = demo.submitted()
    view = queries.view(stream, demo.now)

    offered = {kind for kind, offer in view.offers(demo.cast.clerk).items() if offer.no is None}

    assert {"accept", "decline", "request_correction", "find_not_needed"} <= offered
    assert [kind for kind, offer in view.offers(demo.cast.stranger).items() if offer.no is None] == []


def test_personal_data_are_opened_by_their_reference(demo):
    stream = demo.submitted()
    view = queries.view(stream, demo.now)

    opened = view.opened(view.state.applicant, view.state.answers, None)

    assert opened[view.state.applicant.ref]["name"] == "云岭县山居小馆"
    assert opened[view.state.answers.ref]["area"] == 60


@pytest.mark.requirement("M156")
def test_a_case_that_lies_with_the_lower_agency_is_due_there(demo):
    house = demo.of_item("forest-seed-forwarded")
    stream = house.submitted()
    due = {}

    for what, _ in house.life(stream):
        due[what] = house.row(stream).legal_due_on
        house.at += timedelta(days=1)

    assert due["accept"] == march(30)  # its own 20 working days
    assert due["forward"] > march(30)  # the city's, from the arrival
    assert None not in due.values()


def test_the_agency_that_received_a_case_never_changes(demo):
    stream = demo.submitted()

    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic(), whole_house("a test"):
        Case.objects.everything().filter(stream=stream).update(home="elsewhere")

    assert demo.row(stream).home == "approval-bureau"


@pytest.mark.skipif(os.environ.get("BANJIE_DATABASE_URL", "").startswith("postgres"), reason="SQLite's tables alone")
def test_rows_and_guards_stand_when_their_tables_are_remade(demo):
    stream = demo.accepted()
    before = tasks(demo, stream), demo.participants(stream)

    for version in (["0003"], ["0004"], []):
        call_command("migrate", "cases", *version, verbosity=0)
        assert (tasks(demo, stream), demo.participants(stream)) == before

    rebuild()  # what is counted of a case stands in columns that were gone meanwhile
    assert tasks(demo, demo.closed()) == {}, "tasks that are done go, by a trigger of the table"
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE tbl_name IN ('task', 'participant') AND sql IS NOT NULL")
        assert {name for (name,) in cursor.fetchall()} == {
            *("task", "task_unit_due", "task_gone_on_insert", "task_gone_on_update"),
            *("participant", "participant_who"),
        }
