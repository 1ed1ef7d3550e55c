"""Databases for tests: migrated once, handed out empty for each test, on SQLite and on PostgreSQL.

The fixtures of tests/conftest.py use this; a test about the databases themselves may import it.
"""

import fcntl
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from psycopg import sql

from banjie.config import environment
from banjie.store.postgresql.reading import as_the_house

PURE = (
    "banjie.engine",
    "banjie.words",
    "banjie.simulator",
    "banjie.web.assets",
    "banjie.web.one_file",
    "banjie.store.papers.fonts",
    "banjie.store.signing.stamp",
    "banjie.records.organisation.rulebook",
    "banjie.records.organisation.access",
    "banjie.records.organisation.asked",
    "banjie.records.catalogue.flow",
    "banjie.records.catalogue.joint",
    "banjie.records.catalogue.projects",
    "banjie.records.catalogue.samples",
    "banjie.records.catalogue.search.ask",
    "banjie.records.catalogue.spreadsheet",
    "banjie.duties.licences.types",
    "banjie.duties.papers.kinds",
    "banjie.duties.seals.policy",
    "banjie.duties.statistics.definitions",
    "banjie.duties.supervision.rulebook",
    "banjie.faces.desk.items.offered",
    "banjie.faces.desk.items.typed",
    "banjie.faces.forms.conditions",
    "banjie.store.evidence.checkpoints.code",
)
"""Modules, and functions of others, that keep nothing of a database: what their caches hold follows from the arguments
alone, among them the folder of the rulebook, or from the program that runs. They may stay."""


@dataclass(frozen=True)
class Database:
    """The database of one test: other processes reach it by `url` (it stands in BANJIE_DATABASE_URL, too)."""

    url: str
    vendor: str
    folder: Path
    maker: "Sqlite | Postgres | None" = None
    """What keeps contents for `filled`; None for a database that a test made for itself."""

    @property
    def whole_url(self) -> str:
        """For whoever must see every row, past the policies: a dump."""
        return self.maker.whole_url if isinstance(self.maker, Postgres) else self.url

    @property
    def is_postgresql(self) -> bool:
        return self.vendor == "postgresql"

    def filled(self, name: str, fill: Callable[[], object], *, of_this_process: bool = False) -> "Database":
        """This fresh database, filled by calling `fill` or, from the second time on, with what that wrote.

        A name stands for one content: what `fill` wrote into the database, its keys and its files. The first worker
        that needs it fills it for all, but what is `of_this_process`: whose `fill` remembers something.
        """
        if self.maker:
            self.maker.filled(name, self, fill, of_this_process)
        else:
            fill()
        forget()  # the first test with this content begins as cold as all after it
        return self


def use(url: str) -> None:
    """Let every connection, of every thread, open this database from now on."""
    connections.close_all()
    # All wrappers share this dictionary with the settings: changed in place, it holds for threads to come.
    connections.settings["default"].update(environment.database(url))


class Sqlite:
    """A file migrated once and copied for each test. `shared` is the folder in which workers keep what they filled."""

    def __init__(self, folder: Path, shared: Path) -> None:
        self._template, self._shared = folder / "template.sqlite3", shared

    @property
    def template(self) -> Path:
        """The migrated file. A process that finds it in BANJIE_TEST_TEMPLATE migrates none of its own."""
        return self._template

    def prepare(self) -> None:
        if given := os.environ.get("BANJIE_TEST_TEMPLATE"):
            shutil.copyfile(given, self._template)
            return
        with _kept_once(self._shared / "migrated") as kept:  # by one worker for all
            if not kept.exists():
                use(f"sqlite://{self._template}")
                call_command("migrate", verbosity=0)
                connections.close_all()
                # The copy takes the one file: what a killed run or a slow close left beside it must be in it.
                with closing(sqlite3.connect(self._template)) as driver:
                    driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                shutil.copyfile(self._template, kept)
                return
        shutil.copyfile(kept, self._template)

    def fresh(self, folder: Path) -> Database:
        path = folder / "banjie.sqlite3"
        shutil.copyfile(self._template, path)
        use(f"sqlite://{path}")
        return Database(f"sqlite://{path}", "sqlite", folder, self)

    def leave(self) -> None:
        connections.close_all()

    def filled(self, name: str, database: Database, fill: Callable[[], object], of_this_process: bool = False) -> None:
        """Fill this fresh database by calling `fill`, or with what that wrote when it was called for this name."""
        path = database.folder / "banjie.sqlite3"
        with _kept_once((self._template.parent if of_this_process else self._shared) / name) as kept:
            if not kept.exists():
                fill()
                connections.close_all()
                with closing(sqlite3.connect(path)) as driver:
                    driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                with _made_whole(kept) as unfinished:
                    shutil.copyfile(path, unfinished / path.name)
                    _keep_folders(unfinished)
                return
        connections.close_all()
        for beside in ("-wal", "-shm"):
            path.with_name(path.name + beside).unlink(missing_ok=True)
        shutil.copyfile(kept / path.name, path)
        _put_folders_back(kept)


class Postgres:
    """A database migrated once for this worker and emptied before each test.

    Emptying deletes from the tables that are not empty, with triggers and foreign keys off, and puts back what the
    migrations had written: a few milliseconds, where TRUNCATE or CREATE DATABASE would sync dozens of files.
    """

    def __init__(self, server: str, worker: str, folder: Path, shared: Path) -> None:
        self._server, self._folder, self._shared = server, folder, shared
        self._name = f"banjie_test_{worker}"
        self._admin: psycopg.Connection[Any]
        self._kept: set[str] = set()

    @property
    def whole_url(self) -> str:
        """Of the superuser who made the database."""
        return urlunsplit(urlsplit(self._server)._replace(path=f"/{self._name}"))

    @property
    def url(self) -> str:
        """Of an ordinary role that owns its database: the superuser who made it would see past every policy."""
        at = urlsplit(self._server).netloc.rpartition("@")[2]
        return urlunsplit(
            urlsplit(self._server)._replace(path=f"/{self._name}", netloc=f"{self._name}:{self._name}@{at}")
        )

    def prepare(self) -> None:
        with psycopg.connect(self._server, autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)")
            with suppress(psycopg.errors.DuplicateObject):
                server.execute(
                    f"CREATE ROLE {self._name} LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS PASSWORD '{self._name}'"
                )
            # What a test of tampering needs of the superuser it stands for: to work past the triggers of the log.
            # One worker after the other: the first grant on a parameter makes a row that two at once would both make.
            server.execute("SELECT pg_advisory_lock(1)")
            server.execute(f"GRANT SET ON PARAMETER session_replication_role TO {self._name}")
            server.execute("SELECT pg_advisory_unlock(1)")
            server.execute(f"CREATE DATABASE {self._name} OWNER {self._name}")
        use(self.url)
        call_command("migrate", verbosity=0)
        connections.close_all()
        self._admin = psycopg.connect(self.whole_url, autocommit=True)
        self._admin.execute(PRISTINE)
        self._admin.execute("SET session_replication_role = replica")

    def fresh(self, folder: Path) -> Database:
        self._admin.execute("SET lock_timeout = '5s'")
        self._admin.execute("CALL pristine.empty()")
        use(self.url)
        return Database(self.url, "postgresql", folder, self)

    def leave(self) -> None:
        connections.close_all()
        self._admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [self._name],
        )

    def filled(self, name: str, database: Database, fill: Callable[[], object], of_this_process: bool = False) -> None:
        """Fill this fresh database by calling `fill`, or with what that wrote when it was called for this name."""
        with _kept_once((self._folder if of_this_process else self._shared) / name) as kept:
            if not kept.exists():
                fill()
                connections.close_all()
                with _made_whole(kept) as unfinished:
                    self._write(unfinished)
                    _keep_folders(unfinished)
                self._admin.execute("CALL pristine.keep(%s)", [name])
                self._kept.add(name)
                return
        if name not in self._kept:
            self._read(kept)
            self._admin.execute("CALL pristine.keep(%s)", [name])
            self._kept.add(name)
        else:
            self._admin.execute("CALL pristine.fill(%s)", [name])
        _put_folders_back(kept)

    def _write(self, folder: Path) -> None:
        """What stands in the tables, a file each, and where the sequences are."""
        tables = self._admin.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            content = b""
            if table != "django_migrations" and self._admin.execute(_of("SELECT 1 FROM {} LIMIT 1", table)).fetchone():
                with self._admin.cursor().copy(_of("COPY {} TO STDOUT (FORMAT binary)", table)) as copy:
                    content = b"".join(copy)
            if content:
                (folder / table).write_bytes(content)
        (folder / "sequences.json").write_text(json.dumps(self._admin.execute(SEQUENCES).fetchall()), encoding="utf-8")

    def _read(self, folder: Path) -> None:
        """Put what `_write` left into the tables of this database, of the same migrations."""
        for path in folder.iterdir():
            if path.suffix or path.is_dir():
                continue
            self._admin.execute(_of("DELETE FROM {}", path.name))
            with self._admin.cursor().copy(_of("COPY {} FROM STDIN (FORMAT binary)", path.name)) as copy:
                copy.write(path.read_bytes())
        for name, last in json.loads((folder / "sequences.json").read_text(encoding="utf-8")):
            self._admin.execute("SELECT setval(%s::regclass, %s)", [name, last])


SEQUENCES = """
SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences
WHERE schemaname = 'public' AND last_value IS NOT NULL
"""


def _of(statement: str, table: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier("public", table))


@contextmanager
def _kept_once(kept: Path) -> Iterator[Path]:
    """The folder of a content, which one worker at a time looks for and makes; the others wait for it."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with kept.with_name(f"{kept.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield kept


@contextmanager
def _made_whole(folder: Path) -> Iterator[Path]:
    """A folder to write into, which has its name only when all of it is there."""
    unfinished = Path(tempfile.mkdtemp(dir=folder.parent))
    yield unfinished
    unfinished.rename(folder)


def _keep_folders(folder: Path) -> None:
    """Keep the key file under which a filling was sealed, the keys of the seals, and the files that lie outside."""
    path = Path(settings.KEY_FILE)
    if path.exists():
        shutil.copyfile(path, folder / KEYS)
    for name, given in _folders().items():
        if given.exists():
            shutil.copytree(given, folder / name)


def _put_folders_back(folder: Path) -> None:
    if (folder / KEYS).exists():
        path = Path(settings.KEY_FILE)
        path.touch(mode=0o600)
        path.write_bytes((folder / KEYS).read_bytes())
    for name, given in _folders().items():
        if (folder / name).exists():
            shutil.copytree(folder / name, given, dirs_exist_ok=True)


def _folders() -> dict[str, Path]:
    return {"seals": Path(settings.SEAL_KEYS.removeprefix("pkcs12:")), "files": Path(settings.FILES_DIR)}


KEYS = "keys.json"

PRISTINE = """
CREATE SCHEMA pristine;

CREATE TABLE pristine.kept (name text PRIMARY KEY);
DO $$ DECLARE t text; filled boolean; BEGIN
    FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', t) INTO filled;
        IF filled THEN
            EXECUTE format('CREATE TABLE pristine.%I AS TABLE public.%I', 'of_' || t, t);
            INSERT INTO pristine.kept VALUES (t);
        END IF;
    END LOOP;
END $$;

CREATE TABLE pristine.sequences AS
    SELECT schemaname, sequencename, start_value, last_value FROM pg_sequences WHERE schemaname = 'public';

CREATE PROCEDURE pristine.empty() LANGUAGE plpgsql AS $$ DECLARE t text; filled boolean; s record; BEGIN
    FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', t) INTO filled;
        IF filled AND t <> 'django_migrations' THEN
            EXECUTE format('DELETE FROM public.%I', t);
        END IF;
    END LOOP;
    FOR t IN SELECT name FROM pristine.kept WHERE name <> 'django_migrations' LOOP
        EXECUTE format('INSERT INTO public.%I SELECT * FROM pristine.%I', t, 'of_' || t);
    END LOOP;
    FOR s IN SELECT now.schemaname, now.sequencename, was.start_value, was.last_value
             FROM pg_sequences now JOIN pristine.sequences was USING (schemaname, sequencename)
             WHERE now.last_value IS DISTINCT FROM was.last_value LOOP
        PERFORM setval(format('%I.%I', s.schemaname, s.sequencename)::regclass,
                       coalesce(s.last_value, s.start_value), s.last_value IS NOT NULL);
    END LOOP;
END $$;

CREATE TABLE pristine.filled (name text, "table" text, copy text);
CREATE TABLE pristine.filled_sequences (name text, schemaname text, sequencename text, last_value bigint);

CREATE PROCEDURE pristine.keep(what text) LANGUAGE plpgsql AS $$ DECLARE t text; filled boolean; n int := 0; BEGIN
    FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', t) INTO filled;
        IF filled AND t <> 'django_migrations' THEN
            n := n + 1;
            EXECUTE format('CREATE TABLE pristine.%I AS TABLE public.%I', what || '_' || n, t);
            INSERT INTO pristine.filled VALUES (what, t, what || '_' || n);
        END IF;
    END LOOP;
    INSERT INTO pristine.filled_sequences
        SELECT what, s.schemaname, s.sequencename, s.last_value FROM pg_sequences s
        WHERE s.schemaname = 'public' AND s.last_value IS NOT NULL;
END $$;

CREATE PROCEDURE pristine.fill(what text) LANGUAGE plpgsql AS $$ DECLARE r record; BEGIN
    FOR r IN SELECT * FROM pristine.filled WHERE name = what LOOP
        EXECUTE format('DELETE FROM public.%I', r."table");
        EXECUTE format('INSERT INTO public.%I OVERRIDING SYSTEM VALUE SELECT * FROM pristine.%I', r."table", r.copy);
    END LOOP;
    FOR r IN SELECT * FROM pristine.filled_sequences WHERE name = what LOOP
        PERFORM setval(format('%I.%I', r.schemaname, r.sequencename)::regclass, r.last_value);
    END LOOP;
END $$;
"""


def forget() -> None:
    """Drop what modules remember of the last database: everything with a `cache_clear` or a `forget`."""
    for each in _what_remembers(len(sys.modules)):
        each()


@cache
def _what_remembers(modules: int) -> list[Callable[[], Any]]:
    """The methods to call. Looked for in what is new whenever a module has been imported."""
    names = [name for name in list(sys.modules) if name.startswith("banjie.") and not name.startswith(PURE)]
    found = {key: each for name in names for key, each in _that_remember_in(name).items()}
    return list(found.values())


@cache
def _that_remember_in(name: str) -> dict[tuple[int, str], Callable[[], Any]]:
    found = {}
    for thing in list(vars(sys.modules[name]).values()):
        whose = f"{getattr(thing, '__module__', '')}.{getattr(thing, '__qualname__', '')}"
        if isinstance(thing, type) or whose.startswith(PURE):
            continue
        for method in ("cache_clear", "forget"):
            if callable(each := getattr(thing, method, None)):
                found[id(thing), method] = each
    return found


def in_threads(*works: Callable[[], Any]) -> list[Any]:
    """What each work returned, run at the same time in a thread of its own; the first exception is raised again."""
    results: list[Any] = [None] * len(works)
    errors: list[BaseException] = []

    def run(number: int, work: Callable[[], Any]) -> None:
        try:
            with as_the_house():
                results[number] = work()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each, daemon=True) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results


def made(folder: Path, worker: str) -> Sqlite | Postgres:
    """What makes databases in this run: PostgreSQL where BANJIE_DATABASE_URL names one, SQLite otherwise."""
    url = os.environ.get("BANJIE_DATABASE_URL", "")
    folder.mkdir(parents=True, exist_ok=True)
    shared = folder.parent / "kept"
    return Postgres(url, worker, folder, shared) if url.startswith("postgres") else Sqlite(folder, shared)


@contextmanager
def variables(values: Mapping[str, str]) -> Iterator[None]:
    """Set variables for the processes a test starts, and put the old ones back."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
