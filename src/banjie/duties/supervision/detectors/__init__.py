"""Detectors of gaming: what looks, from the facts alone, as if the clock or the file had been managed.

What a detector finds is a suspicion (疑点) for a supervisor to look at, with what was measured, what honest work looks
like, and the facts to open; never an accusation. How often each is right, and what it misses, is measured on an
invented county: `docs/detectors.md`.

Read `trace` (what a history leaves), `background` (what is usual here), `signs` (from measures to a score, by dated
data of the region), then one module a detector, each with one pure function `candidates`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from banjie.duties.supervision.detectors import (
    back_filled,
    blocked_node,
    coaxed_withdrawal,
    last_day_pause,
    mass_closing,
    off_system,
    one_person,
    pause_chain,
    second_correction,
)
from banjie.duties.supervision.detectors.background import Background
from banjie.duties.supervision.detectors.signs import Bounds, Suspicion
from banjie.duties.supervision.detectors.trace import Trace

Detector = Callable[[Iterable[Trace], Background, Bounds], Iterator[Suspicion]]

DETECTORS: Mapping[str, Detector] = MappingProxyType(
    {
        "back_filled": back_filled.candidates,
        "off_system": off_system.candidates,
        "last_day_pause": last_day_pause.candidates,
        "pause_chain": pause_chain.candidates,
        "second_correction": second_correction.candidates,
        "coaxed_withdrawal": coaxed_withdrawal.candidates,
        "mass_closing": mass_closing.candidates,
        "one_person": one_person.candidates,
        "blocked_node": blocked_node.candidates,
    }
)
"""Each detector by the code of its rule."""


def suspicions(traces: Iterable[Trace], background: Background, bounds: Mapping[str, Bounds]) -> Iterator[Suspicion]:
    """What is worth a supervisor's look in these traces: every candidate that reaches its detector's bound."""
    looked_at = list(traces)
    for name, candidates in DETECTORS.items():
        if name in bounds:
            found = candidates(looked_at, background, bounds[name])
            yield from (each for each in found if each.score >= bounds[name].look)
