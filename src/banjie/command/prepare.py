"""What an installation needs before it can serve: its tables, its mark, its words, and in a demo its county."""

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from banjie.demo import county, life, stories
from banjie.store.log import queries
from banjie.store.log.install import create_installation
from banjie.web import clock, messages


def database() -> None:
    """Apply the migrations that are missing; a quick look where none is."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
    messages.compile_messages()


def installation(demo: bool) -> bool:
    """Create the installation with its mark, or say whether the mark that stands is the one asked for."""
    known = queries.find_installation() or create_installation(demo=demo)
    return known.demo == demo


def demo() -> None:
    """Found the demo county once: its organisation, its items, its people. Its cases are told by `cases`."""
    if not county.is_founded():
        county.found(clock.now())
    life.begin()


def cases(report: life.Report | None = None) -> life.Progress:
    """Tell the demo's cases through the door, the stories of the tour first; goes on where it was broken off."""
    now = clock.now()
    if not stories.are_told():
        stories.tell(now, stories.item_codes())
    return life.go_on(now, report=report)


def log_ins() -> str:
    """The demo's log-ins, for the terminal."""
    lines = [f"  {user:<14} {role}" for user, role in county.LOG_INS]
    return "\n".join([f"Demo log-ins (password {county.PASSWORD}):", *lines])


def first_page() -> str:
    """Where a demo begins: at its one-click log-ins, where they are open."""
    return "demo/" if settings.DEMO_LOG_INS else ""
