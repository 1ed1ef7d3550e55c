"""What an applicant declares about their own application (声明), each text under a version of its own.

A text that has been declared is never changed: another wording is another version, and CURRENT moves to it.
"""

import hashlib

from banjie.engine.events import Declaration
from banjie.words.catalogue import DEFAULT, label

CURRENT = "2026-1"


def declaration(version: str = CURRENT) -> Declaration:
    """What a fact keeps of it: the version, and the digest of its Chinese text, which is the one that binds."""
    return Declaration(version=version, digest=hashlib.sha256(declared_text(version).encode()).hexdigest())


def declared_text(version: str = CURRENT, language: str = DEFAULT) -> str:
    """The text itself; the version where nothing is known of it."""
    return label("declarations", version, language)
