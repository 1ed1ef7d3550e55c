"""Measure Banjie side by side with its peers and with the limit, alternating on this machine: `make bench`.

Every implementation runs the same unit (`peers/lifecycle.py`) in a process of its own. In each round ours and each of
the others run one directly after the other, in an order drawn from a seed that is printed; ratios against ours are
taken inside such a pair only, because the machine's speed drifts more between rounds than between neighbours. The
hand-written SQL is also run against itself: how far those two differ is the noise, and no smaller difference means
anything.

After every run the database is asked whether the lifecycles are really there: closed, with all their rows.
`docs/performance.md` says how to read the tables.
"""

import argparse
import importlib.metadata
import json
import os
import queue
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import machine
import postgres
import report
from peers.protocol import DURABLE

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
OURS, LIMIT, AGAIN = "banjie", "raw", "raw again"
PATIENCE = 600.0
"""Seconds after which an answer is not waited for any longer."""


@dataclass(frozen=True)
class Implementation:
    """A module under `peers/`; `share` of the asked cases, so that slow and fast ones take turns of like length."""

    name: str
    modules: Mapping[str, tuple[str, ...]]
    share: float
    usual: bool = True


def _both(*command: str) -> dict[str, tuple[str, ...]]:
    return {"sqlite": command, "postgresql": command}


RAW = {"sqlite": ("raw_sqlite",), "postgresql": ("raw_postgres",)}
IMPLEMENTATIONS = [
    Implementation(OURS, _both("banjie_peer"), 1),
    Implementation(LIMIT, RAW, 1),
    Implementation(AGAIN, RAW, 1),
    Implementation("plain Django ORM", _both("plain_orm"), 0.25),
    Implementation("django-fsm-2", _both("fsm_peer"), 0.25),
    Implementation("eventsourcing", _both("eventsourcing_peer"), 0.5),
    Implementation("viewflow", _both("viewflow_peer", "handle"), 0.125),
    Implementation("viewflow views", _both("viewflow_peer", "view"), 0.125, usual=False),
]
CONCURRENT = (OURS, LIMIT, AGAIN, "viewflow")


class Failed(Exception):
    """An implementation did not do what it said; the message is for the person who runs this."""


class Excluded(Exception):
    """An implementation that says it cannot be measured here, and why."""


class Process:
    """One peer's process, spoken to in JSON lines (`peers/protocol.py`)."""

    def __init__(self, command: tuple[str, ...], complaints: Path) -> None:
        self.name = " ".join(command)
        module, *arguments = command
        # A private module path: our program's source tree is importable, whether it is installed here or not.
        environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
        self._complaints = complaints.open("a+")
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"peers.{module}", *arguments],
            cwd=HERE,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            text=True,
        )
        self._answers: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._answers.put(line)
        self._answers.put("")

    def tell(self, **request: Any) -> None:
        """Send a request."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise Failed(f"{self.name}: the process has ended") from None

    def answer(self) -> dict[str, Any]:
        """Wait for the answer; raises Failed with what the process complained about."""
        try:
            line = self._answers.get(timeout=PATIENCE)
        except queue.Empty:
            raise Failed(f"{self.name}: no answer for {PATIENCE:.0f} s") from None
        if not line:
            self._complaints.seek(0)
            raise Failed(f"{self.name}: the process ended\n{self._complaints.read()[-2000:]}")
        answer: dict[str, Any] = json.loads(line)
        if "unavailable" in answer:
            raise Excluded(answer["unavailable"])
        if "error" in answer:
            raise Failed(f"{self.name}: {answer['error']}")
        return answer

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send a request and wait for its answer."""
        self.tell(**request)
        return self.answer()

    def end(self) -> None:
        """Ask it to quit; kill it if it does not."""
        try:
            self.tell(do="quit")
            self._process.wait(timeout=10)
        except (Failed, OSError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        self._complaints.close()


@dataclass
class Participant:
    """One implementation in one scenario, with its processes (several when it is run concurrently) and its samples."""

    name: str
    cases: int
    processes: list[Process] = field(default_factory=list)
    per_case: dict[str, int] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    finished: int = 0
    samples: list[dict[str, float]] = field(default_factory=list)
    statements: float | None = None
    round_trips: float | None = None

    def run(self, round_: int) -> float:
        """Run once and check what it left; returns milliseconds a lifecycle."""
        start = time.perf_counter()
        for process in self.processes:
            process.tell(do="run", cases=self.cases)
        answers = [process.answer() for process in self.processes]
        together = time.perf_counter() - start
        wall = answers[0]["wall"] if len(answers) == 1 else together
        done = self.cases * len(self.processes)
        self.finished += done
        check_census(self.name, self.processes[0].ask(do="census")["census"], self.per_case, self.finished)
        milliseconds = float(wall / done * 1000)
        cpu = sum(answer["cpu"] for answer in answers) / done * 1000
        self.samples.append({"round": round_, "ms": milliseconds, "cpu_ms": cpu})
        return milliseconds


def check_census(name: str, census: dict[str, int], per_case: dict[str, int], cases: int) -> None:
    """Failed unless the database holds exactly what this many finished lifecycles leave."""
    expected = {what: count * cases for what, count in per_case.items()}
    if census != expected:
        raise Failed(f"{name}: after {cases} lifecycles the database holds {census}, not {expected}")


@dataclass
class Scenario:
    """One database and one number of workers, with the implementations that take part."""

    title: str
    database: str
    workers: int
    participants: list[Participant]
    excluded: dict[str, str]
    pairs: dict[str, list[dict[str, float]]] = field(default_factory=dict)


class Harness:
    """What a whole measurement needs: the options, the draw, and a place for files and databases."""

    def __init__(self, options: argparse.Namespace, place: Path, server: str | None) -> None:
        self.options = options
        self.place = place
        self.server = server
        self.draw = random.Random(options.seed)
        self._made = 0

    def say(self, text: str) -> None:
        """Tell the person what is going on, on stderr: stdout is for the tables."""
        print(text, file=sys.stderr, flush=True)

    def _new_url(self, database: str) -> str:
        self._made += 1
        if database == "sqlite":
            return f"sqlite:///{self.place}/{self._made}.db"
        assert self.server is not None
        return postgres.new_database(self.server, f"bench_{self._made}")

    def _count(self, implementation: Implementation, database: str) -> tuple[float, float | None]:
        """Statements and round trips a command, in a run that is not timed: counts do not depend on the machine."""
        url, cases = self._new_url(database), 5
        with ExitStack() as stack:
            counter = None
            if database == "postgresql":
                counter = stack.enter_context(postgres.Counter(url))
                url = counter.url
            process = self._start(implementation, database)
            stack.callback(process.end)
            said = process.ask(do="prepare", url=url, warm=10, count=True)
            before = (counter.statements, counter.round_trips) if counter else (0, 0)
            statements = process.ask(do="run", cases=cases)["statements"]
            trips = None
            if counter:
                statements, trips = counter.statements - before[0], counter.round_trips - before[1]
            check_census(implementation.name, process.ask(do="census")["census"], said["per_case"], 10 + cases)
        commands = 8 * cases
        return statements / commands, trips / commands if trips is not None else None

    def _start(self, implementation: Implementation, database: str) -> Process:
        return Process(implementation.modules[database], self.place / "complaints.txt")

    def _join_in(self, implementation: Implementation, database: str, workers: int) -> Participant:
        """Start an implementation's processes, let them warm up, and check that their commits are durable."""
        cases = max(10, round(self.options.cases * implementation.share / (2 if workers > 1 else 1)))
        participant = Participant(implementation.name, cases)
        participant.statements, participant.round_trips = self._count(implementation, database)
        url = self._new_url(database)
        warm = max(10, cases // 8)
        try:
            for index in range(workers):
                process = self._start(implementation, database)
                participant.processes.append(process)
                said = process.ask(do="prepare", url=url, create=index == 0, worker=f"w{index}-", warm=warm)
                if said["durability"] != DURABLE[database]:
                    raise Failed(f"{implementation.name}: commits are not durable: {said['durability']}")
        except BaseException:
            for process in participant.processes:
                process.end()
            raise
        participant.per_case, participant.versions = said["per_case"], said["versions"]
        participant.finished = warm * workers
        return participant

    @contextmanager
    def scenario(self, title: str, database: str, workers: int, names: set[str]) -> Iterator[Scenario]:
        """The implementations named, ready to run; their processes end with the block."""
        scenario = Scenario(title, database, workers, [], {})
        try:
            for implementation in IMPLEMENTATIONS:
                if implementation.name not in names:
                    continue
                self.say(f"{title}: preparing {implementation.name}")
                try:
                    scenario.participants.append(self._join_in(implementation, database, workers))
                except Excluded as reason:
                    scenario.excluded[implementation.name] = str(reason)
                    self.say(f"  {implementation.name} is left out: {reason}")
            yield scenario
        finally:
            for participant in scenario.participants:
                for process in participant.processes:
                    process.end()

    def measure(self, scenario: Scenario) -> None:
        """Alternate for the asked number of rounds."""
        by_name = {participant.name: participant for participant in scenario.participants}
        anchor = OURS if OURS in by_name else LIMIT
        pairs = [(anchor, name) for name in by_name if name not in (anchor, AGAIN)]
        if LIMIT in by_name and AGAIN in by_name:
            pairs.append((LIMIT, AGAIN))
        if not pairs:  # one implementation alone: no ratios
            pairs = [(name, name) for name in by_name]
        for round_ in range(1, self.options.rounds + 1):
            self.draw.shuffle(pairs)
            for first, second in pairs:
                order = [first, second] if self.draw.random() < 0.5 else [second, first]
                took = {name: by_name[name].run(round_) for name in dict.fromkeys(order)}
                if first != second:
                    key = f"{second} / {first}"
                    ratio = {"round": round_, "ratio": took[second] / took[first]}
                    cpu = by_name[second].samples[-1]["cpu_ms"] / by_name[first].samples[-1]["cpu_ms"]
                    scenario.pairs.setdefault(key, []).append(ratio | {"cpu_ratio": cpu})
            self.say(
                f"{scenario.title}: round {round_} of {self.options.rounds}: "
                + ", ".join(
                    f"{participant.name} {statistics.median(s['ms'] for s in last):.2f}"
                    for participant in scenario.participants
                    if (last := [s for s in participant.samples if s["round"] == round_])
                )
                + " ms a lifecycle"
            )


def result(scenario: Scenario) -> dict[str, Any]:
    """A scenario as it goes into the results file."""
    return {
        "title": scenario.title,
        "database": scenario.database,
        "workers": scenario.workers,
        "excluded": scenario.excluded,
        "pairs": scenario.pairs,
        "participants": [
            {
                "name": participant.name,
                "cases": participant.cases,
                "versions": participant.versions,
                "statements_per_command": participant.statements,
                "round_trips_per_command": participant.round_trips,
                "samples": participant.samples,
            }
            for participant in scenario.participants
        ],
    }


def side_measurement(script: str, *arguments: str) -> Any:
    """What one of the smaller measurements beside this file answers."""
    command = [sys.executable, str(HERE / script), "--json", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=3 * PATIENCE, check=False)
    if done.returncode:
        raise Failed(f"{script} failed with {done.returncode}: {done.stdout[-2000:]}")
    return json.loads(done.stdout)


def differing_pins() -> list[str]:
    """Packages installed here in another version than `requirements.lock` fixes: both sides run on the same Django."""
    differing = []
    for line in (ROOT / "requirements.lock").read_text().splitlines():
        if not (pin := re.match(r"(django|psycopg|psycopg-binary)==([^\s;\\]+)", line)):
            continue
        name, wanted = pin.groups()
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found = "none"
        if found != wanted:
            differing.append(f"{name} is {found} here and {wanted} in requirements.lock")
    return differing


def options() -> argparse.Namespace:
    """The command line."""
    usual = [each.name for each in IMPLEMENTATIONS if each.usual]
    every = [each.name for each in IMPLEMENTATIONS]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, help="rounds of alternation (default 7; 5 at least to quote)")
    parser.add_argument(
        "--cases", type=int, default=400, help="lifecycles of a fast implementation's turn (default 400)"
    )
    parser.add_argument("--only", nargs="+", choices=every, default=usual, metavar="NAME", help=", ".join(every))
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help=", ".join(PARTS))
    parser.add_argument("--workers", type=int, default=4, help="processes of the concurrent part (default 4)")
    parser.add_argument("--race-cases", type=int, default=2000, help="cases of the join race (default 2000)")
    parser.add_argument("--seed", type=int, default=None, help="of the order; printed, drawn when not given")
    parser.add_argument("--write-docs", action="store_true", help="put the tables into docs/performance.md")
    chosen = parser.parse_args()
    if chosen.seed is None:
        chosen.seed = random.SystemRandom().randrange(1_000_000)
    return chosen


PARTS = (
    *("lifecycles", "concurrent", "race", "deadlines", "search"),
    *("pages", "submitting", "sweep", "certificates", "audit"),
)


def lifecycles(harness: Harness, chosen: argparse.Namespace) -> list[dict[str, Any]]:
    """The scenarios asked for, measured one after the other."""
    plan: list[tuple[str, str, int, set[str]]] = []
    names = set(chosen.only)
    if "lifecycles" in chosen.parts:
        if chosen.database != "postgresql":
            plan.append(("SQLite", "sqlite", 1, names))
        if chosen.database != "sqlite":
            plan.append(("PostgreSQL", "postgresql", 1, names))
    if "concurrent" in chosen.parts and chosen.database != "sqlite":
        title = f"PostgreSQL, {chosen.workers} workers"
        plan.append((title, "postgresql", chosen.workers, names & {*CONCURRENT, "viewflow views"}))
    results = []
    for title, database, workers, taking_part in plan:
        with harness.scenario(title, database, workers, taking_part) as scenario:
            harness.measure(scenario)
        results.append(result(scenario))
    return results


def start_server(stack: ExitStack, results: dict[str, Any], chosen: argparse.Namespace) -> str | None:
    """The URL of a PostgreSQL of our own; None, with a note in the results, where there is none to start."""
    try:
        return stack.enter_context(postgres.running(durable=True))
    except postgres.PostgresError as reason:
        if chosen.database == "postgresql":
            raise Failed(str(reason)) from None
        chosen.database = "sqlite"
        results["without_postgresql"] = str(reason)
        print(f"PostgreSQL is left out: {reason}", file=sys.stderr)
        return None


def main() -> int:
    """Measure, print the tables, and write the results file."""
    chosen = options()
    if differing := differing_pins():
        print("This environment does not fit the lock file:", *differing, sep="\n  ", file=sys.stderr)
        print("Install bench/requirements.txt (compiled from bench/requirements.in) again.", file=sys.stderr)
        return 2
    began = time.monotonic()
    scratch = HERE / ".scratch"
    scratch.mkdir(exist_ok=True)
    place = Path(tempfile.mkdtemp(dir=scratch))
    results: dict[str, Any] = {
        "measured_at": time.strftime("%Y-%m-%d %H:%M:%S%z"),
        "options": {name: value for name, value in vars(chosen).items() if name != "write_docs"},
        "machine": machine.describe(place),
    }
    needs_server = chosen.database != "sqlite" and not set(chosen.parts) <= {"deadlines", "pages"}
    try:
        with ExitStack() as stack:
            server = start_server(stack, results, chosen) if needs_server else None
            harness = Harness(chosen, place, server)
            harness.say(f"seed {chosen.seed}, {chosen.rounds} rounds, {chosen.cases} cases")
            limits: dict[str, float | None] = {"SQLite, 1 client": machine.sqlite_commits(place)}
            if server:
                results["machine"]["postgresql"] = postgres.version(server)
                limits["PostgreSQL, 1 client"] = machine.postgres_commits(server, 1)
                limits[f"PostgreSQL, {chosen.workers} clients"] = machine.postgres_commits(server, chosen.workers)
            results["commits_per_second"] = limits
            results["scenarios"] = lifecycles(harness, chosen)
            if "race" in chosen.parts and server:
                harness.say("racing two reviewers for the join")
                results["race"] = side_measurement("join_race.py", "--url", server, "--cases", str(chosen.race_cases))
            if "deadlines" in chosen.parts:
                harness.say("counting working days")
                arguments = ["--rounds", str(max(chosen.rounds, 2)), "--seed", str(chosen.seed)]
                results["deadlines"] = side_measurement("deadlines.py", *arguments)
            if "search" in chosen.parts:
                harness.say("searching 20,000 items")
                arguments = ["--rounds", str(chosen.rounds), "--seed", str(chosen.seed)]
                arguments += ["--database", chosen.database, *(["--server", server] if server else [])]
                results["search"] = side_measurement("search.py", *arguments)
            if "pages" in chosen.parts:
                harness.say("reading guides")
                arguments = ["--rounds", str(max(chosen.rounds, 3)), "--seed", str(chosen.seed)]
                results["pages"] = side_measurement("pages.py", *arguments)
            if "submitting" in chosen.parts:
                harness.say("handing in applications")
                arguments = ["--rounds", str(chosen.rounds), "--seed", str(chosen.seed)]
                arguments += ["--database", chosen.database, *(["--server", server] if server else [])]
                results["submitting"] = side_measurement("submitting.py", *arguments)
            if "sweep" in chosen.parts:
                harness.say("looking for what is due among 1,000,000 open cases")
                arguments = ["--rounds", str(max(chosen.rounds, 3)), "--seed", str(chosen.seed)]
                arguments += ["--database", chosen.database, *(["--server", server] if server else [])]
                results["sweep"] = side_measurement("sweep.py", *arguments)
            if "certificates" in chosen.parts:
                harness.say("making and sealing papers")
                arguments = ["--rounds", str(max(chosen.rounds, 3)), "--seed", str(chosen.seed)]
                arguments += ["--database", chosen.database, *(["--server", server] if server else [])]
                results["certificates"] = side_measurement("certificates.py", *arguments)
            if "audit" in chosen.parts:
                harness.say("auditing 200,000 facts")
                arguments = ["--rounds", str(max(chosen.rounds, 3)), "--seed", str(chosen.seed)]
                arguments += ["--database", chosen.database, *(["--server", server] if server else [])]
                results["audit"] = side_measurement("audit.py", *arguments)
    except Failed as failure:
        print(failure, file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(place, ignore_errors=True)
    results["minutes"] = round((time.monotonic() - began) / 60, 1)
    report.write(results, HERE / "results")
    text = report.markdown(results)
    print(text)
    if chosen.write_docs:
        report.into(ROOT / "docs" / "performance.md", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
