"""Every model has its place: it refuses to be read without saying for whom, or it is said here why it need not."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Model

from banjie.cases.scope import KeptManager, ScopedManager, ScopeMissing

SOURCE = Path(__file__).parents[2] / "src" / "banjie"

NO_CASE_DATA = {
    "django and its packages": (
        "contenttypes.* auth.* sessions.* account.* mfa.* socialaccount.*",
        "accounts, sessions and factors: of people who sign in, and of no case",
    ),
    "the log and its bytes": (
        "log.* keys.* files.* evidence.*",
        "bytes under the streams of cases that were found by their scope; what is personal is sealed",
    ),
    "accounts, offices and parties": (
        "accounts.* organisation.* parties.* web.*",
        "who somebody is and how they signed in; particulars lie sealed, and whoever sees them in clear leaves a fact",
    ),
    "the catalogue": ("catalogue.*", "the law and the items, which are public or a keeper's draft of what will be"),
    "numbers of cases": ("cases.Counter", "how many numbers were given out, and to nobody in particular"),
    "wrong doors": ("queue.WrongDoor", "that somebody stood at a wrong window: neither who nor with which case"),
    "inspections of offices": (
        "inspections.Draw inspections.Visit inspections.Problem inspections.Circular inspections.Standing",
        "of a region, its windows and its staff; what is written of them lies sealed, and they name no applicant",
    ),
    "supervision of a region": ("supervision.Outage supervision.Look", "times, for a region or a unit; no case"),
    "numbers of papers": (
        "papers.PaperNumber archive.ArchiveNumber",
        "how many numbers an agency has given out, and to nobody in particular",
    ),
    "papers that wait": (
        "papers.Waiting papers.SealBatch",
        "notes of the worker and of an agency's keeper: which paper it is, says only the scoped Paper",
    ),
    "days of money": (
        "fees.Day fees.Difference",
        "sums of a day and orders by their ids at the provider, which name neither a case nor anybody",
    ),
    "the register of seals": (
        "seals.*",
        "which seal was put on which paper: digests and ids, for the keepers of an agency and for auditors",
    ),
    "days of a cashier": (
        "fees.Day fees.Difference",
        "a day's sums held against the provider's; the fee itself is scoped",
    ),
    "what somebody keeps for themselves": ("desk.SavedFilter", "the names of lists; asked for by their owner alone"),
    "the demo": ("demo.*", "which of its invented applications the demo has filed already"),
}
"""Models that hold nothing of a case, and why. `app.*` stands for all of an app below the rooms that hold cases."""

BASE_MANAGERS = {
    "rebuild.py": "deletes and counts all rows of its room, whichever models it has",
    "derived.py": "the audit compares all rows of every room, and shows none",
}
"""Files that may go past a manager."""

FACES_THAT_READ_ALL = {"faces.desk/blocked.py": "who supervises sees what stands in their region, and no other"}
"""Modules of faces that read as the whole house: everywhere else a page reads for whoever asks."""


def models() -> list[type[Model]]:
    return list(apps.get_models(include_auto_created=True))


def places() -> dict[str, str]:
    """What each named model's place is, by its label."""
    found = {}
    for model in models():
        label, app = model._meta.label, model._meta.app_label
        for names, why in NO_CASE_DATA.values():
            if {label, f"{app}.*"} & set(names.split()):
                found[label] = why
    return found


def test_every_model_refuses_to_be_read_without_saying_for_whom_or_is_named_with_a_reason():
    placed = places()
    open_models = {each._meta.label for each in models() if not isinstance(each._default_manager, KeptManager)}

    assert open_models - placed.keys() == set(), "give it a ScopedManager (or KeptManager), or say why it needs none"
    assert placed.keys() - open_models == set(), "named here, and refuses already: take the name out"


def test_no_reason_outlives_its_models():
    known = {each._meta.label for each in models()} | set(NO_CASE_DATA["django and its packages"][0].split())
    known |= {f"{each._meta.app_label}.*" for each in models()}

    assert {name for names, _ in NO_CASE_DATA.values() for name in names.split()} <= known


@pytest.mark.parametrize(
    "model",
    [each for each in models() if isinstance(each._default_manager, KeptManager)],
    ids=lambda each: each.__name__,
)
def test_a_model_of_cases_refuses_every_ordinary_way_of_asking(model):
    for ask in (
        lambda rows: rows.all(),
        lambda rows: rows.filter(pk=None),
        lambda rows: rows.count(),
        lambda rows: rows.get(),
    ):
        with pytest.raises(ScopeMissing, match=model.__name__):
            ask(model._default_manager)
    if isinstance(model._default_manager, ScopedManager):
        with pytest.raises(ScopeMissing, match=model.__name__):
            model._default_manager.everything()


# What no run of a test can show: that nobody goes past it


def room(path: Path) -> str:
    """The room a file stands in: `cases`, `duties.supervision`, `faces.forms`."""
    parts = path.relative_to(SOURCE).parts
    return ".".join(parts[:2]) if parts[0] in ("duties", "faces", "records", "store") else parts[0]


def goes_past(tree: ast.AST, here: str, file: str) -> Iterator[str]:
    """What in this module asks for rows past their managers, or for the rows that another room keeps."""
    names = {
        alias.asname or alias.name: (node.module or "", alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    if (
        here.startswith("faces.")
        and "whole_house" in {name for _, name in names.values()}
        and f"{here}/{file}" not in FACES_THAT_READ_ALL
    ):
        yield f"{here}/{file} whole_house"
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        line = f"{here}/{file}:{node.lineno}"
        if node.attr == "_base_manager" and file not in BASE_MANAGERS:
            yield f"{line} _base_manager"
        if (
            node.attr == "kept"
            and file not in BASE_MANAGERS
            and isinstance(node.value, ast.Attribute)
            and node.value.attr == "objects"
        ):
            model = node.value.value.id if isinstance(node.value.value, ast.Name) else ""
            module, _ = names.get(model, ("", model))
            home = module.removeprefix("banjie.").removesuffix(".models")
            if home != here and here.startswith("faces."):
                yield f"{line} {model}.objects.kept()"


def test_nobody_goes_past_the_managers():
    found = [
        each
        for path in sorted(SOURCE.rglob("*.py"))
        if "migrations" not in path.parts
        for each in goes_past(ast.parse(path.read_text()), room(path), path.name)
    ]

    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "rows = Case._base_manager.all()",
        "from banjie.cases.models import Plan as Row\nrows = Row.objects.kept()",
        "rows = model.objects.kept()",
        "from banjie.cases.scope import Scope, whole_house\n\n@whole_house('all of it')\ndef f(): ...",
    ],
)
def test_whoever_goes_past_is_found(text):
    assert len(list(goes_past(ast.parse(text), "faces.desk", "views.py"))) == 1


OWN = "from banjie.cases.models import Case\nrows = Case.objects.kept()"


def test_the_ordinary_ways_are_left_alone():
    text = "from banjie.cases.scope import Scope\nrows = Case.objects.within(Scope.of(actor))"

    assert list(goes_past(ast.parse(text), "faces.desk", "views.py")) == []
    assert list(goes_past(ast.parse(OWN), "cases", "queries.py")) == []
