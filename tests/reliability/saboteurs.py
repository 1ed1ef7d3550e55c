"""Saboteurs: one-line broken builds that the tests must catch.

Each `tests/saboteurs/<name>.patch` is applied to a copy of the source, and the test it names in its first line (`#
caught by: tests/…::test_…`) is run against that copy in another process. A saboteur nobody catches means that the
test cannot fail.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = PROJECT / "tests" / "saboteurs"
CAUGHT_BY = "# caught by: "


def patches() -> list[Path]:
    """Every saboteur."""
    return sorted(FOLDER.glob("*.patch"))


def caught_by(patch: Path) -> str:
    """The test that must fail."""
    first = patch.read_text(encoding="utf-8").splitlines()[0]
    if not first.startswith(CAUGHT_BY):
        raise ValueError(f"{patch.name}: its first line says which test catches it")
    return first.removeprefix(CAUGHT_BY)


def broken_copy(patch: Path, folder: Path) -> Path:
    """A copy of the source with the patch applied; a patch that no longer fits is an error, not a pass."""
    copy = folder / "src"
    (folder / "rulebook").symlink_to(PROJECT / "rulebook")
    # Compiled files go along: Python compiles anew what the patch has changed. One just being written does not.
    shutil.copytree(PROJECT / "src", copy, ignore=shutil.ignore_patterns("*.pyc.*"))
    applied = subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "--directory=src", "-p2", "-"],
        cwd=folder,
        input=patch.read_bytes(),
        capture_output=True,
        check=False,
        env={**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)},
    )
    if applied.returncode:
        raise ValueError(f"{patch.name} does not fit the source any more: {applied.stderr.decode()}")
    return copy


def run(patch: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the test that must fail against the broken copy, in a process of its own, on the same database server."""
    copy = broken_copy(patch, folder)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "BANJIE_DATA"))}
    environment["BANJIE_SMALL"] = "1"  # long tests are short here: what is broken shows at once
    environment["PYTHONPATH"] = os.pathsep.join([str(copy), str(PROJECT)])
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-x", caught_by(patch)]
    return subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False, timeout=240
    )
