"""Runs the tests twice: all of them on SQLite, then those that need a database on a private PostgreSQL.

Arguments go on to pytest: tools/test.py -k door. The last line is "N passed, N failed", the sum of both runs.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
# Whoever has nothing left takes from the other's queue: a test of a minute does not hold up a thousand behind it.
PYTEST = [sys.executable, "-m", "pytest", "-n", "3", "--dist", "worksteal", "--durations=10"]
# Processes are killed in these tests, not machines: what was written is there without waiting for the disk.
WITH_POSTGRES = [sys.executable, "-m", "tests.postgres", "--fast", "--"]
NOT_FOR_TESTS = {
    "BANJIE_DATABASE_URL",  # it would turn the SQLite run into something else
    "PYTHONDONTWRITEBYTECODE",  # a hundred processes start, and each would compile everything
}
NO_TESTS = 5  # pytest's exit code when it selected nothing


@dataclass(frozen=True)
class Result:
    """What one run of pytest came to."""

    name: str
    passed: int
    failed: int
    skipped: int
    seconds: float
    exit_code: int

    @property
    def ran(self) -> int:
        return self.passed + self.failed


def main(extra: list[str]) -> int:
    signal.signal(signal.SIGTERM, _leave)
    # Where this helps nothing, the tests that need a browser fail and say what to type.
    subprocess.run([sys.executable, "-m", "tests.browser.install"], cwd=ROOT, check=False)
    results = [
        _run("SQLite", [*PYTEST, *extra]),
        _run("PostgreSQL", [*WITH_POSTGRES, *PYTEST, *_narrowed(extra)]),
    ]
    failed = sum(result.failed for result in results)
    # Somebody who names a few tests may well name none that need a database; all tests together must.
    empty = [result for result in results if not result.ran]
    if empty and (not extra or len(empty) == len(results)):
        for result in empty:
            print(f"{result.name}: no test ran, which counts as a failure.")
        failed = max(failed, 1)
    print()
    for result in results:
        print(
            f"{result.name}: {result.passed} passed, {result.failed} failed, "
            f"{result.skipped} skipped in {result.seconds:.1f} s"
        )
    print(f"{sum(result.passed for result in results)} passed, {failed} failed")
    return 1 if failed else 0


def _narrowed(extra: list[str]) -> list[str]:
    """Return the arguments with -m narrowed to tests that need a database; pytest obeys only the last -m."""
    rest: list[str] = []
    mark = "database"
    arguments = iter(extra)
    for argument in arguments:
        if argument == "-m":
            mark = f"database and ({next(arguments, '')})"
        else:
            rest.append(argument)
    return [*rest, "-m", mark]


def _run(name: str, command: list[str]) -> Result:
    print(f"\n== Tests on {name}", flush=True)
    environment = {key: value for key, value in os.environ.items() if key not in NOT_FOR_TESTS}
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="banjie-tests-") as directory:
        report = Path(directory) / "report.xml"
        exit_code = _wait(subprocess.Popen([*command, f"--junit-xml={report}"], cwd=ROOT, env=environment))
        passed, failed, skipped = _counts(report)
    if exit_code not in (0, NO_TESTS) and not failed:
        # Broken off, or never begun: no single test failed, and yet this must not look like success.
        print(f"{name}: pytest ended with code {exit_code}, which counts as a failure.")
        failed = 1
    return Result(name, passed, failed, skipped, time.monotonic() - started, exit_code)


def _counts(report: Path) -> tuple[int, int, int]:
    """Return how many tests passed, failed and were skipped."""
    if not report.exists():
        return 0, 0, 0
    passed = failed = skipped = 0
    for case in ET.parse(report).iter("testcase"):
        tags = {child.tag for child in case}
        if tags & {"failure", "error"}:
            failed += 1
        elif "skipped" in tags:
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def _wait(child: subprocess.Popen[bytes]) -> int:
    try:
        return child.wait()
    except KeyboardInterrupt:
        # The keyboard has told the child as well: let it stop its server and write its report.
        child.wait()
        raise
    except SystemExit:
        child.terminate()
        child.wait()
        raise


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
