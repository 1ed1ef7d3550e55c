"""What an installation needs before it can serve: its tables, its mark, its words, and in a demo its county."""

from collections.abc import Collection

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from banjie.cases import rebuild
from banjie.demo import county, inspections, life, stories, supervision
from banjie.store.log import queries
from banjie.store.log.install import create_installation
from banjie.store.postgresql import guarding
from banjie.web import clock, messages

ADDED_COLUMNS = frozenset({("cases", "0005_what_is_counted"), ("cases", "0006_lights")})
"""Migrations that add columns to derived rows of cases, which only the histories can fill in."""


def database() -> None:
    """Apply the migrations that are missing, and fill in the derived columns they added; a quick look where none is."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        call_command("migrate", interactive=False, verbosity=0)
        fill_in({(each.app_label, each.name) for each, _ in plan})
    messages.compile_messages()
    for each in guarding.unguarded():
        print(f"{each}: {guarding.OPEN}", flush=True)


def fill_in(applied: Collection[tuple[str, str]]) -> None:
    """Make the rows of cases anew where one of these migrations has just added columns to them.

    Once, in a few seconds for a thousand cases; broken off, `banjie rebuild` does the rest.
    """
    if ADDED_COLUMNS.isdisjoint(applied) or not queries.find_installation():
        return
    print("The rows of cases have new columns, which are now filled in from their histories ...", flush=True)
    count = rebuild.rebuild()
    print(f"The rows of {count} cases stand as their histories say.", flush=True)


def installation(demo: bool) -> bool:
    """Create the installation with its mark, or say whether the mark that stands is the one asked for."""
    known = queries.find_installation() or create_installation(demo=demo)
    return known.demo == demo


def demo() -> None:
    """Found the demo county, or bring one that stands up to the rulebook. Its cases are told by `cases`."""
    county.found_once(clock.now())
    life.begin()


def cases(report: life.Report | None = None) -> life.Progress:
    """Tell the demo's cases through the door, the stories of the tour first; goes on where it was broken off."""
    now = clock.now()
    if not stories.are_told():
        stories.tell(now, stories.item_codes())
    progress = life.go_on(now, report=report)
    supervision.tell(clock.now())
    inspections.tell(clock.now())
    return progress


def log_ins() -> str:
    """The demo's log-ins, for the terminal."""
    lines = [f"  {user:<14} {role}" for user, role in county.LOG_INS]
    return "\n".join([f"Demo log-ins (password {county.PASSWORD}):", *lines])


def first_page() -> str:
    """Where a demo begins: at its one-click log-ins, where they are open."""
    return "demo/" if settings.DEMO_LOG_INS else ""
