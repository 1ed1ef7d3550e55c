"""The page with which anybody checks a receipt of dates: one file, no network, good from a disk for ever.

`page` gives its text, `script` the joined module (the tests run it), `policy` the Content-Security-Policy under which
it is served. How it is joined: `web/one_file.py`.
"""

from banjie.web.one_file import OneFile
from banjie.words.catalogue import catalogue

MODULES = ("sha256.js", "timelimits.js", "receipt-of-dates.js", "check-a-date.js")
"""In the order in which they need one another."""

SECTIONS = ("verifier", "receipt_results", "receipt_differences", "clocks", "ledger", "holidays", "acts", "grounds")
"""The sections of the catalogue the page speaks from."""


def _said(language: str) -> dict[str, object]:
    known = catalogue(language)
    units = {code: {"one": each["one"], "other": each["other"]} for code, each in known["units"].items()}
    said: dict[str, object] = {name: known[name] for name in SECTIONS}
    return {**said, "units": units, "weekdays": known["weekdays"], "provisional": known["misc"]["provisional"]}


_file = OneFile(MODULES, "verifier", _said, "receipt")
page = _file.page
policy = _file.policy


def script() -> str:
    """The script of the page."""
    return _file.script
