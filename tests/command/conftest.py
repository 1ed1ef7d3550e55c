"""Houses for the tests of the `banjie` command, and the command itself."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from banjie.command import main
from tests.cases.house import House
from tests.databases import Database


@pytest.fixture
def house(database: Database) -> House:
    """A real installation."""
    return House(database)


@pytest.fixture
def demo(database: Database) -> House:
    """A demo installation, on Monday 2 March 2026."""
    return House(database, demo=True)


@pytest.fixture
def banjie(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """The command in this process: `code, out, err = banjie("deadline", "--from", "2026-02-13", …)`."""

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = main(arguments)
        except SystemExit as end:
            code = int(end.code or 0)
        return code, *capsys.readouterr()

    return run


def in_a_process(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, on this test's house."""
    command = [sys.executable, "-m", "banjie.command", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)
