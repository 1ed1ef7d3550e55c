"""The page with which anybody checks a proof: one file, no network, good from a disk for ever.

It holds the keys of this log and its witnesses as they were when it was saved: keep it, and nobody can hand you others
later. How it is joined: `web/one_file.py`.
"""

from pathlib import Path

from banjie.store.evidence import checkpoints, witnesses
from banjie.web.one_file import OneFile
from banjie.words.catalogue import catalogue

MODULES = ("sha256.js", "ed25519.js", "proof.js", "check-a-proof.js")
KNOWN = Path(__file__).parent / "known.html"
SECTIONS = ("proof_page", "acts")


def _said(language: str) -> dict[str, object]:
    known = catalogue(language)
    return {name: known[name] for name in SECTIONS}


_file = OneFile(MODULES, "proof_page", _said, "proof", KNOWN)
policy = _file.policy


def page(language: str) -> bytes:
    """The whole page, with the keys known today."""
    return _file.page(language, {"keys": trusted()})


def trusted() -> list[str]:
    """The keys of this log, and of the witnesses it is configured with."""
    return [str(key) for key, _ in checkpoints.every_key()] + [str(each.key) for each in witnesses.configured()]


def script() -> str:
    """The script of the page."""
    return _file.script
