"""The second lock: with the application's own filter gone, PostgreSQL shows nobody a row of somebody else's case."""

import os
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from banjie.cases import queries
from banjie.cases.models import Case, Participant, Task
from banjie.cases.scope import GuardedManager, Scope, whole_house
from banjie.command import prepare
from banjie.config import worker
from banjie.duties.notices.models import Message
from banjie.engine.not_possible import NotPossible
from banjie.store.postgresql import guarding, reading
from banjie.web.middleware import narrowly
from tests.cases import recorder

pytestmark = pytest.mark.database

on_postgresql = pytest.mark.skipif(
    not os.environ.get("BANJIE_DATABASE_URL", "").startswith("postgres"), reason="SQLite has no row-level security"
)
STRANGER = Scope(("p-stranger",))


@pytest.fixture
def cases(house: Any) -> Any:
    """One case on its way, with tasks, participants and messages."""
    house.stream = house.assigned()
    while worker.turn():
        pass
    return house


def everything_there_is() -> dict[str, int]:
    """How many rows of each guarded table this connection is shown, past every manager."""
    with connection.cursor() as cursor:
        found = {}
        for table in guarding.guarded():
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = cursor.fetchone()[0]
    return found


@pytest.fixture
def sabotaged(monkeypatch: pytest.MonkeyPatch) -> None:
    """The application's filter is gone; for whom it reads, it still says."""

    def within(manager: Any, scope: Scope) -> Any:
        reading.named(scope.who)
        return manager.kept()

    monkeypatch.setattr(GuardedManager, "within", within)


@on_postgresql
def test_the_suite_itself_runs_as_a_role_that_no_policy_lets_pass(installed):
    assert guarding.unguarded() == []


def test_a_table_without_its_lock_is_named_before_anybody_is_served(installed, capsys):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute('ALTER TABLE "task" NO FORCE ROW LEVEL SECURITY')
        try:
            assert guarding.unguarded() == ["task"]
            prepare.database()
            assert "task: PostgreSQL's second lock is open" in capsys.readouterr().out
            with pytest.raises(SystemCheckError, match="task: PostgreSQL's second lock is open"):
                call_command("check", "--deploy", "--tag", "security")
        finally:
            guarding.guard()
    assert guarding.unguarded() == []
    prepare.database()
    assert "lock" not in capsys.readouterr().out


def test_every_model_that_hangs_on_a_case_by_its_stream_is_guarded():
    managers = {each: each._default_manager for each in apps.get_models()}
    guarded = {each._meta.db_table for each, manager in managers.items() if isinstance(manager, GuardedManager)}

    assert guarded == guarding.guarded().keys()
    assert guarded >= {"case", "task", "participant", "message", "reading", "handled", "surveyed", "slip"}


@on_postgresql
def test_whoever_says_nothing_is_shown_nothing(cases):
    assert min(everything_there_is()[each] for each in ("case", "task", "participant", "message")) > 0

    with reading.narrowly():
        assert set(everything_there_is().values()) == {0}
        assert [model._base_manager.count() for model in (Case, Task, Participant, Message)] == [0, 0, 0, 0]


@on_postgresql
def test_with_the_filter_gone_a_stranger_is_still_shown_nothing(cases, sabotaged):
    number = cases.row(cases.stream).number

    with reading.narrowly():
        assert queries.cases(STRANGER) == []
        assert [model.objects.within(STRANGER).count() for model in (Case, Task, Participant, Message)] == [0, 0, 0, 0]
        with pytest.raises(NotPossible, match="unknown_case"):
            queries.find(number, STRANGER)
        assert set(everything_there_is().values()) == {0}
    with pytest.raises(NotPossible, match="unknown_case"), reading.narrowly():
        queries.find(number, Scope(()))


@on_postgresql
def test_with_the_filter_gone_whoever_takes_part_is_shown_their_own_cases_alone(cases, sabotaged):
    other = cases.of_item("public-place-hygiene").submitted()
    unit = cases.cast.clerk.unit

    with reading.narrowly():
        mine = {each.stream for each in Case.objects.within(Scope((cases.cast.officers("document_review")[0].id,)))}
        assert mine == {cases.stream}
        who = set(Participant.objects.within(STRANGER).values_list("who", flat=True))
        assert {unit, "p-applicant"} <= who, "all participants of one's own case, not oneself alone"
    with whole_house("a test compares"):
        assert {each.stream for each in Case.objects.everything()} == {cases.stream, other}


@on_postgresql
def test_an_agents_row_opens_nothing_by_itself(cases):
    with whole_house("a test adds an agent"):
        Participant.objects.kept().create(stream_id=cases.stream, who="p-agent", capacity="agent")

    with reading.narrowly():
        reading.named(["p-agent"])
        assert Case._base_manager.count() == 0
    with whole_house("a test takes the agent out"):
        Participant.objects.everything().filter(who="p-agent").delete()


@on_postgresql
def test_nobody_changes_what_they_are_not_shown(cases):
    with reading.narrowly():
        reading.named(["p-stranger"])
        assert Case._base_manager.filter(stream=cases.stream).update(stage="closed") == 0
        assert Task._base_manager.filter(stream=cases.stream).delete()[0] == 0
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM participant WHERE stream = %s", [cases.stream])
            assert cursor.rowcount == 0
    assert cases.row(cases.stream).stage != "closed"


@on_postgresql
def test_a_scope_is_gone_with_its_statement_so_that_a_pool_may_give_each_another_connection(cases):
    with reading.narrowly(), connection.cursor() as cursor:
        reading.named(["p-applicant"])
        assert Case._base_manager.count() == 1
        cursor.execute("SELECT current_setting('banjie.scope', true)")
        assert cursor.fetchone()[0] in ("", None)
        connection.close()
        assert Case._base_manager.count() == 1, "on another connection, too"


@on_postgresql
def test_the_door_opens_in_a_narrow_request_and_says_for_itself(cases):
    with reading.narrowly():
        stream = cases.submitted()
        assert everything_there_is()["case"] == 0
    assert cases.row(stream).stage == "submitted"


def test_the_recorder_of_the_tests_looks_at_every_guarded_table():
    for table in guarding.guarded():
        sql = f'SELECT 1 FROM "{table}"'
        assert recorder.TOUCHES.search(sql) or recorder.IN_A_REQUEST.search(sql), table


# For whom: the part of it that no database knows


def test_what_is_named_opens_its_request_alone():
    seen = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(reading.current())
        reading.named(("p-1", "unit-a", ""))
        seen.append(reading.current())
        return HttpResponse()

    with reading.as_the_house():
        narrowly(view)(HttpRequest())
        narrowly(view)(HttpRequest())
        assert reading.current() == reading.HOUSE

    assert seen == ["", "p-1\x1funit-a"] * 2


def test_a_long_answer_is_made_as_narrowly_as_its_request():
    def parts() -> Any:
        yield reading.current().encode()
        reading.named(["p-2"])
        yield reading.current().encode()

    def view(request: HttpRequest) -> StreamingHttpResponse:
        reading.named(["p-1"])
        return StreamingHttpResponse(parts())

    with reading.as_the_house():
        answer: Any = narrowly(view)(HttpRequest())
        assert list(answer.streaming_content) == [b"p-1", b"p-1\x1fp-2"]


def test_nobody_is_called_like_the_house():
    for name in ("*", "p-1\x1fp-2"):
        with pytest.raises(ValueError, match="no unit"):
            reading.named([name])


@pytest.mark.parametrize(
    ("statement", "is_touched"),
    [
        ('SELECT "case"."stream" FROM "case" WHERE 1', True),
        ('SELECT 1 FROM "unit" INNER JOIN "task" ON 1', True),
        ('UPDATE "case" SET stage = %s', True),
        ("DELETE FROM participant WHERE stream = $1", True),
        ('INSERT INTO "message" ("stream") VALUES (%s)', True),
        ('SELECT 1 FROM "case_note"', False),
        ('SELECT "bundle_part"."case" FROM "bundle_part"', False),
        ("SELECT position FROM log WHERE stream = $1", False),
    ],
)
def test_a_statement_on_guarded_rows_is_known_by_its_words(statement, is_touched):
    assert guarding.touches(statement) is is_touched
