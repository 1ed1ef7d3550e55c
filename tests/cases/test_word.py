"""What rests on somebody's word, at the door: gaps, commitments, their verification, and whose word is not taken."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from banjie.cases.rebuild import differences, rebuild
from banjie.cases.timers import carry_out_due
from banjie.engine import commands as c
from banjie.engine import commitment, gaps
from banjie.engine import events as e
from banjie.engine.not_possible import NotPossible
from banjie.records.parties import rebuild as parties
from banjie.records.parties import standing
from banjie.records.parties.models import Bar
from tests.cases.house import DISPATCH, HYGIENE, House, instant
from tests.cast import demo_uscc, staff
from tests.parties import mandated, party

pytestmark = pytest.mark.database

SAMPLE, PROOF = "sample_agreement", "premises_proof"


def supervisor(house: House) -> c.Actor:
    """Of the unit that supervises the item."""
    unit = house.procedure.supervises
    return staff("p-supervisor", unit, house.procedure.agency_of(unit), "supervisor")


def without(house: House, *materials: str) -> tuple[e.Provided, ...]:
    """Everything the guide asks but these."""
    return tuple(e.Provided(each.id, form="copy") for each in house.procedure.materials if each.id not in materials)


def promised(house: House) -> UUID:
    """A labour dispatch licence without the sample agreement, which is promised."""
    text = gaps.told(house.law, house.now.date())
    return house.submitted(provided=without(house, SAMPLE), gaps=(SAMPLE,), gaps_told=text)


def committed(house: House, **changes: Any) -> UUID:
    """The same without the proof of the premises, on the commitment."""
    return house.submitted(**{"provided": without(house, PROOF), "commitment": commitment.told(house.law), **changes})


def granted(house: House, stream: UUID) -> None:
    """Through review to the grant."""
    cast = house.cast
    house.do(stream, c.Accept, cast.clerk)
    people = tuple(e.Person(each.id, each.unit) for each in cast.officers("document_review"))
    house.do(stream, c.Assign, cast.section_head("document_review"), step="document_review", people=people)
    house.finish(stream, "document_review")
    house.do(stream, c.Decide, cast.decider, outcome="grant")


def test_a_case_with_a_gap_waits_for_nobody_of_the_office_until_it_is_filled(demo: House):
    demo.of_item(DISPATCH)
    stream = promised(demo)
    demo.do(stream, c.Accept, demo.cast.clerk, gaps=(SAMPLE,))
    people = tuple(e.Person(each.id, each.unit) for each in demo.cast.officers("document_review"))
    demo.do(stream, c.Assign, demo.cast.section_head("document_review"), step="document_review", people=people)
    demo.finish(stream, "document_review")
    assert set(demo.tasks(stream)) == set()

    demo.do(stream, c.FillGap, demo.cast.applicant, provided=(e.Provided(SAMPLE, form="copy"),))

    assert set(demo.tasks(stream)) == {"decision"}
    assert demo.kinds(stream)[-1] == "gap_filled"
    assert list(differences()) == []


def test_the_worker_tells_when_a_gap_passed_and_somebody_has_to_end_the_case(demo: House):
    demo.of_item(DISPATCH)
    stream = promised(demo)
    demo.do(stream, c.Accept, demo.cast.clerk, gaps=(SAMPLE,))
    demo.at = instant("2026-03-13", "00:00")  # eight working days after 2 March

    carry_out_due(demo.at)

    assert demo.kinds(stream)[-1] == "gap_passed"
    assert not demo.state(stream).is_closed
    assert demo.tasks(stream)["gap"].post == "decider"
    with pytest.raises(NotPossible, match="gap_overdue"):
        demo.do(stream, c.FillGap, demo.cast.applicant, provided=(e.Provided(SAMPLE, form="copy"),))
    demo.do(stream, c.Terminate, demo.cast.decider, ground="gap_overdue")
    assert demo.row(stream).result == "terminated"
    assert list(differences()) == []


@pytest.mark.requirement("M162")
def test_the_verification_is_a_task_of_the_supervising_unit_with_its_own_day(demo: House):
    demo.of_item(DISPATCH)
    stream = committed(demo)
    granted(demo, stream)

    task = demo.tasks(stream)["verification"]

    assert (task.kind, task.unit, task.post) == ("verification", "labour-supervision", "supervisor")
    assert (task.opened_on, task.due_on) == (date(2026, 3, 2), date(2026, 4, 14))
    with pytest.raises(NotPossible, match="staff_only"):
        demo.do(stream, c.VerifyCommitment, demo.cast.applicant, outcome="kept", method="field_check")
    demo.do(stream, c.VerifyCommitment, supervisor(demo), outcome="kept", method="field_check")
    assert "verification" not in demo.tasks(stream)
    assert list(differences()) == []
    assert rebuild() == 1


@pytest.mark.requirement("M162")
def test_a_broken_promise_excludes_whoever_gave_it_until_the_credit_is_restored(demo: House):
    demo.of_item(DISPATCH)
    stream = committed(demo)
    granted(demo, stream)

    demo.do(stream, c.VerifyCommitment, supervisor(demo), outcome="broken", method="field_check")

    assert standing.of("p-applicant") == "false_promise"
    assert "verification" in demo.tasks(stream), "it is open until a measure is recorded"
    for attempt in (committed, promised):
        with pytest.raises(NotPossible, match="credit_excludes"):
            attempt(demo)
    other = demo.submitted(provided=without(demo, PROOF))
    assert demo.state(other).standing == "false_promise"
    with pytest.raises(NotPossible, match="credit_excludes"):
        demo.do(other, c.SignCommitment, demo.cast.applicant, told=commitment.told(demo.law))
    # A stranger is taken at their word.
    stranger = demo.submit(
        demo.cast.stranger, provided=without(demo, PROOF), commitment=commitment.told(demo.law)
    ).stream
    assert demo.kinds(stranger) == ["submitted", "commitment_signed"]

    demo.do(stream, c.RecordMeasure, supervisor(demo), measure="credit_recorded", text=c.Personal("记入信用记录"))
    assert "verification" not in demo.tasks(stream)
    before = list(Bar.objects.values_list())
    parties.rebuild()
    assert list(Bar.objects.values_list()) == before
    demo.do(stream, c.RestoreCredit, supervisor(demo), text=c.Personal("已改正"))
    assert standing.of("p-applicant") == ""
    assert demo.kinds(committed(demo))[-1] == "commitment_signed"


def test_another_account_with_the_same_number_is_barred_too(demo: House):
    demo.of_item(DISPATCH)
    party("p-applicant", 77, kind="enterprise", id_type="uscc", id_number=demo_uscc(77))
    granted(demo, stream := committed(demo))
    demo.do(stream, c.VerifyCommitment, supervisor(demo), outcome="broken", method="data_sharing")

    assert standing.of("p-another", demo_uscc(77)) == "false_promise"
    assert standing.of("p-another", demo_uscc(78)) == ""


@pytest.mark.requirement("M161")
def test_an_agent_signs_only_under_a_mandate_that_says_so(demo: House):
    demo.of_item(DISPATCH)
    mandated()
    agent = c.Actor("p-agent", e.ActorKind.AGENT, on_behalf_of="p-applicant")
    handed_in = {"provided": without(demo, PROOF), "commitment": commitment.told(demo.law)}

    with pytest.raises(NotPossible, match="no_mandate_to_commit"):
        demo.submit(agent, **handed_in)
    plain = demo.submit(agent, provided=without(demo, PROOF)).stream
    with pytest.raises(NotPossible, match="no_mandate_to_commit"):
        demo.do(plain, c.SignCommitment, agent, told=commitment.told(demo.law))

    mandated(may_commit=True)
    assert demo.kinds(demo.submit(agent, **handed_in).stream) == ["submitted", "commitment_signed"]
    assert demo.do(plain, c.SignCommitment, agent, told=commitment.told(demo.law)).version == 2


@pytest.mark.requirement("M165")
def test_a_business_permit_is_granted_on_commitment_and_inspected_afterwards(demo: House):
    demo.of_item(HYGIENE)
    stream = demo.submitted(provided=without(demo, "test_report"), commitment=commitment.told(demo.law))

    granted(demo, stream)

    assert demo.kinds(stream)[-2:] == ["granted", "verification_opened"]
    assert "hygiene_inspection" not in demo.state(stream).steps
    assert demo.facts(stream)[-2].on_commitment == ("c1", "c2")
    assert demo.tasks(stream)["verification"].due_on == date(2026, 5, 6)


@pytest.mark.requirement("M165")
def test_a_pool_is_tested_first_and_public_safety_takes_nobodys_word(demo: House):
    demo.of_item(HYGIENE)
    answers = {**demo.application().answers.value, "kind_of_place": "swimming", "pool_volume": 250}
    with pytest.raises(NotPossible, match="no_commitment_in_this_situation"):
        demo.submitted(answers=c.Personal(answers), commitment=commitment.told(demo.law))
    demo.of_item("fireworks-retail")
    with pytest.raises(NotPossible, match="no_commitment_here"):
        demo.submitted(commitment=commitment.told(demo.law))
