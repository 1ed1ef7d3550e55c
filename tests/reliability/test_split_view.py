"""T14: a log that shows two histories is caught at the next exchange with a witness, or when two witnesses compare.

The witnesses are installations of their own: real servers in processes of their own, with their own databases and keys.
The log that lies is this process, with two databases that go apart after a common beginning.
"""

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections, transaction

from banjie.store.evidence import checkpoints, models, note, standing, witnesses, witnessing
from banjie.store.log import clock
from banjie.store.log.append import append
from banjie.store.log.ids import uuid7
from banjie.store.log.install import create_installation
from banjie.store.log.sequence import sequence
from tests import databases
from tests.reliability.server import Server


@dataclass
class Elsewhere:
    """Another installation: its database, its keys, and its server once it is started."""

    url: str
    folder: Path
    key: str = ""
    server: Server | None = None

    @property
    def variables(self) -> dict[str, str]:
        return {"BANJIE_DATABASE_URL": self.url, "BANJIE_KEY_FILE": str(self.folder / "keys.json")}

    @property
    def as_witness(self) -> str:
        assert self.server is not None
        return f"http://127.0.0.1:{self.server.port}/log/witness {self.key}"

    @contextmanager
    def here(self) -> Iterator[None]:
        """This process on that installation's database and keys."""
        before = settings.KEY_FILE, connections.settings["default"]["NAME"]
        databases.forget()
        databases.use(self.url)
        settings.KEY_FILE = self.folder / "keys.json"
        try:
            yield
        finally:
            settings.KEY_FILE = before[0]
            databases.use(f"sqlite://{before[1]}")
            databases.forget()


def copied(source: str, folder: Path) -> str:
    """A copy of an SQLite database; its address."""
    folder.mkdir(exist_ok=True)
    connections.close_all()
    with closing(sqlite3.connect(source)) as driver:
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(source, folder / "banjie.sqlite3")
    return f"sqlite://{folder / 'banjie.sqlite3'}"


def beside(folder: Path) -> Elsewhere:
    """This very installation once more, as it stands now, on a database of its own."""
    made = Elsewhere(copied(connections.settings["default"]["NAME"], folder), folder)
    shutil.copyfile(settings.KEY_FILE, folder / "keys.json")
    (folder / "keys.json").chmod(0o600)
    return made


def grow(facts: int, word: str) -> checkpoints.Checkpoint:
    with transaction.atomic():
        append(
            uuid7(), "seal", [("used", f'{{"note":"{word}"}}'.encode())] * facts, command_id=uuid7(), at=1, actor="p"
        )
    while sequence():
        pass
    made = checkpoints.make()
    assert made is not None
    return made


@pytest.fixture
def asking(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets the witnesses of this process."""

    def by(*all_of_them: Elsewhere | str) -> None:
        told = [each if isinstance(each, str) else each.as_witness for each in all_of_them]
        monkeypatch.setattr(settings, "WITNESSES", told)

    return by


@pytest.fixture
def two_witnesses(database, tmp_path: Path) -> Iterator[tuple[Elsewhere, Elsewhere]]:
    """Two installations that know this log's key and answer, each on a database of its own."""
    empty = connections.settings["default"]["NAME"]
    made = [Elsewhere(copied(empty, tmp_path / name), tmp_path / name) for name in ("archives", "neighbour")]
    create_installation(demo=False)
    grow(2, "common")
    ((own, _),) = checkpoints.every_key()
    with ExitStack() as stack:
        for each in made:
            with each.here():
                create_installation(demo=False)
                each.key = str(witnessing.own_key())
            with databases.variables({**each.variables, "BANJIE_WITNESS_FOR": str(own)}):
                each.server = Server(threads=2)
                stack.callback(each.server.kill)
                each.server.start()
        yield made[0], made[1]


def test_two_histories_are_caught_at_the_next_exchange_or_the_next_comparison(
    two_witnesses, asking, tmp_path: Path, monkeypatch
) -> None:
    archives, neighbour = two_witnesses
    asking(archives, neighbour)

    # An honest log: both cosign, again after it has grown, and the checkpoint is final.
    assert witnesses.exchange() == 2
    grow(5, "honest")
    assert witnesses.exchange() == 2
    newest = checkpoints.newest()
    assert newest.is_final
    assert standing.standing().was_cosigned
    assert {each.trouble for each in witnesses.heard()} == {""}
    assert checkpoints.covering(1) == newest
    for each in two_witnesses:
        assert note.parse(str(newest.signed)).signed_by(note.key(each.key))

    # A database put back to yesterday: its witness knows better.
    yesterday = beside(tmp_path / "yesterday")
    grow(2, "today")
    assert witnesses.exchange() == 2
    with yesterday.here():
        grow(1, "as if nothing had happened")
        assert witnesses.exchange() == 0
        assert {(each.trouble, each.known) for each in witnesses.heard()} == {(witnesses.AHEAD, 9)}
        assert all(each.is_grave for each in witnesses.heard())

    # Two databases that go apart: one is shown to the archives, the other to the neighbour.
    fork = beside(tmp_path / "fork")
    one = grow(3, "one history")
    asking(archives)
    assert witnesses.exchange() == 1
    with fork.here():
        other = grow(3, "another history")
        asking(neighbour)
        assert witnesses.exchange() == 1, "alone, nobody can know"
        assert not checkpoints.newest().is_final
    assert (one.size, one.root != other.root) == (other.size, True)
    assert not checkpoints.newest().is_final, "neither history has two witnesses"

    # The witnesses compare what they have seen.
    ((own, _),) = checkpoints.every_key()
    monkeypatch.setattr(settings, "WITNESS_FOR", [str(own)])
    asking(neighbour)
    with archives.here():
        assert witnesses.gossip() == 1
        assert witnesses.gossip() == 1
        (proof,) = witnessing.split_views()
        assert proof.is_proof
        assert {note.head(note.parse(each).text).root for each in (proof.held, proof.shown)} == {one.root, other.root}
        assert all(note.parse(each).signed_by(own) for each in (proof.held, proof.shown))

    # And the same witness is not fooled at all, however far the other history has gone on.
    with fork.here():
        asking(archives)
        assert witnesses.exchange() == 0
        (heard,) = witnesses.heard()
        assert (heard.trouble, heard.is_grave) == (witnesses.ANOTHER_HISTORY, True)
        grow(4, "further on")
        models.Exchange.objects.all().update(next_at=0)
        assert witnesses.exchange() == 0
        assert witnesses.heard()[0].trouble == witnesses.ANOTHER_HISTORY
        assert standing.standing().was_cosigned
    status, page = archives.server.ask("GET", "/log/")
    assert status == 200
    assert f"banjie/{own.name.partition('/')[2]}" in page.decode()
    assert "证据确凿" in page.decode()
    assert archives.server.ask("GET", "/log/witness/checkpoints?origin=nobody")[1] == b""


# A witness that does not behave: acceptance never waits for it, and nothing it says is believed.


class Answers(BaseHTTPRequestHandler):
    """Answers as the test says."""

    answer: tuple[int, str, dict[str, str]] = (200, "", {})
    asked = 0

    def do_POST(self) -> None:
        type(self).asked += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        status, body, headers = self.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def misbehaving() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


FALSE = [
    (500, "", {}, witnesses.NO_ANSWER),
    (200, "hello", {}, witnesses.FALSE_SIGNATURE),
    (200, "— a AAAAAAAAAAAA\n", {}, witnesses.FALSE_SIGNATURE),
    (302, "", {"Location": "http://127.0.0.1:1/"}, witnesses.NO_ANSWER),
    (404, "", {}, witnesses.UNKNOWN_HERE),
    (403, "", {}, witnesses.UNKNOWN_HERE),
    (409, "x" * 400_000, {}, witnesses.NO_ANSWER),
    (409, "99999999", {}, witnesses.AHEAD),
    (422, "", {}, witnesses.ANOTHER_HISTORY),
]


@pytest.mark.database
def test_a_witness_that_misbehaves_is_asked_again_later_and_believed_in_nothing(
    installed, misbehaving, asking, monkeypatch
) -> None:
    grow(3, "n")
    key = note.public("w", note.WITNESS, checkpoints.derived(77))
    asking(f"http://127.0.0.1:{misbehaving.server_address[1]}/w {key}")
    now = clock.now()
    for status, body, headers, trouble in FALSE:
        monkeypatch.setattr(Answers, "answer", (status, body, headers))
        models.Exchange.objects.all().update(next_at=0)

        assert witnesses.exchange() == 0

        assert witnesses.heard()[0].trouble == trouble, status
    asked = Answers.asked
    assert witnesses.exchange() == 0, "it is not its turn yet"
    assert Answers.asked == asked
    assert models.Exchange.objects.get().next_at > now + witnesses.FIRST_RETRY
    assert not models.Cosignature.objects.exists()

    # A true signature over another text is no signature of ours.
    told = note.cosign("another\n1\n" + "A" * 43 + "=\n", "w", checkpoints.derived(77), 5)
    monkeypatch.setattr(Answers, "answer", (200, str(told), {}))
    models.Exchange.objects.all().update(next_at=0)
    assert witnesses.exchange() == 0
    told = note.cosign(checkpoints.newest().text, "w", checkpoints.derived(77), 5)
    monkeypatch.setattr(Answers, "answer", (200, str(told), {}))
    models.Exchange.objects.all().update(next_at=0)
    assert witnesses.exchange() == 1
    assert witnesses.exchange() == 0
    assert witnesses.heard()[0].trouble == ""


@pytest.mark.database
def test_a_witness_that_is_not_there_delays_nothing_and_is_told_of(installed, asking) -> None:
    grow(3, "n")
    asking(f"http://127.0.0.1:1/w {note.public('w', note.WITNESS, checkpoints.derived(77))}")

    assert witnesses.exchange() == 0
    assert witnesses.heard()[0].trouble == witnesses.NO_ANSWER
    assert witnesses.work() == 0, "the worker goes on at once"
    assert grow(1, "accepted all the same").size == 4


@pytest.mark.parametrize(
    "told", ["http://127.0.0.1/ nothing", "ftp://a/ {key}", "http:/// {key}", "http://a/ {log}", "{key}"]
)
def test_a_witness_that_cannot_be_one_is_refused_at_once(installed, monkeypatch, told: str) -> None:
    key = note.public("w", note.WITNESS, checkpoints.derived(77))
    log = note.public("w", note.LOG, checkpoints.derived(77))
    monkeypatch.setattr(settings, "WITNESSES", [told.format(key=key, log=log)])

    with pytest.raises(ValueError):  # noqa: PT011
        witnesses.configured()
