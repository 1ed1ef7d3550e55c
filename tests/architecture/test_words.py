"""Nothing the program can say is without words: every code, in every language, with every gap it needs."""

import ast
import inspect
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

import banjie.engine
from banjie.engine import applicant, commands, decision, endings, events, receipt
from banjie.engine.steps import KINDS as STEP_KINDS
from banjie.words import LANGUAGES, documents
from banjie.words.catalogue import catalogue, gaps, needed

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "banjie"
WORDS = SOURCE / "words"

CODE = re.compile(r"[a-z][a-z0-9_]+")
CHINESE = re.compile(r"[一-鿿]")
ENGLISH_SENTENCE = re.compile(r"[A-Za-z]{2,}[ ,]+[A-Za-z]{2,}")
LABEL_TAG = re.compile(r"""\{%\s*label\s+"(\w+)"(?:\s+"(\w+)")?""")
TERM_OF_ART = re.compile(r"\([^()]*\)")

POSTS = {
    "clerk",
    "officer",
    "section_head",
    "decider",
    "head_of_agency",
    "head_of_government",
    "licence_clerk",
    "calendar_keeper",
    "data_steward",
    "supervisor",
}
"""Posts whose holders a refusal can name: `needs_<post>` is put together in the engine's guards."""

SECTION_OF_ENUM = {
    "ActorKind": "actors",
    "Clock": "clocks",
    "Defect": "defects",
    "Milestone": "milestones",
    "Duty": "duties",
    "PointKind": "point_kinds",
    "Provider": "providers",
    "Stage": "stages",
    "Unit": "units",
    "Watched": "watched",
}

CODES_OF_SECTION: dict[str, set[str]] = {
    "applicant_kinds": set(applicant.KINDS),
    "channels": set(receipt.CHANNELS),
    "clock_basis": {each.value for each in banjie.engine.law.Clock},
    "commands": set(commands.KINDS),
    "documents": {*documents.DOCUMENTS.values(), *documents.NOT_NEEDED.values(), documents.PAUSE},
    "events": set(events.KINDS),
    "fields": {*applicant.NEEDED, *applicant.OPTIONAL, "files"},
    "forms": set(receipt.FORMS),
    "grounds": {
        *("other_agency", "barred_78", "barred_79"),
        *endings.TERMINATION_GROUNDS,
        *endings.VOID_REASONS,
        *(ground for kind in STEP_KINDS.values() for ground in kind.may_pause_on),
        "rectification",
    },
    "id_types": set(applicant.ID_TYPES),
    "ledger": {
        *("day_zero", "working_day", "make_up_day", "calendar_day"),
        *("weekend", "holiday", "paused", "rolled"),
    },
    "lights": {"green", "yellow", "orange", "red", "red_plus", "blue", "grey"},
    "methods": set(decision.METHODS),
    "not_needed_forms": set(documents.NOT_NEEDED),
    "outcomes": {
        *decision.OUTCOMES,
        *(outcome for kind in STEP_KINDS.values() for outcome in kind.outcomes),
        *("recommended", "not_recommended"),
    },
    "posts": POSTS,
    "step_kinds": set(STEP_KINDS),
}


@dataclass(frozen=True)
class Said:
    """One place that says "no": the code, the facts it gives (None where they cannot be read), and where it stands."""

    code: str
    facts: frozenset[str] | None
    place: str


# The catalogues


def test_every_code_stands_once_and_is_text():
    for language in LANGUAGES:
        yaml.load((WORDS / f"{language}.yaml").read_text(encoding="utf-8"), Loader=StrictLoader)


def test_the_catalogues_have_the_same_codes():
    chinese, english = (set(templates(language)) for language in LANGUAGES)

    assert chinese ^ english == set()


def test_the_catalogues_have_the_same_gaps():
    chinese, english = (templates(language) for language in LANGUAGES)
    same = chinese.keys() & english.keys()

    assert [code for code in same if gaps(chinese[code]) != gaps(english[code])] == []
    assert [code for code in same if needed(chinese[code]) != needed(english[code])] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_bracket_and_brace_is_closed(language: str):
    assert [code for code, text in templates(language).items() if not is_balanced(text)] == []


def test_english_holds_chinese_only_as_a_term_in_parentheses():
    found = {code for code, text in templates("en").items() if CHINESE.search(TERM_OF_ART.sub("", text))}

    assert found == set()


def test_chinese_holds_no_english_sentence():
    found = {
        code for code, text in templates("zh-Hans").items() if ENGLISH_SENTENCE.search(re.sub(r"\{\w+\}", "", text))
    }

    assert found == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_empty_but_what_says_nothing_on_purpose(language: str):
    assert {code for code, text in templates(language).items() if not text.strip()} == {"phrases.unlawful_no"}


# What the engine and the rooms can say


def test_the_house_says_no_in_more_than_a_hundred_places():
    assert len(said()) > 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_has_words(language: str):
    known = catalogue(language)["refusals"]

    assert sorted(f"{each.place}: {each.code}" for each in said() if each.code not in known) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_says_what_and_what_next(language: str):
    shapes = {code: set(words) for code, words in catalogue(language)["refusals"].items()}

    assert {code for code, shape in shapes.items() if shape != {"what", "next"}} == set()


def test_a_refusal_needs_no_fact_that_its_code_comes_without():
    known = catalogue("zh-Hans")["refusals"]
    short = [
        f"{each.place}: {each.code} needs {sorted(missing)}"
        for each in said()
        if each.code in known
        and each.facts is not None
        and (missing := (needed(known[each.code]["what"]) | needed(known[each.code]["next"])) - each.facts)
    ]

    assert short == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_post_a_refusal_can_ask_for_has_words(language: str):
    codes = {f"needs_{post}" for post in POSTS | posts_asked_for()} | {"needs_one_of"}

    assert codes - catalogue(language)["refusals"].keys() == set()
    assert posts_asked_for() - catalogue(language)["posts"].keys() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_of_a_field_has_words(language: str):
    known = catalogue(language)["problems"]

    assert len(problem_codes()) >= 12
    assert sorted(f"{place}: {code}" for code, place in problem_codes() if code not in known) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_has_its_sentences(language: str):
    sentences = catalogue(language)["events"]

    assert {kind for kind in events.KINDS if not sentences.get(kind, {}).get("staff")} == set()
    assert {kind for kind in events.KINDS if "applicant" not in sentences.get(kind, {})} == set()
    assert {kind for kind, words in sentences.items() if words.keys() - {"staff", "applicant", "third_party"}} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_shows_what_its_fact_does_not_have(language: str):
    computed = {
        "by",
        "due",
        "missing",
        "still_due",
        "legal_due",
        "promised_due",
        "preliminary_due",
        "hearing_due",
        "publish_due",
        "notice_limit",
        "unmet",
        "count",
        "starts",
        "moved_told",
    }
    unknown = []
    for kind, cls in events.KINDS.items():
        has = set(cls.__dataclass_fields__) | computed | {"on"}
        for audience, text in catalogue(language)["events"][kind].items():
            unknown += [f"{kind}.{audience}: {name}" for name in gaps(text or "") - has]

    assert unknown == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_of_every_enum_of_the_engine_has_words(language: str):
    missing = [
        f"{cls.__name__}.{value.name}"
        for cls in enums()
        for value in cls
        if value.value not in catalogue(language)[SECTION_OF_ENUM[cls.__name__]]
    ]

    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("section", CODES_OF_SECTION)
def test_every_code_of_a_list_has_words(section: str, language: str):
    assert CODES_OF_SECTION[section] - catalogue(language)[section].keys() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_has_a_button_and_a_line_of_help(language: str):
    known = catalogue(language)["commands"]

    assert {kind for kind in commands.KINDS if set(known[kind]) != {"name", "help"}} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_result_a_case_can_close_with_has_words(language: str):
    results = results_of_state()

    assert len(results) >= 8
    assert results - catalogue(language)["results"].keys() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_holiday_of_the_rulebook_has_words(language: str):
    names = {
        holiday["name"]
        for path in sorted((ROOT / "rulebook" / "calendars").glob("*.yaml"))
        for holiday in yaml.safe_load(path.read_text(encoding="utf-8")).get("holidays", ())
    }

    assert names
    assert names - catalogue(language)["holidays"].keys() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_that_code_asks_for_by_name_is_there(language: str):
    words = catalogue(language)
    missing = []
    for path, tree in sources():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name, constants = called(node), [each.value for each in node.args if isinstance(each, ast.Constant)]
            if name == "label" and constants and constants[0] not in words:
                missing.append(f"{path}:{node.lineno}: section {constants[0]}")
            elif name == "label" and len(constants) >= 2 and constants[1] not in words[constants[0]]:
                missing.append(f"{path}:{node.lineno}: {constants[0]}.{constants[1]}")
            elif name == "phrase" and constants and constants[0] not in words["phrases"]:
                missing.append(f"{path}:{node.lineno}: phrases.{constants[0]}")
            elif name == "problem" and constants and constants[0] not in words["problems"]:
                missing.append(f"{path}:{node.lineno}: problems.{constants[0]}")

    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_that_a_template_asks_for_by_name_is_there(language: str):
    words = catalogue(language)
    asked = [
        (str(path.relative_to(ROOT)), section, code)
        for path in sorted(SOURCE.rglob("*.html"))
        for section, code in LABEL_TAG.findall(path.read_text(encoding="utf-8"))
    ]

    assert [each for each in asked if each[1] not in words or (each[2] and each[2] not in words[each[1]])] == []


# How the source is read


@cache
def sources() -> tuple[tuple[str, ast.Module], ...]:
    return tuple(
        (str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted(SOURCE.rglob("*.py"))
    )


@cache
def said() -> tuple[Said, ...]:
    """Every `NotPossible(code, …)` of the source, a code put together at run time as each code it can become."""
    found = []
    for path, tree in sources():
        tables = {
            target.id: set(strings(node.value))
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name) and isinstance(node.value, ast.Dict)
        }
        for function in [tree, *(each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef))]:
            for node in own_nodes(function):
                if isinstance(node, ast.Call) and called(node) == "NotPossible" and node.args:
                    facts = None
                    if all(keyword.arg for keyword in node.keywords):
                        facts = frozenset(str(keyword.arg) for keyword in node.keywords)
                    place = f"{path}:{node.lineno}"
                    codes = set(codes_of(node.args[0], function, tables))
                    assert codes, f"{place}: cannot read which code this is"
                    found += [Said(code, facts, place) for code in sorted(codes)]
    return tuple(found)


def codes_of(argument: ast.expr, function: ast.AST, tables: dict[str, set[str]]) -> Iterator[str]:
    if isinstance(argument, ast.Name):
        for node in own_nodes(function):
            is_it = isinstance(node, ast.Assign | ast.NamedExpr) and argument.id in names_assigned(node)
            if is_it and node.value is not None:
                yield from strings(node.value)
                for name in ast.walk(node.value):
                    if isinstance(name, ast.Name):
                        yield from tables.get(name.id, ())
    elif isinstance(argument, ast.IfExp):
        for branch in (argument.body, argument.orelse):
            if isinstance(branch, ast.JoinedStr):
                beginning = branch.values[0]
                assert isinstance(beginning, ast.Constant)
                assert beginning.value == "needs_", "a code is written out, or is needs_ and a post"
                yield from (f"needs_{post}" for post in POSTS)
            else:
                yield from codes_of(branch, function, tables)
    elif isinstance(argument, ast.Attribute):  # handed on, after a look at which it is
        for node in own_nodes(function):
            if isinstance(node, ast.Compare) and ast.unparse(node.left) == ast.unparse(argument):
                yield from (code for each in node.comparators for code in strings(each))
    else:
        yield from strings(argument)


def own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function (or of a module outside its functions), without those of functions inside it."""
    waiting = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef):
            continue
        yield node
        waiting.extend(ast.iter_child_nodes(node))


def names_assigned(node: ast.Assign | ast.NamedExpr) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def strings(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and CODE.fullmatch(each.value):
            yield each.value


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


@cache
def problem_codes() -> tuple[tuple[str, str], ...]:
    """Every (field, code) pair that ends in a `BadInput`, and every code a `…_problem` function returns."""
    found = []
    for path, tree in sources():
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef):
                continue
            body = list(ast.walk(function))
            if function.name.endswith("_problem"):
                returned = [node.value for node in body if isinstance(node, ast.Return) and node.value is not None]
                found += [(code, f"{path}:{node.lineno}") for node in returned for code in strings(node)]
            names = {node.id for node in body if isinstance(node, ast.Name)}
            says_pairs = function.returns is not None and ast.unparse(function.returns) == "list[tuple[str, str]]"
            if "BadInput" in names or "problems" in names or (says_pairs and "engine" in path):
                compared = {id(each) for node in body if isinstance(node, ast.Compare) for each in node.comparators}
                tuples = [node for node in body if isinstance(node, ast.Tuple) and id(node) not in compared]
                pairs = [node for node in tuples if len(node.elts) == 2]
                found += [
                    (code, f"{path}:{pair.lineno}")
                    for pair in pairs
                    if isinstance(pair.elts[0], ast.Constant | ast.JoinedStr) and isinstance(pair.elts[1], ast.Constant)
                    for code in strings(pair.elts[1])
                ]
    return tuple(found)


@cache
def posts_asked_for() -> set[str]:
    """Every post that a `require_staff(…, "post")` names."""
    return {
        code
        for _, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and called(node) == "require_staff"
        for argument in node.args[1:]
        for code in strings(argument)
        if isinstance(argument, ast.Constant)
    }


def results_of_state() -> set[str]:
    """Every result that `evolve` writes out when a case is decided or closed."""
    tree = dict(sources())["src/banjie/engine/state/folding.py"]
    return {
        code
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and called(node) in ("_closed", "_decided")
        for code in strings(node.args[-1])
    }


def enums() -> list[type[StrEnum]]:
    """Every StrEnum that the engine defines."""
    found = {}
    for module in pkgutil.walk_packages(banjie.engine.__path__, "banjie.engine."):
        for cls in vars(import_module(module.name)).values():
            if inspect.isclass(cls) and issubclass(cls, StrEnum) and cls.__module__.startswith("banjie.engine"):
                found[cls.__name__] = cls
    assert set(SECTION_OF_ENUM) <= set(found)
    return [found[name] for name in sorted(found)]


# How the catalogues are read


class StrictLoader(yaml.SafeLoader):
    """Refuses a code that stands twice, or that YAML would read as anything but text (yes, no, on, 1, …)."""


def _mapping(loader: StrictLoader, node: yaml.MappingNode) -> dict[str, Any]:
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value]  # type: ignore[no-untyped-call]
    assert [key for key in keys if not isinstance(key, str)] == []
    assert sorted({key for key in keys if keys.count(key) > 1}) == []
    return {key: loader.construct_object(value, deep=True) for key, (_, value) in zip(keys, node.value, strict=True)}


StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def templates(language: str) -> dict[str, str]:
    """Every text of a catalogue by its path: `refusals.already_closed.what`."""
    found = {}

    def walk(node: Any, path: str) -> None:
        if isinstance(node, dict):
            for code, inner in node.items():
                walk(inner, f"{path}.{code}" if path else code)
        elif node is not None:
            found[path] = node

    walk(dict(catalogue(language)), "")
    assert [path for path, text in found.items() if not isinstance(text, str)] == []
    return found


def is_balanced(text: str) -> bool:
    depth = 0
    for character in re.sub(r"\{\w+\}", "", text):
        if character in "{}":
            return False
        depth += (character == "[") - (character == "]")
        if depth < 0:
            return False
    return depth == 0
