"""Saboteurs: one-line broken builds that the tests must catch.

Each `tests/saboteurs/<name>.patch` is applied to a copy of the files it changes, and the test it names in its first
line (`# caught by: tests/…::test_…`) is run in another process against the source with those copies in their places. A
saboteur nobody catches means that the test cannot fail.
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


def changed(patch: Path) -> set[Path]:
    """The files that a saboteur changes, below src."""
    lines = patch.read_text(encoding="utf-8").splitlines()
    return {Path(line.partition("/src/")[2]) for line in lines if line.startswith(("--- a/src/", "+++ b/src/"))}


def broken_copy(patch: Path, folder: Path) -> Path:
    """The source with the patch applied; a patch that no longer fits is an error, not a pass.

    Only what the patch changes is copied, and everything else is a link to the source, compiled files too.
    """
    copy, files = folder / "src", changed(patch)
    (folder / "rulebook").symlink_to(PROJECT / "rulebook")
    own = {parent for each in files for parent in each.parents}
    for place in sorted(own):
        (copy / place).mkdir()
        for each in (PROJECT / "src" / place).iterdir():
            if place / each.name in files:
                shutil.copy2(each, copy / place)
            elif each.name == "__pycache__":
                _link_compiled(each, copy / place / each.name, {one.stem for one in files if one.parent == place})
            elif place / each.name not in own:
                (copy / place / each.name).symlink_to(each)
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


def _link_compiled(source: Path, target: Path, but: set[str]) -> None:
    """Links to compiled modules, without those that the patch changes; Python replaces a link and never follows it."""
    target.mkdir()
    for each in source.glob("*.pyc"):
        if each.name.partition(".")[0] not in but:
            (target / each.name).symlink_to(each)


def run(patch: Path, folder: Path, template: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the test that must fail against the broken copy, in a process of its own, on SQLite.

    `template`: a database that is migrated already, for a patch that changes no migration.
    """
    copy = broken_copy(patch, folder)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "BANJIE_DATA"))}
    environment["BANJIE_SMALL"] = "1"  # long tests are short here: what is broken shows at once
    environment["PYTHONPATH"] = os.pathsep.join([str(copy), str(PROJECT)])
    if template and not any("migrations" in each.parts for each in changed(patch)):
        environment["BANJIE_TEST_TEMPLATE"] = str(template)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-x", caught_by(patch)]
    return subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False, timeout=240
    )
