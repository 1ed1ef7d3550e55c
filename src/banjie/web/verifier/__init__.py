"""The page with which anybody checks a receipt of dates: one file, no network, good from a disk for ever.

Made of parts that stand elsewhere, joined when it is first asked for: the modules under `static/banjie/js/`, the
house's style sheets, the words of both languages. `page` gives its text, `script` the joined module (the tests run it),
`policy` the Content-Security-Policy that lets nothing else run: no address may be asked, only this script and these
styles.
"""

import base64
import hashlib
import json
import re
from functools import cache
from pathlib import Path

from banjie import words
from banjie.web import assets
from banjie.words.catalogue import catalogue

MODULES = ("timelimits.js", "receipt-of-dates.js", "check-a-date.js")
"""In the order in which they need one another."""
SCRIPTS = Path(__file__).parents[1] / "static" / "banjie" / "js"
FRAME = Path(__file__).parent / "page.html"

SECTIONS = ("verifier", "receipt_results", "receipt_differences", "clocks", "ledger", "holidays", "acts", "grounds")
"""The sections of the catalogue the page speaks from."""

IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w-]+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:function|class|const) )", re.MULTILINE)


@cache
def script() -> str:
    """The modules as one, without the lines that join them in a browser. ValueError for what this cannot join."""
    whole = []
    for name in MODULES:
        text = (SCRIPTS / name).read_text(encoding="utf-8")
        missing = set(IMPORT.findall(text)) - set(MODULES)
        text = EXPORT.sub("", IMPORT.sub("", text))
        if missing or re.search(r"^(?:import|export)\b", text, re.MULTILINE) or "</script" in text:
            raise ValueError(f"{name} cannot be joined: {sorted(missing) or 'an import or export of another form'}")
        whole.append(text)
    return f"\n(() => {{\n{''.join(whole)}}})();\n"


@cache
def page(language: str) -> bytes:
    """The whole page; it begins in this language and changes at a press."""
    said = {each: _words(each) for each in words.LANGUAGES}
    held = json.dumps(said, ensure_ascii=False, sort_keys=True).replace("</", "<\\/")
    parts = {
        "LANGUAGE": words.language_of(language),
        "POLICY": _policy(""),
        "STYLES": _styles(),
        "WORDS": held,
        "SCRIPT": script(),
        "TITLE": words.label("verifier", "title", language),
        "NEEDS_SCRIPT": words.label("verifier", "needs_script", language),
    }
    text = FRAME.read_text(encoding="utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], text).encode()


@cache
def policy() -> str:
    """What the page may do, where it is served."""
    return _policy("; frame-ancestors 'none'")


def _policy(more: str) -> str:
    allowed = f"script-src {_hash(script())}; style-src {_hash(_styles())}; img-src data:"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'{more}"


@cache
def _styles() -> str:
    return f"\n{assets.joined_styles()}"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _words(language: str) -> dict[str, object]:
    known = catalogue(language)
    units = {code: {"one": each["one"], "other": each["other"]} for code, each in known["units"].items()}
    said: dict[str, object] = {name: known[name] for name in SECTIONS}
    return {**said, "units": units, "weekdays": known["weekdays"], "provisional": known["misc"]["provisional"]}
