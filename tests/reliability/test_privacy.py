"""A thousand canary people: nobody finds them in clear, and one can be forgotten without touching the others."""

import logging
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client

from banjie.cases import queries, rebuild
from banjie.cases.unmask import unmask
from banjie.config import rewrapping, worker
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.records.accounts.models import User
from banjie.records.parties import mandates, register, seeing
from banjie.records.parties.mandates import Terms
from banjie.records.parties.models import MandateKind
from banjie.store.files.read import open_file
from banjie.store.files.receive import receive
from banjie.store.keys import keyring, rewrap
from banjie.store.keys.datakey import unwrap
from banjie.store.keys.keyring import SealBroken
from banjie.store.keys.models import DataKey, Personal
from banjie.store.keys.read import data_key, find
from banjie.store.log import verify
from banjie.store.log.models import Bookmark
from tests.cases.house import House
from tests.cast import demo_id_card, now

PEOPLE = 40 if os.environ.get("BANJIE_SMALL") else 10_000 if os.environ.get("BANJIE_SOAK") else 1_000
PDF = b"%PDF-1.4\n% canary-paper-%d\n%%EOF\n"


def canary(number: int) -> dict[str, str]:
    """An invented person whose every particular can be searched for."""
    return {
        "kind": "person",
        "name": f"金丝雀{number:05d}号",
        "id_type": "id_card",
        "id_number": demo_id_card(number),
        "phone": f"1390{number:07d}",
        "address": f"云岭县金丝雀巷{number:05d}号",
    }


def open_account(number: int, person: dict[str, str]) -> None:
    """An account holder among them: registered, every tenth seen, and every twentieth gives a mandate.

    Every hundredth signs up, signs in and looks at themselves in a browser, sessions and all.
    """
    pseudonym = f"p-canary-{number:05d}"
    told = {**person, "email": f"jinsique{number:05d}@example.com", "registered_address": f"金丝雀{number:05d}号楼"}
    if number % 100:
        register.open_party(told, by=pseudonym, at=now(), pseudonym=pseudonym)
        if number % 10 == 0:
            seeing.unmask(c.Actor(pseudonym, e.ActorKind.APPLICANT), pseudonym, f"金丝雀{number:05d}自己看", now())
    else:
        browser, typed = Client(), {**told, "username": f"canary.{chr(97 + number // 100 % 26)}{number // 100}aa"}
        typed |= {"password": "three unlike words", "privacy": "on", "true_particulars": "on"}
        page = browser.post("/account/sign-up/person/", typed, follow=True, REMOTE_ADDR=f"192.0.2.{number // 100}")
        assert page.status_code == 200
        assert browser.post("/account/reached/", told).status_code == 302
        assert browser.post("/account/show/", {"reason": f"金丝雀{number:05d}自己看"}).status_code == 200
        assert browser.post("/account/show/", {"reason": ""}).status_code == 422
        pseudonym = User.objects.get(username=typed["username"]).pseudonym
    if number % 20 == 0:
        terms = Terms(MandateKind.LEGAL_REPRESENTATIVE, now().date())
        mandates.give(
            c.Actor(pseudonym, e.ActorKind.APPLICANT), f"金丝雀{number:05d}代", demo_id_card(number + 1), terms, now()
        )


CLEAR = re.compile(
    "|".join(
        ("金丝雀[0-9]{5}", "雀店[0-9]{5}", "雀语[0-9]{5}", "雀纸[0-9]{5}", "canary-paper-[0-9]{5}", "jinsique[0-9]{5}")
    ).encode()
    + rb"|999921(?:19|20)[0-9]{9}[0-9X]|1390000[0-9]{4}"
)
"""What must be found nowhere: particulars, an answer, free text, a file's name and words."""
PLANTED = "金丝雀99999"
"""Nobody of the crowd: what the control below writes in clear, perhaps meanwhile, into the same server's log."""
HEX = re.compile(rb"\\\\x((?:[0-9a-f]{2}){8,})")
"""How PostgreSQL writes bytes into a dump: what they hold is looked at too."""


@pytest.fixture(autouse=True)
def began(database: Any) -> Path:
    """A file as old as the test: what was last written before it holds nothing of the test's people."""
    path: Path = database.folder / "began"
    path.touch()
    return path


@pytest.fixture
def crowd(house: House, caplog: pytest.LogCaptureFixture) -> list[UUID]:
    """A thousand canary cases, with answers, papers, statements and an inbox; everything logged at its loudest."""
    caplog.set_level(logging.DEBUG)
    streams = []
    cache.clear()
    for number in range(PEOPLE):
        person = canary(number)
        open_account(number, person)
        by = c.Actor(f"p-canary-{number:05d}", e.ActorKind.APPLICANT)
        plain = house.application(by)
        answers = {**plain.answers.value, "place_name": f"雀店{number:05d}"}
        provided = plain.provided
        if number % 20 == 0:
            paper = PDF.replace(b"%d", f"{number:05d}".encode())
            file = receive(paper, f"雀纸{number:05d}.pdf", by.id, 0)
            first = e.Provided(provided[0].material, (e.FileRef(*file),), "electronic")
            provided = (first, *provided[1:])
        done = house.submit(
            by,
            applicant=c.Personal(person, find_by=person["id_number"]),
            answers=c.Personal(answers),
            provided=provided,
            body=str(person).encode(),
        )
        streams.append(done.stream)
        if number % 10 == 0:
            house.do(done.stream, c.MakeStatement, by, text=c.Personal(f"雀语{number:05d}：我在场。"))
    while worker.turn():
        pass
    return streams


@pytest.mark.database
def test_a_thousand_people_are_nowhere_in_clear_and_one_of_them_can_be_forgotten(
    house: House, crowd: list[UUID], database: Any, caplog: pytest.LogCaptureFixture
) -> None:
    stream, neighbour, steward = crowd[20], crowd[21], house.cast.steward
    state = queries.view(stream, now()).state
    file = state.provided[house.procedure.materials[0].id].files[0]
    known = find("identity", demo_id_card(20))

    # Staff look at some, and say why in words that tell of them: purpose and fields are recorded, the words sealed.
    for number in range(20, 40, 5):
        told = queries.view(crowd[number], now()).state.query_number
        unmask(told, house.cast.clerk, "examination", f"金丝雀{number:05d}的身份证复印件不清", now(), uuid4())
    assert seeing.of("p-canary-00020")[0].fields[:3] == ["kind", "name", "id_type"]
    house.do(stream, c.Withdraw, c.Actor("p-canary-00020", e.ActorKind.APPLICANT))
    house.do(stream, c.Erase, steward, basis="个人信息保护法 47")

    # Nobody is found in clear, anywhere; everybody by their number, and by nothing like it.
    assert len(crowd) == PEOPLE
    assert {each for each in _found(database, caplog) if each[1] != PLANTED} == set()
    assert known == [stream]
    assert find("identity", demo_id_card(7).lower()) == [crowd[7]]
    assert find("identity", demo_id_card(7)[:-1]) == []

    # The one who was erased is gone for good, the papers too; the neighbour is not.
    forgotten, still_there = queries.view(stream, now()), queries.view(neighbour, now())
    assert set(forgotten.opened(state.applicant, state.answers).values()) == {None}
    assert open_file(file.id) is None
    assert find("identity", demo_id_card(20)) == []
    assert still_there.state.applicant is not None
    assert still_there.opened(still_there.state.applicant)[still_there.state.applicant.ref]["name"] == "金丝雀00021号"

    # What is sealed for one opens for nobody else, even where somebody puts it into the other's row.
    mine, theirs = (Personal.objects.filter(stream=each).order_by("ref")[:2] for each in crowd[30:32])
    swapped = Personal(stream=mine[0].stream, ref=mine[0].ref, key_id=mine[0].key_id, ciphertext=theirs[0].ciphertext)
    key = data_key(mine[0].stream, mine[0].key_id)
    assert key is not None
    for wrong in (swapped.ciphertext, mine[1].ciphertext):
        with pytest.raises(SealBroken):
            key.open(mine[0].ref, bytes(wrong))

    # Everything moves under a new wrapping key, and the old one goes: a backup from before opens nothing any more.
    backup = DataKey.objects.values_list("key_id", "alg", "wrapped").get(stream=neighbour)
    old = keyring.keyring().newest
    keyring.rotate()
    while rewrap.work(rewrapping.PLACES):
        pass
    rewrap.retire(rewrapping.PLACES, old, nobody_writes=True)
    with pytest.raises(SealBroken):
        unwrap(neighbour, *backup)
    again = queries.view(neighbour, now())
    assert again.state.applicant is not None
    assert again.opened(again.state.applicant)[again.state.applicant.ref]["name"] == "金丝雀00021号"
    assert find("identity", demo_id_card(7)) == [crowd[7]]

    # Every chain holds, and every row can be made anew, without the key.
    assert list(verify.verify()) == []
    assert rebuild.rebuild() == PEOPLE


@pytest.mark.database
@pytest.mark.parametrize("hidden", ["text", "bytes"])
def test_the_search_finds_a_datum_that_does_stand_in_clear(
    database: Any, caplog: pytest.LogCaptureFixture, hidden: str
) -> None:
    """The test above can fail: a name planted in a column of text, or of bytes, is found."""
    if hidden == "text":
        Bookmark.objects.create(follower=f"{PLANTED}号", no=1)
    else:
        Personal.objects.create(
            stream=uuid4(), ref="r", key_id="k", alg="a", ciphertext=f"{PLANTED}号".encode(), blind=None
        )

    assert {trace for _, trace in _found(database, caplog)} == {PLANTED}


def _found(database: Any, caplog: pytest.LogCaptureFixture) -> set[tuple[str, str]]:
    return {
        (where, each.decode())
        for where, content in _everything_written(database, caplog)
        for each in CLEAR.findall(content) + [found for part in HEX.findall(content) for found in _in_hex(part)]
    }


def _in_hex(part: bytes) -> list[bytes]:
    return CLEAR.findall(bytes.fromhex(part.decode()))


def _everything_written(database: Any, caplog: pytest.LogCaptureFixture) -> Iterator[tuple[str, bytes]]:
    """Database file and WAL, a dump, every file of the data folder, and every line logged."""
    connections.close_all()
    if database.is_postgresql:
        yield "dump", _dump(database.whole_url)
        yield from _wal(database.whole_url, database.folder / "began")
    else:
        for path in database.folder.glob("banjie.sqlite3*"):
            yield path.name, path.read_bytes()
    for path in database.folder.rglob("*"):
        if path.is_file():
            yield str(path.relative_to(database.folder)), path.read_bytes()
    yield "log", caplog.text.encode()


def _dump(url: str) -> bytes:
    """Every row of every table as text, bytes included as they lie there."""
    tool = shutil.which("pg_dump")
    if tool:
        return subprocess.run([tool, url], capture_output=True, check=True).stdout
    rows = []
    with closing(psycopg.connect(url)) as driver:
        names = driver.execute("SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (name,) in names:
            with driver.cursor().copy(f"COPY {name} TO STDOUT") as copy:
                rows += [bytes(block) for block in copy]
    return b"".join(rows)


def _wal(url: str, began: Path) -> Iterator[tuple[str, bytes]]:
    """The server's write-ahead log, as it lies on the disk: every file written to since the test began.

    A file that is used again has a new name, its old content, and the time when that was written.
    """
    with closing(psycopg.connect(url, autocommit=True)) as driver:
        driver.execute("CHECKPOINT")
        folder = Path(driver.execute("SHOW data_directory").fetchone()[0])  # type: ignore[index]
    oldest = began.stat().st_mtime - 1
    written = [each for each in sorted((folder / "pg_wal").glob("0*")) if each.stat().st_mtime >= oldest]
    assert written, "the test wrote something, and the server its log of it"
    for path in written:
        yield f"wal/{path.name}", path.read_bytes()
