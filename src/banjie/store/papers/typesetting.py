"""From a template and plain data to the bytes of a PDF: no clock, no font of the machine, no markup in the data."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

from banjie.engine import codec
from banjie.store.papers.fonts import fonts

FOLDER = "papers"


class TypesettingFailed(Exception):
    """A template and its data do not fit: which template, and what the typesetter says. Never the data."""


def typeset(template: str, data: Mapping[str, Any], *, pdf_a: bool = True) -> bytes:
    """The PDF of these data in a template (`kind/version`); the same bytes for the same data, wherever and whenever.

    PDF/A-2a, for the archive, and PDF/UA-1, for people who have it read to them. `data` are what JSON can say, with
    `at`: the document's instant, UTC microseconds. They reach the template as one string of JSON: nothing in them is
    ever read as markup, and a template reads no file outside its folder. About 10 ms once the fonts are loaded; other
    threads run meanwhile. TypesettingFailed; FileNotFoundError for no such template.
    """
    source = path(template)
    try:
        made = typst.compile(
            str(source),
            root=str(folder()),
            font_paths=fonts(),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"data": codec.canonical(dict(data)).decode()},
            pdf_standards=["a-2a", "ua-1"] if pdf_a else [],
            timestamp=_day(codec.instant(data["at"])),
        )
    except typst.TypstError as problem:
        raise TypesettingFailed(f"{template}: {problem.message}") from None
    assert isinstance(made, bytes)
    return made


def newest(kind: str) -> str:
    """The newest version of a kind's template, as `kind/version`; FileNotFoundError where there is none."""
    newest = _newest(str(folder()), kind)
    if not newest:
        raise FileNotFoundError(f"no template rulebook/papers/{kind}/1.typ")
    return f"{kind}/{newest}"


def path(template: str) -> Path:
    """Where a template lies; FileNotFoundError where there is none."""
    kind, _, version = template.partition("/")
    found = folder() / kind / f"{version}.typ"
    if not (kind.isidentifier() and version.isdecimal() and found.is_file()):
        raise FileNotFoundError(f"no template rulebook/papers/{template}.typ")
    return found


def folder() -> Path:
    """The folder of all templates: nothing outside it can be read by one."""
    return Path(settings.RULEBOOK) / FOLDER


@cache
def _newest(folder: str, kind: str) -> int:
    return max((int(each.stem) for each in (Path(folder) / kind).glob("*.typ") if each.stem.isdecimal()), default=0)


def _day(at: datetime) -> datetime:
    return at.replace(microsecond=0)
