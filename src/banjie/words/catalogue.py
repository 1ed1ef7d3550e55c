"""One catalogue a language, read once; a template fills its gaps and never fails the person who reads it.

In a template `{name}` is replaced by the fact of that name. A part in square brackets is left out where one of the
facts it names is not known: `延期至 {due}[（通知书 {notice}）]。` Such parts may stand inside one another.
A gap outside brackets whose fact is missing shows `GAP`; the tests see to it that this does not happen.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

DEFAULT = "zh-Hans"
LANGUAGES = (DEFAULT, "en")
GAP = "…"

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TOKEN = re.compile(r"\{(\w+)\}|([\[\]])")


@lru_cache(maxsize=256)
def language_of(tag: str) -> str:
    """The catalogue's language for a language tag (`zh-hans`, `zh-CN`, `en-GB`, …); the default for any other."""
    return "en" if re.split("[-_]", tag.lower())[0] == "en" else DEFAULT


def catalogue(language: str) -> Mapping[str, Any]:
    """Every section of one language: section -> code -> words."""
    return _read(language_of(language))


@cache
def _read(language: str) -> Mapping[str, Any]:
    text = (Path(__file__).parent / f"{language}.yaml").read_text(encoding="utf-8")
    # The loader is the safe one, in C where it is built in: reading takes a tenth of the time.
    sections: Mapping[str, Any] = yaml.load(text, Loader=_LOADER)
    return sections


def label(section: str, code: str, language: str = DEFAULT) -> str:
    """The short name of a code; the code itself where the section has none, for a page must never fail over a word."""
    entry = catalogue(language).get(section, {}).get(str(code))
    if isinstance(entry, Mapping):
        entry = entry.get("name")
    return str(code) if entry is None else str(entry)


def help_text(command: str, language: str = DEFAULT) -> str:
    """The one line of help below the button of a command; "" for an unknown one."""
    entry = catalogue(language)["commands"].get(command, {})
    return str(entry.get("help", ""))


def phrase(code: str, language: str, facts: Mapping[str, str] | None = None) -> str:
    """A small part of a sentence with its gaps filled; "" where the catalogue has no such part."""
    return fill(str(catalogue(language)["phrases"].get(code, "")), facts or {})


def fill(template: str, facts: Mapping[str, str]) -> str:
    """The template with every gap filled; a bracketed part only where all its facts are known and not empty."""
    if not ("{" in template or "[" in template or "]" in template):
        return template
    # Each open bracket begins a new level: what was written on it, and whether all its facts were known.
    levels: list[tuple[list[str], list[bool]]] = [([], [])]
    position = 0
    for token in _TOKEN.finditer(template):
        levels[-1][0].append(template[position : token.start()])
        position = token.end()
        name, bracket = token.groups()
        if name is not None:
            value = facts.get(name, "")
            levels[-1][0].append(value or GAP)
            levels[-1][1].append(bool(value))
        elif bracket == "[":
            levels.append(([], []))
        elif len(levels) > 1:
            written, known = levels.pop()
            levels[-1][0].append("".join(written) if all(known) else "")
    for written, _ in levels[1:]:  # a bracket nobody closed: keep what was written
        levels[0][0].extend(written)
    return "".join(levels[0][0]) + template[position:]


def needed(template: str) -> frozenset[str]:
    """The facts a template cannot do without: its gaps outside brackets."""
    return frozenset(name for name, depth in _gaps(template) if depth == 0)


def gaps(template: str) -> frozenset[str]:
    """Every fact a template can show."""
    return frozenset(name for name, _ in _gaps(template))


def _gaps(template: str) -> list[tuple[str, int]]:
    found, depth = [], 0
    for token in _TOKEN.finditer(template):
        name, bracket = token.groups()
        if name is not None:
            found.append((name, depth))
        else:
            depth += 1 if bracket == "[" else -1
    return found
