"""How fast a program hands in an application over HTTP: our endpoint, and the same with Django REST framework.

`POST /api/v1/cases` with a bearer token and an Idempotency-Key; what the other side does and does not do stands in
`peers/drf/__init__.py`. Each side is served by granian with one process and the same threads, without a log, and keeps
its own database; one client with one connection that stays open posts the same applications to both, some to the one
and as many to the other, in drawn order. Ours also runs a second time beside itself: how far those two differ is the
noise. Commits are on the disk before the answer goes out.

Before anything is timed every side has to answer alike: the same content, the same day, the same answer again for the
same key, and a "no" to another body, a wrong token, a wrong check digit, an unknown question and an unknown material.
Afterwards every number that was answered stands in the database once, with all its rows, without a gap.
"""

import argparse
import http.client
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import postgres
import psycopg
import report
from peers.counted import STATEMENTS
from peers.protocol import DURABLE
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from stdnum.cn import uscc

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
OURS, AGAIN, PEER = "banjie", "banjie again", "DRF"
SUBMITS = 20
"""Applications of a turn."""

TURNS = 5
"""Turns of each pair in a round."""

WARM = 100
COUNTED = 100
"""Submissions in the run that counts statements; the last twenty count, when every thread has its connection."""

THREADS = 4
TICKS = os.sysconf("SC_CLK_TCK")

CENSUS: Mapping[str, tuple[str, Mapping[str, tuple[str, int]]]] = {
    "submit_banjie": (
        "SELECT number FROM registration",
        {
            "cases": ('SELECT count(*) FROM "case"', 1),
            "facts": ("SELECT count(*) FROM log WHERE stream_kind = 'case'", 1),
            "personal data": ("SELECT count(*) FROM personal WHERE stream IN (SELECT stream FROM registration)", 2),
            "tasks": ("SELECT count(*) FROM task", 1),
        },
    ),
    "submit_drf": (
        "SELECT number FROM drf_case",
        {
            "materials": ("SELECT count(*) FROM drf_material", 5),
            "audit rows": ("SELECT count(*) FROM drf_auditevent", 1),
            "tasks": ("SELECT count(*) FROM drf_task", 1),
            "first answers": ("SELECT count(*) FROM drf_firstanswer", 1),
        },
    ),
}
"""How the numbers of a side are read, and how many rows of what each leaves."""


class Failed(Exception):
    """A side did not do what it said."""


@dataclass
class Side:
    """One implementation with its database and its server."""

    name: str
    module: str
    url: str
    place: Path
    told: dict[str, Any] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)
    asked: int = 0

    def environment(self, **more: str) -> dict[str, str]:
        """What its processes are told."""
        path = os.pathsep.join([str(HERE), str(ROOT / "src"), str(ROOT)])
        own = {"BENCH_DATABASE_URL": self.url, "BENCH_PLACE": str(self.place), "BENCH_SECRET": "measuring only"}
        return {**os.environ, "PYTHONPATH": path, **own, **more}

    def found(self, world: Any = None) -> None:
        """Make its database."""
        done = subprocess.run(
            [sys.executable, "-m", f"peers.{self.module}"],
            cwd=self.place,
            env=self.environment(),
            input=json.dumps(world),
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Failed(f"{self.name} could not make its database")
        self.told = json.loads(done.stdout.splitlines()[-1])
        durable = DURABLE["sqlite" if self.url.startswith("sqlite") else "postgresql"]
        if self.told["durability"] != durable:
            raise Failed(f"{self.name}: commits are not durable: {self.told['durability']}")

    def copy(self, other: "Side") -> None:
        """Take over a database that the other has just made."""
        self.told = other.told
        shutil.copytree(other.place, self.place, dirs_exist_ok=True)
        if not self.url.startswith("sqlite"):
            mine, its = (conninfo_to_dict(each)["dbname"] for each in (self.url, other.url))
            names = {"mine": sql.Identifier(mine), "its": sql.Identifier(its)}
            with psycopg.connect(postgres.with_(self.url, dbname="postgres"), autocommit=True) as admin:
                admin.execute(sql.SQL("DROP DATABASE {mine}").format(**names))
                admin.execute(sql.SQL("CREATE DATABASE {mine} TEMPLATE {its}").format(**names))

    def call_anew(self) -> None:
        """Open the connection once more: a server closes one that says nothing while others have their turn."""
        self._connection.close()
        self._connection.connect()

    @contextmanager
    def served(self, url: str = "", count: bool = False) -> Iterator[None]:
        """Its server, on a free port of its own, until the block ends."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        more = {"BENCH_DATABASE_URL": url or self.url, **({"BENCH_COUNT": "1"} if count else {})}
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
        command += ["--workers", "1", "--blocking-threads", str(THREADS), "--no-ws", "--log-level", "error"]
        process = subprocess.Popen(
            [*command, f"peers.{self.module}:application"],
            cwd=self.place,
            env=self.environment(**more),
            stdout=sys.stderr,
            start_new_session=True,
        )
        self._pid = process.pid
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            self._wait(process)
            yield
        finally:
            self._connection.close()
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and process.poll() is None:
            with suppress(OSError, http.client.HTTPException):
                if (status := self.post(b"{}", "no-such-key", token="nobody")[0]) != 401:
                    raise Failed(f"{self.name} answered {status} to a wrong token")
                return
            self._connection.close()
            time.sleep(0.1)
        raise Failed(f"the server of {self.name} does not answer")

    def post(self, body: bytes, key: str, token: str = "") -> tuple[int, bytes, Any]:
        """Status, content and headers of one POST."""
        headers = {
            "Authorization": f"Bearer {token or self.told['token']}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        self._connection.request("POST", "/api/v1/cases", body, headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read(), answer.headers

    def submit(self, applications: Sequence[bytes]) -> tuple[float, float]:
        """Hand these in, each under a new key; milliseconds and CPU milliseconds for one."""
        keys = [f"submission-{self.asked + index:08d}" for index in range(len(applications))]
        self.asked += len(keys)
        answers = []
        self.call_anew()
        cpu, start = self._cpu(), time.perf_counter()
        for body, key in zip(applications, keys, strict=True):
            answers.append(self.post(body, key))
        taken, cpu = time.perf_counter() - start, self._cpu() - cpu
        for status, content, _ in answers:
            if status != 201:
                raise Failed(f"{self.name} answered {status}: {content[:500]!r}")
            self.numbers.append(json.loads(content)["number"])
        return taken / len(keys) * 1000, cpu / len(keys) * 1000

    def statements(self, applications: Sequence[bytes]) -> tuple[float, float | None]:
        """Statements and round trips a submission, in a run that is not timed."""
        if self.url.startswith("sqlite"):
            with self.served(count=True):
                self.submit(applications[:-20])
                counts = [int(self._answered(body, nth)[STATEMENTS]) for nth, body in enumerate(applications[-20:])]
            return statistics.median(counts), None
        with postgres.Counter(self.url) as counter, self.served(counter.url):
            self.submit(applications[:-20])
            before = (counter.statements, counter.round_trips)
            self.submit(applications[-20:])
            return (counter.statements - before[0]) / 20, (counter.round_trips - before[1]) / 20

    def _answered(self, body: bytes, nth: int) -> Any:
        status, content, headers = self.post(body, f"counted-{nth:08d}")
        if status != 201:
            raise Failed(f"{self.name} answered {status}: {content[:500]!r}")
        self.numbers.append(json.loads(content)["number"])
        return headers

    def _cpu(self) -> float:
        """Seconds of the processor that its server has used, user and system."""
        ticks = 0
        for pid in [self._pid, *_children(self._pid)]:
            parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(parts[11]) + int(parts[12])
        return ticks / TICKS

    def census(self) -> None:
        """Failed unless the database holds what was answered, once, whole, and without a gap in the numbers."""
        query, counts = CENSUS[self.module]
        numbers = [row[0] for row in self._rows(query)]
        if len(self.numbers) != len(set(self.numbers)) or sorted(numbers) != sorted(self.numbers):
            raise Failed(f"{self.name} answered {len(self.numbers)} numbers; {len(numbers)} are in the database")
        of_day: dict[str, list[int]] = {}
        for number in numbers:
            of_day.setdefault(number[:39], []).append(int(number[39:]))
        if any(sorted(each) != list(range(1, len(each) + 1)) for each in of_day.values()):
            raise Failed(f"{self.name} left a gap in its numbers")
        for what, (query, each) in counts.items():
            found = self._rows(query)[0][0]
            if found != each * len(numbers):
                raise Failed(f"{self.name}: {len(numbers)} cases have {found} {what}, not {each} each")

    def _rows(self, query: str) -> list[Any]:
        if self.url.startswith("sqlite"):
            connection: Any = sqlite3.connect(self.url.removeprefix("sqlite:///"))
        else:
            connection = psycopg.connect(self.url)
        try:
            return list(connection.execute(query).fetchall())
        finally:
            connection.close()


def _children(pid: int) -> list[int]:
    found = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return found + [each for child in found for each in _children(child)]


class Applications:
    """The applications handed in: one after the other, each of somebody else."""

    def __init__(self, plain: dict[str, Any]) -> None:
        self._plain = plain
        self._made = 0

    def more(self, count: int) -> list[bytes]:
        """So many new ones, as they are posted."""
        return [json.dumps(self.one()).encode() for _ in range(count)]

    def one(self) -> dict[str, Any]:
        """A new one."""
        self._made += 1
        digits = f"91999921{self._made:09d}"
        somebody = {"name": f"云岭县第{self._made}小馆", "id_number": digits + uscc.calc_check_digit(digits)}
        return {**self._plain, "applicant": {**self._plain["applicant"], **somebody}}


def check_alike(sides: Sequence[Side], applications: Applications) -> None:
    """Failed unless every side gives the same answers and the same refusals."""
    plain = applications.one()
    body = json.dumps(plain).encode()
    changed = {
        "another body": {**plain, "e_service": True},
        "a wrong check digit": {**plain, "applicant": {**plain["applicant"], "id_number": "919999210000001150"}},
        "an unknown question": {**plain, "answers": {**plain["answers"], "colour": "red"}},
        "a missing answer": {**plain, "answers": {**plain["answers"], "is_chain": True}},
        "an unknown material": {**plain, "provided": [*plain["provided"], {"material": "gold", "form": "copy"}]},
    }
    answers = []
    for side in sides:
        side.call_anew()
        status, content, _ = side.post(body, "checked-alike")
        if status != 201:
            raise Failed(f"{side.name} answered {status}: {content[:500]!r}")
        first = json.loads(content)
        side.numbers.append(first["number"])
        again = side.post(body, "checked-alike")
        if (again[0], json.loads(again[1]), again[2]["Idempotent-Replay"]) != (201, first, "true"):
            raise Failed(f"{side.name} does not repeat its first answer: {again[:2]}")
        for what, other in changed.items():
            key = "checked-alike" if what == "another body" else f"checked-{what.replace(' ', '-')}"
            if (status := side.post(json.dumps(other).encode(), key)[0]) not in (400, 422):
                raise Failed(f"{side.name} answered {status} to {what}")
        if (status := side.post(body, "checked-token", token="bj_nobody")[0]) != 401:
            raise Failed(f"{side.name} answered {status} to a wrong token")
        del first["query_number"], first["received_at"]
        answers.append(first)
    if any(each != answers[0] for each in answers):
        raise Failed(f"the answers differ: {answers}")


def sides_of(database: str, place: Path, server: str | None) -> list[Side]:
    """The three sides, each with a database of its own."""
    sides = []
    for number, (name, module) in enumerate(((OURS, "submit_banjie"), (AGAIN, "submit_banjie"), (PEER, "submit_drf"))):
        folder = place / f"{database}-{number}"
        folder.mkdir()
        if database == "sqlite":
            url = f"sqlite:///{folder}/submitting.sqlite3"
        else:
            assert server is not None
            url = postgres.new_database(server, f"submitting_{number}")
        sides.append(Side(name, module, url, folder))
    return sides


def measure(database: str, rounds: int, draw: random.Random, place: Path, server: str | None) -> dict[str, Any]:
    """Found the sides, see that they answer alike, alternate, and count what is there."""
    sides = sides_of(database, place, server)
    ours, again, peer = sides
    ours.found()
    again.copy(ours)
    peer.found(ours.told["world"])
    applications = Applications(sides[0].told["application"])
    counted = {side.name: side.statements(applications.more(COUNTED)) for side in sides if side.name != AGAIN}
    by_name = {side.name: side for side in sides}
    samples: list[dict[str, Any]] = []
    with ExitStack() as stack:
        for side in sides:
            stack.enter_context(side.served())
        level = max(len(each.numbers) for each in sides) + WARM  # the numbers of all go on alike
        for side in sides:
            taken, _ = side.submit(applications.more(level - len(side.numbers)))
            print(f"{database}: {side.name} is warm, {taken:.2f} ms a submission", file=sys.stderr)
        check_alike(sides, applications)
        for round_ in range(1, rounds + 1):
            turns: list[tuple[str, str]] = [(OURS, PEER), (OURS, AGAIN)] * TURNS
            draw.shuffle(turns)
            for pair in turns:
                took = {}
                bodies = applications.more(SUBMITS)
                for name in draw.sample(pair, 2):
                    took[name] = by_name[name].submit(bodies)
                (mine, my_cpu), (other, its_cpu) = took[OURS], took[pair[1]]
                samples.append({"round": round_, "other": pair[1], "ms": [mine, other], "cpu_ms": [my_cpu, its_cpu]})
            last = [each["ms"] for each in samples if each["round"] == round_ and each["other"] == PEER]
            mine, other = (statistics.median(each) for each in zip(*last, strict=True))
            print(f"{database}: round {round_} of {rounds}: ours {mine:.2f}, DRF {other:.2f} ms", file=sys.stderr)
    for side in sides:
        side.census()
    return {
        "database": database,
        "submits": SUBMITS,
        "turns": TURNS,
        "threads": THREADS,
        "answered": {side.name: len(side.numbers) for side in sides},
        "versions": sides[-1].told["versions"],
        "statements": {name: each[0] for name, each in counted.items()},
        "round_trips": {name: each[1] for name, each in counted.items()},
        "samples": samples,
    }


def main() -> int:
    """Measure and print; 1 where a side did not do what it said."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--server", help="URL of a PostgreSQL; without it one is started")
    parser.add_argument("--json", action="store_true", help="for a program")
    chosen = parser.parse_args()
    draw, results = random.Random(chosen.seed), []
    scratch = HERE / ".scratch"  # on a disk: a folder for temporary files may be memory
    scratch.mkdir(exist_ok=True)
    place = Path(tempfile.mkdtemp(dir=scratch))
    try:
        with ExitStack() as stack:
            server = chosen.server
            if chosen.database != "sqlite" and server is None:
                server = stack.enter_context(postgres.running(durable=True))
            for database in ("sqlite", "postgresql"):
                if chosen.database in (database, "both"):
                    results.append(measure(database, chosen.rounds, draw, place, server))
    except Failed as failure:
        print(failure, file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(place, ignore_errors=True)
    print(json.dumps(results) if chosen.json else report.submitting(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
