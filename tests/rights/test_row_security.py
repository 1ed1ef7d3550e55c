"""The second lock: with the application's own filter gone, PostgreSQL shows nobody a row of somebody else's case."""

import os
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection, models
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from banjie.cases import queries
from banjie.cases.models import Case, Participant, Task
from banjie.cases.scope import GuardedManager, KeptManager, Scope, ScopeMissing, whole_house
from banjie.command import prepare
from banjie.config import worker
from banjie.duties.notices.models import Message
from banjie.duties.papers.models import Paper
from banjie.duties.supervision.models import Card
from banjie.engine.not_possible import NotPossible
from banjie.store.postgresql import guarding, reading
from banjie.web import clock
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


UNLOCKED = {
    "the log, and what lies sealed beside it": (
        "log.Entry log.Unfed log.Feed log.Parked keys.DataKey keys.Personal files.File evidence.Declaration",
        "read by the stream of a case that was found by its locked row; nothing of a person stands there in clear, and "
        "the verification walks all of it at a speed that is promised",
    ),
    "accounts and their sessions": (
        "accounts.User accounts.Session accounts.Token accounts.PastPassword accounts.ResetCode accounts.TrailLine "
        "account.EmailAddress mfa.Authenticator socialaccount.SocialAccount",
        "read to find out who asks, before anybody is read for; pseudonyms and digests, and no case",
    ),
    "parties, their mandates and who looked at them": (
        "parties.Party parties.Bar parties.Mandate parties.Look parties.QuotaLift",
        "read to find out for whom somebody asks, before anybody is read for; particulars lie sealed, and a look names "
        "a pseudonym, a purpose and the number of a case",
    ),
    "offices and their people": (
        "organisation.Staff organisation.Grant organisation.Delegation",
        "who holds which post is no secret of the office, and says nothing of a case",
    ),
    "the catalogue": (
        "catalogue.ProcedureVersion catalogue.ProceedingVersion catalogue.CalendarVersion catalogue.ListVersion "
        "catalogue.ListEntry catalogue.Edition catalogue.Round catalogue.BaseItem catalogue.Item catalogue.GuideBatch",
        "`stream` is that of the law, an item or a list, `number` that of a batch of guides",
    ),
    "the register of seals": (
        "seals.Seal seals.Use seals.Refusal",
        "digests and ids of papers, counted against the log for auditors of a whole region; which case a paper is "
        "about, says the locked row of the paper alone",
    ),
    "papers that wait": (
        "papers.Waiting papers.SealBatch",
        "`stream` is that of a paper or of a batch; the paper itself is locked",
    ),
    "days of money": ("fees.Day fees.Difference", "sums of a day, and orders by their ids; the order itself is locked"),
    "inspections of offices": (
        "inspections.Draw inspections.Visit inspections.Problem inspections.Circular inspections.Standing",
        "of a region, its windows and its staff, with streams and numbers of their own; no case",
    ),
    "times out of order": ("supervision.Outage", "a time, for a region or a unit, under a number of its own"),
    "wrong doors": ("queue.WrongDoor", "that somebody stood at a wrong window, and not who"),
    "lists of one's own": ("desk.SavedFilter", "the name of a list; no case"),
    "the demo": ("demo.Filed", "which of its invented applications the demo has filed"),
}
"""Models with a column that could name a case or a person, which no lock guards, and why."""

OF_CASES = {"stream", "case", "case_number", "about", "number", "query_number"}
OF_PEOPLE = {"party", "applicant", "owner", "person", "people", "holder", "first", "giver", "agent", "reader", "who"}
OF_STAFF = {"user", "pseudonym", "leaver", "joiner", "reviewer", "inspectors", "keepers"}
NAMES_ONE = OF_CASES | OF_PEOPLE | OF_STAFF
"""Columns that could name a case or a person."""


def test_every_model_with_a_column_for_a_case_or_a_person_is_locked_or_named_with_a_reason():
    named = {label for labels, _ in UNLOCKED.values() for label in labels.split()}
    locked, could = guarding.guarded(), set()
    for model in apps.get_models(include_auto_created=True):
        columns = {each.name for each in model._meta.concrete_fields}
        if columns & NAMES_ONE and model._meta.db_table not in locked:
            could.add(model._meta.label)

    assert could - named == set(), "give its manager a Lock, or say in UNLOCKED why it needs none"
    assert named - could == set(), "named here, and locked or without such a column: take the name out"
    kept = {each._meta.db_table for each in apps.get_models() if isinstance(each._default_manager, KeptManager)}
    assert kept == locked.keys(), "whatever refuses to be read without saying for whom is locked as well"


def test_a_lock_names_columns_that_are_there():
    for model in apps.get_models():
        lock = guarding.guarded().get(model._meta.db_table)
        if lock:
            columns = {each.column for each in model._meta.concrete_fields}
            through = lock.through[:1] if lock.through else ()
            assert {*lock.own, *lock.opened, *through, *([lock.case] if lock.case else [])} <= columns


@on_postgresql
def test_whoever_says_nothing_is_shown_nothing(cases):
    assert min(everything_there_is()[each] for each in ("case", "task", "participant", "message")) > 0

    with reading.narrowly():
        assert set(everything_there_is().values()) == {0}
        assert [model._base_manager.count() for model in (Case, Task, Participant, Message)] == [0, 0, 0, 0]


def row_of(model: type[models.Model], made: dict[type[models.Model], models.Model]) -> models.Model:
    """A row in this table with some value in each of its columns; above it the row it hangs on."""
    given: dict[str, Any] = {}
    for each in model._meta.concrete_fields:
        above = each.related_model
        if isinstance(above, type):
            given[each.attname] = row_of(above, made).pk if above not in made else made[above].pk
        elif isinstance(each, models.UUIDField):
            given[each.name] = UUID(int=1)
        elif isinstance(each, models.DateTimeField):
            given[each.name] = clock.now()
        elif isinstance(each, models.DateField):
            given[each.name] = clock.today()
        elif isinstance(each, models.BinaryField):
            given[each.name] = b"x"
        elif isinstance(each, models.TextField | models.CharField):
            given[each.name] = f"a-{each.name}"[: each.max_length or 99]
        elif isinstance(each, models.BooleanField):
            given[each.name] = False
        elif isinstance(each, models.JSONField):
            given[each.name] = []
        elif isinstance(each, models.IntegerField) and not each.primary_key:
            given[each.name] = 1
    row = model(**given)
    row.save(force_insert=True)
    made[model] = row
    return row


@pytest.fixture
def one_of_each(installed: Any) -> dict[type[models.Model], models.Model]:
    """A row in every guarded table, all about one case."""
    made: dict[type[models.Model], models.Model] = {}
    with reading.as_the_house():
        for model in apps.get_models():
            if model._meta.db_table in guarding.guarded() and model not in made:
                row_of(model, made)
    return made


@on_postgresql
def test_of_a_row_in_every_guarded_table_nobody_is_shown_one_without_saying_for_whom(one_of_each):
    with reading.as_the_house():
        assert set(everything_there_is().values()) == {1}

    for names in ([], ["p-stranger"], ["a-region", "a-unit", "a-agency", "a-owner", "a-person"]):
        with reading.narrowly():
            reading.named(names)
            assert {table for table, many in everything_there_is().items() if many} == set()


@on_postgresql
def test_each_lock_opens_to_whom_it_says_and_to_the_room_that_keeps_the_rows(one_of_each):
    seen = set()
    for model, row in one_of_each.items():
        table, lock = model._meta.db_table, guarding.guarded().get(model._meta.db_table)
        for column in lock.opened if lock else ():
            with reading.narrowly():
                found = model._default_manager.opened(**{column: [getattr(row, column)]})
                assert found.count() == 1, (table, column)
                assert model._default_manager.opened(**{column: ["another"]}).count() == 1, "what was opened stays open"
            with reading.narrowly():
                assert model._default_manager.opened(**{column: ["another", ""]}).count() == 0, (table, column)
            seen.add(table)
        if lock and lock.case:
            with reading.narrowly():
                reading.named(["a-who"])
                assert everything_there_is()[table] == 1, table
            seen.add(table)
        for column in lock.own if lock else ():
            with reading.narrowly():
                reading.named([f"a-{column}"])
                assert everything_there_is()[table] == 1, table
        if lock and not isinstance(model._default_manager, GuardedManager):
            with reading.narrowly():
                kept = model._default_manager.kept()
                assert (kept.count(), len(kept), kept.exists(), bool(kept.first())) == (1, 1, True, True), table
                row.refresh_from_db()
                row.save()
                assert everything_there_is()[table] == 0, f"{table}: the word of the room ends with its statement"
    assert seen >= {"paper", "card", "licence", "archive_record", "application_draft", "fee", "parcel", "bundle_part"}


@on_postgresql
def test_a_database_from_before_a_lock_has_it_after_the_next_migration(installed):
    with connection.cursor() as cursor:
        for table in ("paper", "card"):
            cursor.execute(f'DROP POLICY banjie_scope ON "{table}"')
            cursor.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
    assert guarding.unguarded() == ["card", "paper"]

    call_command("migrate", verbosity=0)

    assert guarding.unguarded() == []


def test_nobody_is_opened_a_column_that_the_lock_does_not_name():
    with pytest.raises(ScopeMissing, match="Card: nobody is opened its rows by number"):
        Card.objects.opened(number=["1"])
    with pytest.raises(ScopeMissing, match="Paper: take pages"):
        Paper.objects.kept().iterator()


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


def test_the_recorder_of_the_tests_looks_at_every_table_that_no_room_reads_past_its_lock():
    managers = {each._meta.db_table: each._default_manager for each in apps.get_models()}
    for table in (each for each, manager in managers.items() if isinstance(manager, GuardedManager)):
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
    for name in ("*", "p-1\x1fp-2", "agency:a"):
        with pytest.raises(ValueError, match="no unit"):
            reading.named([name])
    with pytest.raises(ValueError, match="no value"):
        reading.opened("agency", ["a\x1fp-2"])


@pytest.mark.parametrize(
    ("statement", "is_touched"),
    [
        ('SELECT "case"."stream" FROM "case" WHERE 1', True),
        ('SELECT 1 FROM "unit" INNER JOIN "task" ON 1', True),
        ('UPDATE "case" SET stage = %s', True),
        ("DELETE FROM participant WHERE stream = $1", True),
        ('INSERT INTO "message" ("stream") VALUES (%s)', True),
        ('SELECT 1 FROM "case_note"', False),
        ('SELECT "bundle_part"."case" FROM "bundle_part"', True),
        ('SELECT 1 FROM "paper_number"', False),
        ("SELECT position FROM log WHERE stream = $1", False),
    ],
)
def test_a_statement_on_guarded_rows_is_known_by_its_words(statement, is_touched):
    assert guarding.touches(statement) is is_touched
