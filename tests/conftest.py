"""What every test may ask for. A test that needs a database carries the mark `database` and asks for a fixture:

    @pytest.mark.database
    def test_something(database): ...

`database`    migrated, empty (no installation yet), with real transactions: several connections, threads (see
              `tests.databases.in_threads`) and processes may use it. Files and keys have folders of their own.
`installed`   the same with an installation that is not a demo.

There is no wrapping transaction, and pytest-django's own fixtures (`db`, `django_db`) and marks are not used: they
would make another database. A test without the fixture that touches the database is stopped by pytest-django. After
each test everything in banjie that has a `cache_clear` or a `forget` is told to forget, but for what no database can
change (`tests.databases.PURE`).
"""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

# Workers of pytest-xdist take over the environment of the process that started them, and with it this folder.
gc.disable()  # until all tests are collected: what is imported stays


ROOM = 4 << 30
"""Bytes: many times what the tests leave at once."""


def _where() -> str | None:
    """A folder in memory where there is room: nobody cuts the power here. On the disk in make soak, as in real life."""
    memory = Path("/dev/shm")
    if os.environ.get("BANJIE_SOAK") or not os.access(memory, os.W_OK):
        return None
    return str(memory) if shutil.disk_usage(memory).free > ROOM else None


if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["BANJIE_DATA_DIR"] = tempfile.mkdtemp(prefix="banjie-tests-", dir=_where())
    os.environ["BANJIE_SECRET_KEY"] = "for tests only, and long enough that Django does not complain about it"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banjie.config.settings")
    for name in (
        "BANJIE_KEY_FILE",
        "BANJIE_FILES_DIR",
        "BANJIE_RULEBOOK",
        "BANJIE_TLS",
        "BANJIE_HOSTS",
        "BANJIE_KEY_BACKEND",
    ):
        os.environ.pop(name, None)
    # What an installation that is no demo asks of its staff has tests of its own; the others sign people in and go on.
    os.environ["BANJIE_SECOND_FACTOR_POSTS"], os.environ["BANJIE_PASSWORD_DAYS"] = "nobody", "0"

import django  # noqa: E402
from django.conf import settings  # noqa: E402

from banjie.web.messages import compile_messages  # noqa: E402

# Before anybody reads a word (Django does while it loads its models): a process that finds no compiled translations
# speaks English for the rest of its life.
compile_messages()
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
django.setup()

from whitenoise.middleware import WhiteNoiseMiddleware  # noqa: E402

from banjie.store.postgresql.reading import as_the_house  # noqa: E402
from tests import databases  # noqa: E402

FOLDER = Path(os.environ["BANJIE_DATA_DIR"])
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")


OF_PYTEST_DJANGO = {
    "_django_clear_site_cache",
    "_django_db_marker",
    "_django_isolate_apps",
    "_django_set_urlconf",
    "_django_setup_unittest",
    "_dj_autoclear_mailbox",
    "_live_server_helper",
    "_template_string_if_invalid_marker",
}
"""Set up for every test of a project with pytest-django, and of use only with marks and classes that are not used here.
They would be half of the time of a test of the engine."""

OF_DATABASES = {"rows_agree_with_their_histories", "every_page_reads_for_somebody"}


def look_for_static_files_once() -> None:
    """Let the first browser of this process look for the static files, and not each test's: they are the same."""
    look, found = WhiteNoiseMiddleware.add_files_from_finders, dict[str, Any]()

    def add_files_from_finders(self: WhiteNoiseMiddleware) -> None:
        if not found:
            before, self.files = self.files, {}
            look(self)
            found.update(self.files)
            self.files = before
        self.files.update(found)

    WhiteNoiseMiddleware.add_files_from_finders = add_files_from_finders


look_for_static_files_once()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where only tests with the mark `database` are asked for, do not read files without one: thousands of cases."""
    is_file = collection_path.name.startswith("test_") and collection_path.suffix == ".py"
    if not is_file or not str(config.getoption("markexpr")).startswith("database"):
        return None
    return True if "mark.database" not in collection_path.read_text(encoding="utf-8") else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Take from each test the fixtures that would do nothing in it."""
    for item in items:
        names: list[str] = getattr(item, "fixturenames", [])
        idle = OF_PYTEST_DJANGO if "database" in names else OF_PYTEST_DJANGO | OF_DATABASES
        names[:] = [each for each in names if each not in idle]


def pytest_collection_finish() -> None:
    """Let garbage be looked for from here on, and not in what has been imported; seldom, for there is room."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)  # by default it costs a twelfth of all the time, most of it for nothing
    gc.enable()


def pytest_unconfigure() -> None:
    """Remove what the tests left behind."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        shutil.rmtree(FOLDER, ignore_errors=True)


@pytest.fixture(scope="session")
def prepared_databases(django_db_blocker: DjangoDbBlocker) -> databases.Sqlite | databases.Postgres:
    """What hands out databases, migrated once for this worker."""
    maker = databases.made(FOLDER / WORKER, WORKER)
    with django_db_blocker.unblock():
        maker.prepare()
    return maker


@pytest.fixture
def database(
    prepared_databases: databases.Sqlite | databases.Postgres, django_db_blocker: DjangoDbBlocker
) -> Iterator[databases.Database]:
    """A migrated database without a row, for this test alone."""
    folder = Path(tempfile.mkdtemp(prefix="test-", dir=FOLDER))
    files, keys = folder / "files", folder / "keys.json"
    files.mkdir(mode=0o700)
    before = settings.FILES_DIR, settings.KEY_FILE, settings.SEAL_KEYS
    with django_db_blocker.unblock():
        databases.forget()
        fresh = prepared_databases.fresh(folder)
        seals = f"pkcs12:{folder / 'seals'}"
        settings.FILES_DIR, settings.KEY_FILE, settings.SEAL_KEYS = files, keys, seals
        told = {
            "BANJIE_DATABASE_URL": fresh.url,
            "BANJIE_FILES_DIR": str(files),
            "BANJIE_KEY_FILE": str(keys),
            "BANJIE_SEAL_KEYS": seals,
        }
        try:
            with databases.variables(told), as_the_house():  # a request narrows it (web.middleware.narrowly)
                yield fresh
        finally:
            prepared_databases.leave()
            settings.FILES_DIR, settings.KEY_FILE, settings.SEAL_KEYS = before
            databases.forget()
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def installed(database: databases.Database) -> databases.Database:
    """The same, with an installation that is not a demo."""
    from banjie.store.log.install import create_installation

    create_installation(demo=False)
    return database


@pytest.fixture(autouse=True)
def rows_agree_with_their_histories(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test with cases in its database: each chain holds, and each derived row is what its history gives."""
    request.getfixturevalue("database")
    yield
    if request.node.get_closest_marker("tampers"):
        return
    from banjie.cases import rebuild
    from banjie.store.log import read, verify

    if next(read.streams("case"), None):
        assert list(verify.verify()) == []
        assert list(rebuild.differences()) == []


@pytest.fixture(autouse=True)
def every_page_reads_for_somebody(request: pytest.FixtureRequest) -> Iterator[None]:
    """In the tests of pages and programs: whatever reads case data says for whom (tests/cases/recorder.py)."""
    if not {"faces", "journeys"} & set(request.path.parts):
        yield
        return
    request.getfixturevalue("database")
    from tests.cases.recorder import unscoped

    with unscoped() as found:
        yield
    assert found == []
