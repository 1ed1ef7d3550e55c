"""Pages that are one file: no network, good from a disk for ever.

Joined when first asked for, of modules under `static/banjie/js/`, the house's style sheets and the words of both
languages. The policy lets nothing else run: no address may be asked, only this script and these styles.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from banjie import words
from banjie.web import assets
from banjie.words.catalogue import catalogue

FRAME = Path(__file__).parent / "one_file.html"
SCRIPTS = Path(__file__).parent / "static" / "banjie" / "js"
IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w-]+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:function|class|const) )", re.MULTILINE)


class OneFile:
    """A page of one file, to check another file with. `modules` in the order in which they need one another.

    `section`: its own words; `field`: where the other file is chosen; `more`: what stands below the report, if any.
    """

    def __init__(
        self, modules: tuple[str, ...], section: str, said: Callable[[str], dict[str, object]], field: str,
        more: Path | None = None,
    ) -> None:  # fmt: skip
        self._field = field
        self._more = more
        self._modules = modules
        self._section = section
        self._said = said
        self._script = ""
        self._held = ""

    @property
    def script(self) -> str:
        """The modules as one, without the lines that join them in a browser. ValueError for what cannot be joined."""
        if not self._script:
            self._script = _joined(self._modules)
        return self._script

    def page(self, language: str, told: Any = None) -> bytes:
        """The whole page; it begins in this language and changes at a press. `told`: data the script finds in it."""
        if not self._held:
            self._held = _data({each: self._said(each) for each in words.LANGUAGES})
        own = catalogue(words.language_of(language))[self._section]
        parts = {
            "LANGUAGE": words.language_of(language),
            "POLICY": self._policy(""),
            "STYLES": _styles(),
            "WORDS": self._held,
            "DATA": "" if told is None else f'    <script type="application/json" id="data">{_data(told)}</script>\n',
            "FIELD": self._field,
            "MORE": self._more.read_text(encoding="utf-8") if self._more else "",
            "SCRIPT": self.script,
            "TITLE": own["title"],
            "NEEDS_SCRIPT": own["needs_script"],
        }
        text = FRAME.read_text(encoding="utf-8")
        return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], text).encode()

    def policy(self) -> str:
        """What the page may do, where it is served."""
        return self._policy("; frame-ancestors 'none'")

    def _policy(self, more: str) -> str:
        allowed = f"script-src {_hash(self.script)}; style-src {_hash(_styles())}; img-src data:"
        return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'{more}"


def _joined(modules: tuple[str, ...]) -> str:
    whole = []
    for name in modules:
        text = (SCRIPTS / name).read_text(encoding="utf-8")
        missing = set(IMPORT.findall(text)) - set(modules)
        text = EXPORT.sub("", IMPORT.sub("", text))
        if missing or re.search(r"^(?:import|export)\b", text, re.MULTILINE) or "</script" in text:
            raise ValueError(f"{name} cannot be joined: {sorted(missing) or 'an import or export of another form'}")
        whole.append(text)
    return f"\n(() => {{\n{''.join(whole)}}})();\n"


def _data(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False, sort_keys=True).replace("</", "<\\/")


@cache
def _styles() -> str:
    return f"\n{assets.joined_styles()}"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
