"""A published version is immutable, lies in the log whole, and every row can be made again from there."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from banjie.engine.law import Criterion, StepRule
from banjie.engine.not_possible import NotPossible
from banjie.engine.timelimits import Limit, Unit, due
from banjie.records import catalogue
from banjie.records.catalogue import publication, queries, rulebook
from banjie.records.catalogue.models import CalendarVersion, ProcedureVersion
from banjie.records.catalogue.rebuild import rebuild
from banjie.store.log import read
from tests.cast import SIGNED
from tests.databases import in_threads
from tests.records.conftest import AT

DAY = date(2026, 3, 2)


def publish(procedure, at=AT):
    return catalogue.publish(procedure, "p-keeper", at, uuid4(), SIGNED)


def refused(procedure):
    facts = len(list(read.streams("procedure")))
    with pytest.raises(NotPossible) as no:
        publish(procedure)
    assert len(list(read.streams("procedure"))) == facts
    return no.value


def rows():
    tables = (ProcedureVersion.objects.order_by("code", "version"), CalendarVersion.objects.order_by("position"))
    plain = [[{**each, "content": bytes(each["content"])} for each in table.values()] for table in tables]
    return [[{key: value for key, value in row.items() if key != "id"} for row in table] for table in plain]


@pytest.mark.database
def test_a_published_version_is_found_in_force_from_its_day(food, calendar):
    row = publish(food)

    assert catalogue.in_force(food.code, DAY) == row
    law = catalogue.law_in_force(food.code, DAY)
    assert law.procedure == food
    assert (law.digest, law.current_calendar) == (row.digest, calendar)
    assert law.region.name == "云岭县"
    assert catalogue.law(food.code, 1) is law


@pytest.mark.database
def test_the_whole_content_stands_in_the_fact(food):
    row = publish(food)

    (entry,) = read.entries(row.stream)
    assert (entry.stream_kind, entry.kind, entry.actor) == ("procedure", "published", "p-keeper")
    assert bytes(row.content) in bytes(entry.body)


@pytest.mark.database
def test_the_rows_are_made_again_byte_for_byte(food, calendar):
    publish(food)
    publish(replace(food, version=2, effective_from=date(2026, 7, 1)))
    catalogue.withdraw(food.code, 2, "p-keeper", AT, uuid4())
    catalogue.load_calendar(
        "CN-2026.2", rulebook.years(2024, 2026), by="p-one", at=AT, second_person="p-two", command_id=uuid4()
    )
    before = rows()
    ProcedureVersion.objects.filter(version=1).update(name="altered", content=b"{}")

    assert rebuild() == 5  # two versions, two calendars, one document to search

    assert rows() == before


@pytest.mark.database
def test_a_new_version_comes_into_force_on_its_day_and_the_old_one_stays(food, calendar):
    publish(food)
    second = replace(food, version=2, effective_from=date(2026, 7, 1), summary="另一份说明")
    publish(second)

    assert catalogue.in_force(food.code, date(2026, 6, 30)).version == 1
    assert catalogue.in_force(food.code, date(2026, 7, 1)).version == 2
    assert catalogue.law(food.code, 1).procedure.summary == food.summary
    assert catalogue.law(food.code, 2).procedure.summary == "另一份说明"


@pytest.mark.database
def test_after_a_withdrawal_nobody_can_apply_and_running_cases_go_on(food, calendar):
    publish(food)
    catalogue.withdraw(food.code, 1, "p-keeper", AT, uuid4())

    with pytest.raises(NotPossible) as no:
        catalogue.in_force(food.code, DAY)
    assert no.value.code == "version_withdrawn"
    assert catalogue.in_force(food.code, DAY - timedelta(days=1)).version == 1
    assert catalogue.law(food.code, 1).procedure == food
    assert catalogue.items(DAY) == []
    with pytest.raises(NotPossible) as again:
        catalogue.withdraw(food.code, 1, "p-keeper", AT, uuid4())
    assert again.value.code == "already_withdrawn"


@pytest.mark.database
def test_what_is_not_published_is_said_to_be_so(food, calendar):
    for ask in (lambda: catalogue.in_force("nothing", DAY), lambda: catalogue.law("nothing", 1)):
        with pytest.raises(NotPossible) as no:
            ask()
        assert no.value.code == "unknown_item"
    publish(replace(food, effective_from=date(2026, 7, 1)))
    with pytest.raises(NotPossible) as early:
        catalogue.in_force(food.code, DAY)
    assert early.value.code == "no_procedure_in_force"
    with pytest.raises(NotPossible) as other:
        catalogue.law(food.code, 9)
    assert other.value.code == "no_such_version"


@pytest.mark.database
def test_without_a_calendar_there_is_no_law(food):
    publish(food)

    with pytest.raises(NotPossible) as no:
        catalogue.law(food.code, 1)
    assert no.value.code == "no_calendar_loaded"


@pytest.mark.database
def test_the_same_again_is_the_same_row_and_other_content_is_refused(food):
    first = publish(food)

    assert publish(food) == first
    assert refused(replace(food, summary="另一份说明")).code == "version_not_greater"
    assert len(read.entries(first.stream)) == 1


@pytest.mark.database
def test_two_who_publish_at_once_get_one_version(food):
    def one():
        try:
            return publish(food).digest
        except NotPossible as no:
            return no.code

    def other():
        try:
            return publish(replace(food, summary="另一份说明")).digest
        except NotPossible as no:
            return no.code

    outcomes = in_threads(one, other)

    assert sorted(each == "version_not_greater" for each in outcomes) == [False, True]
    assert ProcedureVersion.objects.count() == 1
    assert sum(len(read.entries(each)) for each in read.streams("procedure")) == 1


@pytest.mark.database
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"version": 0}, "version_not_greater"),
        ({"committed_limit": Limit(11, Unit.WORKING_DAY)}, "promise_longer_than_statutory"),
        ({"committed_limit": Limit(1, Unit.MONTH)}, "promise_longer_than_statutory"),
        ({"decides": "nowhere"}, "unknown_unit"),
        ({"units": ()}, "unknown_unit"),
        ({"agencies": ()}, "unknown_agency"),
        ({"home": "nowhere"}, "unknown_agency"),
        ({"criteria": (Criterion(id="c", text="x", basis="x", materials=("nothing",)),)}, "unknown_material"),
    ],
)
def test_what_would_leave_a_case_in_limbo_is_refused(food, change, code):
    assert refused(replace(food, **change)).code == code


@pytest.mark.database
@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([{"kind": "dance"}], "unknown_step_kind"),
        ([{"after": ("nothing",)}], "unknown_step"),
        ([{"after": ("a",)}], "steps_in_a_circle"),
        ([{"slug": "b", "after": ("c",)}, {"slug": "c", "after": ("b",)}, {}], "steps_in_a_circle"),
        ([{"when": "aera > 5"}], "unasked_question"),
        ([{"when": "area"}], "broken_rule"),
        ([{}, {}], "named_twice"),
    ],
)
def test_steps_that_could_never_end_are_refused(food, steps, code):
    plain = {"slug": "a", "kind": "review", "name": "审查", "unit": "licensing"}

    assert refused(replace(food, steps=tuple(StepRule(**{**plain, **each}) for each in steps))).code == code


@pytest.mark.database
def test_a_version_cannot_come_into_force_before_the_one_it_replaces(food):
    publish(food)

    no = refused(replace(food, version=2, effective_from=food.effective_from - timedelta(days=1)))

    assert no.code == "effective_before_previous"


@pytest.mark.database
def test_an_altered_row_is_noticed(food, calendar):
    row = publish(food)
    ProcedureVersion.objects.update(content=bytes(row.content).replace("不收费".encode(), "免费用".encode()))
    queries.procedure.cache_clear()

    with pytest.raises(ValueError, match="rebuild"):
        catalogue.law(food.code, 1)


@pytest.mark.database
def test_the_list_of_items_is_paged_by_code_and_speaks_both_languages(food, calendar):
    codes = [food.code[:-2] + f"{number:02d}" for number in range(1, 6)]
    for code in codes:
        publish(replace(food, code=code))
    catalogue.withdraw(codes[1], 1, "p-keeper", AT, uuid4())

    first = catalogue.items(DAY, limit=2)
    second = catalogue.items(DAY, "en", after=first[-1].code, limit=2)

    assert [each.code for each in first] == [codes[0], codes[2]]
    assert [each.code for each in second] == [codes[3], codes[4]]
    assert (first[0].name, first[0].agency) == ("食品经营许可-新办（热食类）", "云岭县行政审批局")
    assert second[0].name == "Food business licence, new (hot dishes)"
    assert catalogue.items(date(2020, 1, 1)) == []


# Calendars


def load(version="CN-2026.1", by="p-one", second_person="p-two", first=2025, last=2027, **more):
    years = rulebook.years(first, last)
    return catalogue.load_calendar(
        version, years, by=by, at=AT, second_person=second_person, command_id=uuid4(), **more
    )


@pytest.mark.database
def test_a_calendar_counts_by_the_notices(food, calendar):
    publish(food)
    known = catalogue.law(food.code, 1).calendar(calendar)

    assert due(date(2026, 9, 19), Limit(5, Unit.WORKING_DAY), known) == date(2026, 9, 24)
    assert known.reason(date(2026, 9, 20)) == ("make_up_day", "")
    assert known.is_official(2026)
    assert not known.is_official(2027)


@pytest.mark.database
def test_a_date_told_once_is_told_again_by_the_calendar_that_was_known_then(calendar):
    later = AT + timedelta(days=30)
    catalogue.load_calendar(
        "CN-later", rulebook.years(2025, 2027), by="p-one", at=later, second_person="p-two", command_id=uuid4()
    )

    known = {at: queries.calendar_as_known("999921", at) for at in (AT, later - timedelta(seconds=1), later)}
    assert [each.version for each in known.values()] == [calendar, calendar, "CN-later"]
    assert [each.known_from for each in known.values()] == [AT, AT, later]
    with pytest.raises(NotPossible) as no:
        queries.calendar_as_known("999921", AT - timedelta(seconds=1))
    assert no.value.code == "no_calendar_loaded"


@pytest.mark.database
def test_a_new_calendar_is_for_new_cases_and_the_old_one_is_kept(food, calendar):
    publish(food)
    load("CN-2026.2")

    law = catalogue.law(food.code, 1)

    assert law.current_calendar == "CN-2026.2"
    assert set(law.calendars) == {"CN-2026.1", "CN-2026.2"}


@pytest.mark.database
def test_a_calendar_needs_a_second_person(organised):
    with pytest.raises(NotPossible) as no:
        load(second_person="p-one")

    assert no.value.code == "second_person_needed"
    assert not CalendarVersion.objects.exists()


@pytest.mark.database
def test_a_version_of_a_calendar_is_loaded_once(organised):
    first = load()

    assert load() == first
    with pytest.raises(NotPossible) as no:
        load(first=2024)
    assert no.value.code == "calendar_already_loaded"
    assert len(read.entries(first.stream)) == 1


@pytest.mark.database
def test_years_that_leave_a_gap_are_refused(organised):
    years = [*rulebook.years(2024, 2024), *rulebook.years(2026, 2026)]

    with pytest.raises(ValueError, match="consecutive"):
        catalogue.load_calendar("CN-x", years, by="p-one", at=AT, second_person="p-two", command_id=uuid4())
    assert list(read.streams("calendar")) == []


@pytest.mark.database
def test_a_regions_own_holidays_lie_over_the_calendar(organised):
    overlay = {"region": "CN-GX", "holidays": [{"name": "三月三", "from": "2026-04-20", "to": "2026-04-21"}]}

    row = load(overlays=[overlay], region="CN-GX")

    known = queries._calendar(row.digest)
    assert known.reason(date(2026, 4, 20)) == ("holiday", "三月三")
    assert (row.region, row.position) == ("CN-GX", 1)


def test_the_rulebooks_calendar_needs_no_database():
    known = rulebook.calendar("CN")

    assert due(date(2026, 2, 13), Limit(5, Unit.WORKING_DAY), known) == date(2026, 2, 27)


def test_published_at_is_the_instant_of_the_fact():
    body = {"at": 1_772_413_200_000_000, "by": "p", "procedure": {"code": "x", "version": 1, "name": "x"}}
    body["procedure"]["effective_from"] = "2026-03-02"

    row = publication.published(uuid4(), body)

    assert row.published_at == datetime(2026, 3, 2, 1, tzinfo=UTC)
