"""Nobody reads case data without saying for whom, and a stranger sees nothing."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import connection

from banjie import words
from banjie.cases import queries, worklist
from banjie.cases.models import Bundle, BundlePart, Case, Participant, Plan, PlanLine, Registration, Task
from banjie.cases.scope import Scope, ScopeMissing, is_whole_house, whole_house
from banjie.cases.worklist import Wanted
from banjie.config import worker
from banjie.duties.notices import queries as notices
from banjie.duties.notices.models import Message, Reading
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.not_possible import NotPossible
from banjie.records.parties import mandates
from tests.cases.house import House
from tests.cases.recorder import unscoped
from tests.cast import now, staff
from tests.databases import in_threads
from tests.parties import mandated, myself

pytestmark = pytest.mark.database

SCOPED = (Case, Task, Participant, Message, Reading, Plan, PlanLine, Bundle, BundlePart)


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model.__name__)
@pytest.mark.parametrize("read", [lambda o: o.all(), lambda o: o.filter(stream=uuid4()), lambda o: o.count()])
def test_a_model_of_case_data_is_not_read_without_a_scope(house, model, read):
    with pytest.raises(ScopeMissing, match=model.__name__):
        read(model.objects)


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model.__name__)
def test_only_the_house_itself_reads_everything_and_says_why(house, model):
    with pytest.raises(ScopeMissing):
        model.objects.everything()
    with whole_house("a test counts"):
        model.objects.everything().count()
    with pytest.raises(ScopeMissing):
        model.objects.everything()


def test_a_reason_holds_for_its_own_block_and_thread(house):
    with whole_house("outer"):
        with pytest.raises(ValueError, match="inside"), whole_house("inner"):
            raise ValueError("inside")
        assert is_whole_house()
        assert in_threads(is_whole_house) == [False]
    assert not is_whole_house()


def test_a_model_of_case_data_that_forgets_its_scope_is_named():
    about_cases = {each for each in apps.get_models() if each._meta.app_label in ("cases", "notices")}

    counted = {each for each in about_cases if not hasattr(each.objects, "within")}
    assert {each.__name__ for each in counted} == {
        "Registration",
        "Counter",  # numbers, of which nobody is told anything
    }


# Who sees a case


def test_a_case_is_seen_by_those_who_take_part_and_by_nobody_else(house):
    cast = house.cast
    mandated()
    everybody = {
        "applicant": cast.applicant,
        "agent": c.Actor("p-agent", e.ActorKind.AGENT, on_behalf_of="p-applicant"),
        "stranger": cast.stranger,
        "clerk": cast.clerk,
        "officer": cast.officers("document_review")[0],
        "decider": cast.decider,
        "head": cast.head,
        "mayor": staff("p-mayor", "county-office", "county-government", "head_of_government"),
        "neighbour": staff("p-neighbour", "labour-relations", "human-resources", "officer", "head_of_agency"),
    }

    def who_sees(stream: UUID) -> set[str]:
        known = {name: queries.cases(Scope.of(actor)) for name, actor in everybody.items()}
        return {name for name, found in known.items() if stream in {each.stream for each in found}}

    waiting, accepted = house.submitted(), house.accepted()

    assert who_sees(waiting) == {"applicant", "agent", "clerk"}
    assert who_sees(accepted) == {"applicant", "agent", "clerk", "officer", "decider", "head"}


def test_an_agent_sees_as_far_as_the_mandate_reaches_and_as_long_as_it_stands(house):
    agent, as_themselves = c.Actor("p-agent", e.ActorKind.AGENT, on_behalf_of="p-applicant"), myself("p-agent")
    mandate = mandated(items=(house.code[:31],))
    stream = house.submit(agent, channel="agent").stream

    assert [each.stream for each in queries.cases(Scope.of(agent))] == [stream]
    assert queries.cases(Scope.of(as_themselves)) == []
    elsewhere = house.of_item("public-place-hygiene").submitted()
    assert [each.stream for each in queries.cases(Scope.of(agent))] == [stream]
    assert elsewhere in {each.stream for each in queries.cases(Scope.of(house.cast.applicant))}

    mandates.end(mandate, myself("p-applicant"), now())

    for actor in (agent, as_themselves):
        assert queries.cases(Scope.of(actor)) == []
        with pytest.raises(NotPossible, match="unknown_case"):
            queries.find(house.row(stream).number, Scope.of(actor))
    assert stream in {each.stream for each in queries.cases(Scope.of(house.cast.applicant))}


def test_nobody_in_particular_sees_nothing(house):
    house.accepted()

    assert queries.cases(Scope(())) == []
    assert queries.cases(Scope(("",))) == []


@pytest.mark.parametrize("number", ["number", "query_number"])
def test_a_stranger_is_told_the_same_of_an_unknown_case_and_of_somebody_elses(house, number):
    row = house.row(house.accepted())
    scope = Scope.of(house.cast.stranger)

    told = []
    for text in (getattr(row, number), "11999921009900208U4000131029000202611229999", "26112200000000", "", "'"):
        with pytest.raises(NotPossible) as no:
            queries.find(text, scope)
        told.append((no.value.code, no.value.facts, words.refusal(no.value)))

    assert [each == told[0] for each in told] == [True] * 5
    assert told[0][0] == "unknown_case"
    assert queries.find(getattr(row, number), Scope.of(house.cast.applicant)).stream == row.stream


def test_a_stranger_sees_no_task_no_participant_no_message(house):
    stream = house.assigned()
    while worker.turn():
        pass
    stranger = house.cast.stranger
    foreign = staff("p-foreign", "labour-relations", "human-resources", "officer")

    for actor in (stranger, foreign):
        scope = Scope.of(actor)
        assert queries.cases(scope) == []
        assert queries.tasks(scope, actor, house.now.date()) == []
        assert queries.overdue(scope, house.now.date()) == []
        assert worklist.tasks(scope, actor, house.now.date(), Wanted("all")).lines == ()
        assert set(worklist.counts(scope, actor, house.now.date()).values()) == {0}
        assert worklist.by_unit(scope, house.now.date()) == []
        assert worklist.by_person(scope, house.now.date()) == {}
        assert worklist.by_stage(scope) == {}
        assert worklist.among(scope) == worklist.Among((), (), ())
        assert queries.participants(stream, scope) == {}
        assert notices.inbox(scope) == []
    assert queries.participants(stream, Scope.of(house.cast.applicant))["applicant"] == ["p-applicant"]
    assert notices.inbox(Scope.of(house.cast.applicant)) != []


def test_whoever_left_a_step_no_longer_sees_the_case_by_it(house):
    stream = house.assigned()
    leaver = c.Actor(
        "p-document_review-a", e.ActorKind.STAFF, frozenset({"officer"}), "labour-relations", "human-resources"
    )
    before = queries.cases(Scope.of(leaver))

    house.do(
        *(stream, c.Substitute, house.cast.section_head("document_review")),
        **{"step": "document_review", "leaver": leaver.id, "joiner": e.Person("p-new", "licensing")},
    )

    assert (len(before), queries.cases(Scope.of(leaver))) == (1, [])


# The recorder


READS: dict[str, Callable[[House], object]] = {
    "cases": lambda house: queries.cases(Scope.of(house.cast.clerk), ("accepted", "examining")),
    "find": lambda house: queries.find(Registration.objects.kept().get().number, Scope.of(house.cast.clerk)),
    "tasks": lambda house: queries.tasks(
        Scope.of(house.cast.section_head("site_survey")),
        house.cast.section_head("site_survey"),
        house.now.date(),
        mine=True,
    ),
    "a page of tasks": lambda house: [
        worklist.tasks(Scope.of(house.cast.clerk), house.cast.clerk, house.now.date(), Wanted(whose, sort=sort))
        for whose in worklist.WHOSE
        for sort in worklist.SORTS
    ],
    "counts of tasks": lambda house: [
        worklist.counts(Scope.of(house.cast.clerk), house.cast.clerk, house.now.date()),
        worklist.by_unit(Scope.of(house.cast.head), house.now.date()),
        worklist.by_person(Scope.of(house.cast.head), house.now.date()),
        worklist.by_stage(Scope.of(house.cast.head)),
        worklist.among(Scope.of(house.cast.clerk)),
    ],
    "running cases": lambda house: worklist.running("any"),
    "overdue": lambda house: queries.overdue(Scope.of(house.cast.clerk), house.now.date()),
    "participants": lambda house: queries.participants(
        queries.cases(Scope.of(house.cast.clerk))[0].stream, Scope.of(house.cast.clerk)
    ),
    "view": lambda house: queries.view(queries.stream_of(Registration.objects.kept().get().query_number), house.now),
    "inbox": lambda house: notices.inbox(Scope.of(house.cast.applicant)),
    "the door": lambda house: house.do(Registration.objects.kept().get().stream, c.Withdraw, house.cast.applicant),
    "the worker": lambda house: worker.turn(),
}


@pytest.mark.parametrize("name", READS)
def test_no_read_of_the_house_forgets_for_whom(house, name):
    house.assigned()
    while worker.turn():
        pass

    with unscoped() as found:
        READS[name](house)

    assert found == []


BITES: dict[str, Callable[[House], object]] = {
    "sql by hand": lambda house: _sql('SELECT number FROM "case"'),
    "a change by hand": lambda house: _sql("UPDATE \"task\" SET people = ''"),
    "django's own manager": lambda house: list(Case._base_manager.all()),
    "a task's case": lambda house: _a_task(house).stream,
    "a count": lambda house: Message._base_manager.count(),
    "participants of nobody": lambda house: list(Participant._base_manager.filter(capacity="applicant")),
    "a scope that is given up": lambda house: list(Case._base_manager.filter(stream__in=_streams(house))),
}


@pytest.mark.parametrize("name", BITES)
def test_the_recorder_notices(house, name):
    house.assigned()

    with unscoped() as found:
        BITES[name](house)

    assert len(found) == 1


def _sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("SET people = ''", "SET people = people"))


def _a_task(house: House) -> Task:
    return Task.objects.within(Scope.of(house.cast.clerk))[0]


def _streams(house: House) -> list[object]:
    return [each.stream for each in queries.cases(Scope.of(house.cast.clerk))]
