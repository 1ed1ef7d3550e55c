"""Drawing by lot so that anybody can draw again: who carries a step out, which cases are looked at, who stands where.

Every candidate gets the SHA-256 of "seed|about|candidate" in UTF-8; the candidates with the smallest digests are drawn,
in that order. Whoever knows seed, purpose and candidates comes to the same names with any tool.

>>> drawn(["p-a", "p-b", "p-c", "p-d"], 2, "00" * 16, "9999-1/survey/1")
('p-b', 'p-c')
>>> drawn(["p-d", "p-c", "p-b", "p-a"], 2, "00" * 16, "9999-1/survey/1")  # the order of the list decides nothing
('p-b', 'p-c')
"""

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass

from banjie.engine.not_possible import NotPossible

SEED = re.compile(r"[0-9a-f]{32,64}")


@dataclass(frozen=True, slots=True)
class Lot:
    """How somebody was drawn: among whom (pseudonyms, in order), and the seed (hexadecimal, 16 bytes or more)."""

    eligible: tuple[str, ...]
    seed: str


def drawn(candidates: Collection[str], count: int, seed: str, about: str) -> tuple[str, ...]:
    """So many of the candidates (each at most once), all of them where there are no more."""
    return tuple(sorted(set(candidates), key=lambda each: (digest(seed, about, each), each))[:count])


def digest(seed: str, about: str, candidate: str) -> str:
    """The number by which a candidate is placed."""
    return hashlib.sha256(f"{seed}|{about}|{candidate}".encode()).hexdigest()


def require_drawn(lot: Lot, people: Collection[str], about: str) -> None:
    """NotPossible("not_drawn") unless these are the people this lot draws for this purpose, among two at the least."""
    is_lot = bool(SEED.fullmatch(lot.seed)) and len(set(lot.eligible)) == len(lot.eligible) > len(people)
    if not is_lot or set(drawn(lot.eligible, len(people), lot.seed, about)) != set(people):
        raise NotPossible("not_drawn")
