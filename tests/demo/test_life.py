"""The county's life is told through the door: the same for the same seed, broken off and taken up, beside a visitor."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from banjie.cases import queries as cases
from banjie.cases.handle import handle
from banjie.cases.models import Case
from banjie.cases.scope import Scope, whole_house
from banjie.config import worker
from banjie.demo import life
from banjie.demo.models import Filed, Waking
from banjie.engine import commands as c
from banjie.engine.clocks import timers
from banjie.engine.state import Stage
from banjie.records.accounts.models import User
from banjie.store.files.read import open_file
from banjie.store.log.models import Entry
from banjie.web import clock
from tests.county import County, found
from tests.databases import Database, Postgres, Sqlite, forget

pytestmark = pytest.mark.database

DAYS = 12
"""Half a year takes its ten seconds; so many days tell enough."""


def told(most: int | None = None, days: int = DAYS, now: Any = None) -> life.Progress:
    return life.go_on(now or clock.now(), days_back=days, most=most)


def facts() -> list[tuple[str, list[tuple[str, int, Any]]]]:
    """Every fact of every filing, with whatever is random in it taken out."""
    names = dict(User.objects.values_list("pseudonym", "username"))
    found = []
    for filed in Filed.objects.order_by("name"):
        entries = Entry.objects.filter(stream=filed.stream).order_by("position")
        lines = [(each.kind, each.at, plain(json.loads(bytes(each.body)), names)) for each in entries]
        found.append((filed.name, lines))
    return found


RANDOM = {"ref", "commitment", "id", "key_id", "number", "query_number", "notice", "procedure_digest"}
"""Keys of what is another each time: references, commitments, ids of files, numbers given out by chance."""


def plain(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: names.get(str(each), "*") if key in RANDOM else plain(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each, names) for each in value]
    if isinstance(value, str) and value.startswith("t-"):
        return "a third party"
    return names.get(value, value) if isinstance(value, str) else value


@pytest.fixture
def elsewhere(prepared_databases: Sqlite | Postgres, database: Database) -> Callable[[], None]:
    """Another county, founded in an empty database in the place of this one."""

    def founded() -> None:
        prepared_databases.leave()
        forget()
        folder = database.folder / uuid4().hex
        folder.mkdir()
        prepared_databases.fresh(folder)
        found()

    return founded


@pytest.fixture
def afresh(prepared_databases: Sqlite | Postgres, database: Database) -> Callable[[], None]:
    """This county, as it was founded."""

    def founded() -> None:
        prepared_databases.leave()
        forget()
        prepared_databases.fresh(database.folder)
        prepared_databases.filled("county", database, found)

    return founded


def test_the_same_seed_on_the_same_day_tells_the_same_facts_in_another_county(county: County, elsewhere: Any) -> None:
    at = clock.now()
    told(days=6, now=at)
    once = facts()

    elsewhere()
    told(days=6, now=at)

    assert len(once) > 20
    assert sum(len(lines) for _, lines in once) > 60
    assert facts() == once


def test_another_seed_tells_another_life(county: County) -> None:
    life.go_on(clock.now(), "one seed", days_back=4)
    one = dict(facts())

    life.go_on(clock.now(), "another seed", days_back=4)

    assert [lines for name, lines in facts() if one.get(name) != lines]


def test_broken_off_it_is_taken_up_and_repeated_it_adds_nothing(county: County, afresh: Any) -> None:
    at = clock.now()
    told(days=6, now=at)
    whole = facts()

    afresh()
    assert facts() == []
    for _ in range(20):
        if told(days=6, now=at, most=40) and Waking.objects.get().is_over:
            break
    assert facts() == whole
    told(days=6, now=at)
    assert facts() == whole


def test_a_fortnight_tells_cases_in_many_states_through_many_hands(county: County) -> None:
    progress = told(days=20)

    kinds = Counter(Entry.objects.filter(stream_kind="case").values_list("kind", flat=True))
    with whole_house("a test looks at everything"):
        rows = list(Case.objects.everything())
    assert progress.told == progress.planned == len(rows) > 40
    assert {each.stage for each in rows} >= {Stage.SUBMITTED, Stage.EXAMINING, Stage.DECIDED, Stage.CLOSED}
    assert {each.result for each in rows} >= {"", "granted", "refused", "declined", "withdrawn"}
    assert {"correction_requested", "corrected", "assigned", "joined", "issued", "served"} <= set(kinds)
    assert {each.channel for each in rows} >= {"online", "window"}
    assert {each.procedure[2:6] for each in rows} >= {"9999"}


def test_what_applicants_hand_in_on_line_can_be_opened_by_the_window(county: County) -> None:
    told(days=4)
    clerk = Scope.of(county.actor("clerk"))

    views = [cases.view(each.stream, clock.now()) for each in cases.cases(clerk)]
    handed_in = [each for view in views for each in view.state.provided.values() if each.files]

    assert handed_in
    assert all(open_file(each.files[0].id) is not None for each in handed_in)
    strangers = Scope.of(county.actor("stranger"))
    assert cases.cases(strangers) == []


def test_nothing_happened_in_the_future_or_out_of_office_hours_by_anybody_at_work(county: County) -> None:
    told(days=10)
    staff = set(User.objects.filter(kind="staff").values_list("pseudonym", flat=True))
    calendar = county.law().calendar(county.law().current_calendar)

    with whole_house("a test looks at everything"):
        streams = list(Case.objects.everything().values_list("stream", flat=True))
    lines = [line for stream in streams for line in cases.view(stream, clock.now()).lines]
    assert lines
    for line in lines:
        assert line.event.at <= clock.now()
        if line.event.by.id in staff:
            day = line.event.at.astimezone(clock.now().tzinfo)
            assert calendar.is_workday(day.date()), line
            assert 9 <= day.hour < 17 or (day.hour, day.minute) == (17, 0), line


def test_while_the_past_is_told_the_worker_leaves_time_to_whoever_tells_it(county: County) -> None:
    told(days=10, most=8)
    life.begin()
    now = clock.now()
    with whole_house("a test looks at everything"):
        first = Case.objects.everything().filter(next_due_at__isnull=False).first()
    assert first is not None
    view = cases.view(first.stream, view_before_time(first))
    assert timers(view.state, view.law)[0][0] < now

    worker.turn()
    assert cases.view(first.stream, now).version == view.version

    county.move_to(now + timedelta(minutes=2))  # whoever told fell silent
    while worker.turn():
        pass
    assert cases.view(first.stream, now).version > view.version


def view_before_time(row: Case) -> Any:
    """The instant of the newest fact of a case."""
    return cases.view(row.stream, clock.now()).lines[-1].event.at


def test_a_visitor_who_acts_meanwhile_is_not_overruled(county: County) -> None:
    told(days=8)
    clerk = county.actor("clerk")
    with whole_house("a test looks at everything"):
        waiting = Case.objects.everything().filter(stage=Stage.SUBMITTED, unit=clerk.unit).first()
    assert waiting is not None
    seen = cases.view(waiting.stream, clock.now())
    decline = c.Decline(
        command_id=uuid4(), at=clock.now(), by=clerk, expected_version=seen.version, ground="other_agency",
        competent="云岭市行政审批局",
    )  # fmt: skip
    handle(waiting.stream, decline)

    county.move_to(clock.now() + timedelta(days=9))
    later = life.go_on(clock.now(), days_back=8)

    assert later.told > 20
    assert cases.view(waiting.stream, clock.now()).state.result == "declined"


def test_how_far_it_has_come_is_known_while_it_is_told_and_not_after(county: County) -> None:
    assert life.waking() is None
    life.begin()
    assert life.waking() == life.Progress(0, 0)

    heard: list[tuple[int, int]] = []
    life.go_on(clock.now(), report=lambda *told: heard.append(told), days_back=4)

    assert heard[-1][0] == heard[-1][1] > 0
    assert heard == sorted(heard)
    assert life.waking() is None
