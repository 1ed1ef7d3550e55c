"""The repository tells nothing about the machines it was written on, and its marks name real requirements."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# The words are put together here so that this file does not contain them itself.
MACHINE_PATH = re.compile(r"(?<![\w.\-/}])/(?:" + "|".join(["wo" + "rk", "ro" + "ot", "ho" + "me"]) + r")/")
TOOL_NAMES = ["clau" + "de", "anthro" + "pic", "chat" + "gpt", "open" + "ai", "co" + "pilot"]
REGISTRY_HOSTS = [
    "pypi" + ".org",
    "files.pythonhosted" + ".org",
    "registry.npmjs" + ".org",
    "deb.debian" + ".org",
]


def test_lock_files_name_no_address():
    locks = [*sorted(ROOT.glob("*.lock")), ROOT / "bench" / "requirements.txt"]

    assert {lock.name for lock in locks} >= {"requirements.lock", "requirements-dev.lock"}
    assert [lock.name for lock in locks if "://" in lock.read_text(encoding="utf-8")] == []


def test_both_locks_agree_on_every_version():
    run, dev = (pins(ROOT / name) for name in ("requirements.lock", "requirements-dev.lock"))

    assert run
    assert run.items() <= dev.items()


def test_the_measurements_run_on_what_the_program_runs_on():
    run, bench = (pins(ROOT / name) for name in ("requirements.lock", "bench/requirements.txt"))

    assert run.items() <= bench.items()


def test_no_file_names_a_path_of_somebodys_machine():
    assert places(MACHINE_PATH) == []


@pytest.mark.parametrize("word", TOOL_NAMES + REGISTRY_HOSTS)
def test_no_file_names_a_writing_tool_or_a_registry(word):
    assert places(re.compile(re.escape(word), re.IGNORECASE)) == []


def test_every_requirement_mark_names_a_row_of_the_requirements_page():
    page = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
    known = set(re.findall(r"^\| (M\d{3}) ", page, re.MULTILINE))

    assert known, "docs/requirements.md holds no row"
    assert [f"{place}: {name}" for place, name in marks() if name not in known] == []


def pins(lock: Path) -> dict[str, str]:
    """Return each package of a lock with its version and marker."""
    text = lock.read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.\-\[\],]+)==(.+?) *\\?$", text, re.MULTILINE))


def places(pattern: re.Pattern[str]) -> list[str]:
    """Return file and line of every match in files that git tracks, or would if asked to add all."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = sorted({name for name in listed.stdout.split("\0") if name})
    assert names, "git lists no file"
    return [
        f"{name}:{number}"
        for name in names
        for number, line in enumerate(text_of(ROOT / name).splitlines(), start=1)
        if pattern.search(line)
    ]


def text_of(path: Path) -> str:
    """Return the text of a file; nothing for a binary file, or a deleted one that the index still lists."""
    if path.is_dir() or not path.exists():
        return ""
    content = path.read_bytes()
    return "" if b"\0" in content else content.decode("utf-8", errors="replace")


def marks() -> Iterator[tuple[str, str]]:
    """Return place and id of every requirement mark in the tests; an id must be written out, not computed."""
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.requirement":
                place = f"{path.relative_to(ROOT)}:{node.lineno}"
                for argument in node.args:
                    yield place, str(getattr(argument, "value", ast.unparse(argument)))
