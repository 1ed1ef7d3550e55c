"""How often each detector of gaming is right, and what it misses: measured on invented counties (`make detectors`).

Counties are made by tests/synthetic_county, which knows nothing of the detectors. The bounds in
rulebook/supervision/detectors.yaml were set while looking at the counties of TUNING only; what docs/detectors.md says
comes from those of REPORTED and HONEST, whose seeds nobody tuned on. One command writes the tables between the markers
of docs/detectors.md, and the drawing beside it; the same seeds give the same bytes.

    python tools/detectors_report.py            # measure and write (some minutes)
    python tools/detectors_report.py --tuning   # the tuning seeds, to the screen only
    python tools/detectors_report.py --check    # what is written is what comes out
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from math import sqrt
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from banjie.duties.supervision.detectors import DETECTORS  # noqa: E402
from banjie.duties.supervision.detectors.background import Background  # noqa: E402
from banjie.duties.supervision.detectors.signs import Bounds, bounds_of  # noqa: E402
from banjie.duties.supervision.detectors.trace import Line, trace  # noqa: E402
from tests.engine.story import calendar  # noqa: E402
from tests.synthetic_county.county import OUTAGES, County, county  # noqa: E402

TUNING = tuple(range(100, 104))
REPORTED = tuple(range(21, 33))
HONEST = tuple(range(521, 529))
CASES = 2400
LOOKS = (200, 300, 400, 500, 600, 700, 800, 900, 950, 985)
BEGIN, END = "<!-- detectors: begin -->", "<!-- detectors: end -->"
PAGE, DRAWING = ROOT / "docs" / "detectors.md", ROOT / "docs" / "detectors.svg"

Key = tuple[int, str]
"""A county's seed and what a suspicion is about: a stream, or a unit and a month."""


@dataclass
class Measured:
    """What one detector said of some counties: the score of everything it was not faint about, and what was planted.

    `other`: what was planted there of another kind.
    """

    scores: dict[Key, int] = field(default_factory=dict)
    planted: dict[Key, float] = field(default_factory=dict)
    other: set[Key] = field(default_factory=set)
    cases: int = 0

    def add(self, more: "Measured") -> None:
        """One more county."""
        self.scores |= more.scores
        self.planted |= more.planted
        self.other |= more.other
        self.cases += more.cases

    def right(self, look: int) -> int:
        """Planted and found."""
        return sum(score >= look and key in self.planted for key, score in self.scores.items())

    def found(self, look: int) -> int:
        """Everything found."""
        return sum(score >= look for score in self.scores.values())

    def wrong(self, look: int) -> tuple[int, int]:
        """Found and not planted: of those with other misconduct, and of those with none at all."""
        false = [key for key, score in self.scores.items() if score >= look and key not in self.planted]
        other = sum(key in self.other for key in false)
        return other, len(false) - other

    def recall_by_boldness(self, look: int) -> list[tuple[int, int]]:
        """(found, planted) of the subtle, the middling and the bold third."""
        counts = [[0, 0], [0, 0], [0, 0]]
        for key, boldness in self.planted.items():
            third = min(int(boldness * 3), 2)
            counts[third][0] += self.scores.get(key, 0) >= look
            counts[third][1] += 1
        return [(found, planted) for found, planted in counts]


def bounds() -> dict[str, Bounds]:
    """The bounds of the rulebook for a region without its own."""
    told = yaml.safe_load((ROOT / "rulebook/supervision/detectors.yaml").read_text(encoding="utf-8"))
    return bounds_of(told[0]["detectors"], "supervision/detectors.yaml")


def measured(made: County, limits: Mapping[str, Bounds], until: date | None = None) -> dict[str, Measured]:
    """What every detector says of one county."""
    traces = [trace(case.stream, (Line(*line) for line in case.lines), case.law) for case in made.cases]
    background = Background(traces, calendar(), until or made.until, OUTAGES)
    found = {}
    for name, candidates in DETECTORS.items():
        one = Measured(cases=len(traces))
        for suspicion in candidates(traces, background, limits[name]):
            about = suspicion.stream.hex if suspicion.stream else suspicion.subject
            key = (made.seed, about)
            one.scores[key] = max(one.scores.get(key, 0), suspicion.score)
        one.planted = {(made.seed, about): boldness for about, boldness in made.planted[name].items()}
        one.other = {(made.seed, about) for kind, planted in made.planted.items() if kind != name for about in planted}
        found[name] = one
    return found


def _measure(seed: int, honest: bool) -> dict[str, Measured]:
    return measured(county(seed, CASES, honest), bounds())


def over(seeds: Sequence[int], honest: bool = False) -> dict[str, Measured]:
    """All detectors over these counties."""
    total = {name: Measured() for name in DETECTORS}
    with ProcessPoolExecutor(2) as pool:
        for found in pool.map(_measure, seeds, [honest] * len(seeds)):
            for name, one in found.items():
                total[name].add(one)
    return total


def interval(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share, by Wilson's score."""
    if not of:
        return 0.0, 1.0
    z, share = 1.96, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _if_rare(part: float, recall: float, false: float) -> str:
    """Precision where this part of all cases is planted, found with this recall beside this rate of false ones."""
    return f"{part * recall / (part * recall + false):.2f}" if false else "–"


def _share(hits: int, of: int) -> str:
    low, high = interval(hits, of)
    return f"{hits / of:.2f} ({low:.2f}–{high:.2f})" if of else "–"


def tables(told: Mapping[str, Measured], honest: Mapping[str, Measured], limits: Mapping[str, Bounds]) -> Iterator[str]:
    """The lines of the page between its markers."""
    cases = next(iter(told.values())).cases
    honest_cases = next(iter(honest.values())).cases
    yield f"{len(REPORTED)} counties with planted misconduct (seeds {REPORTED[0]}–{REPORTED[-1]}), {cases} cases;"
    yield f"{len(HONEST)} honest counties (seeds {HONEST[0]}–{HONEST[-1]}), {honest_cases} cases."
    yield "In brackets: the 95 % interval; of misconduct a third of the scale of boldness is subtle, middling, bold."
    yield ""
    yield "| Detector | Planted | Shown | Precision | Recall | subtle | middling | bold | Card: precision | recall |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for name, one in told.items():
        look, card = limits[name].look, limits[name].card
        right, found = one.right(look), one.found(look)
        thirds = " | ".join(f"{hits / of:.2f} of {of}" if of else "–" for hits, of in one.recall_by_boldness(look))
        sure, carded = one.right(card), one.found(card)
        yield (
            f"| {name} | {len(one.planted)} | {found} | {_share(right, found)} | {_share(right, len(one.planted))} | "
            f"{thirds} | {sure / carded:.2f} of {carded} | {sure / max(len(one.planted), 1):.2f} |"
            if carded
            else f"| {name} | {len(one.planted)} | {found} | {_share(right, found)} | "
            f"{_share(right, len(one.planted))} | {thirds} | – | 0 |"
        )
    yield ""
    yield "### On honest counties"
    yield ""
    yield "The last two columns: what precision would be if each kind were as rare as that, with the false ones of"
    yield "the honest counties."
    yield ""
    yield "| Detector | Suspicions | per 1000 cases | Cards | per 1000 cases | 1 % of cases | 1 in 1000 |"
    yield "|---|---|---|---|---|---|---|"
    shown = carded_all = 0
    for name, one in honest.items():
        found, carded = one.found(limits[name].look), one.found(limits[name].card)
        shown, carded_all = shown + found, carded_all + carded
        recall = told[name].right(limits[name].look) / max(len(told[name].planted), 1)
        rare = " | ".join(_if_rare(part, recall, found / one.cases) for part in (0.01, 0.001))
        false = f"{found} | {1000 * found / one.cases:.2f} | {carded} | {1000 * carded / one.cases:.2f}"
        yield f"| {name} | {false} | {rare} |"
    low, high = interval(carded_all, honest_cases)
    yield (
        f"| **all** | {shown} | {1000 * shown / honest_cases:.2f} | {carded_all} | "
        f"{1000 * carded_all / honest_cases:.2f} ({1000 * low:.2f}–{1000 * high:.2f}) | | |"
    )
    yield ""
    yield "### The curve over the score"
    yield ""
    yield "Precision / recall of what reaches the score; the detector's own bound is set in bold."
    yield ""
    yield "| Detector | " + " | ".join(f"≥ {each / 1000:g}" for each in LOOKS) + " |"
    yield "|---" * (len(LOOKS) + 1) + "|"
    for name, one in told.items():
        cells = []
        for look in LOOKS:
            right, found = one.right(look), one.found(look)
            text = f"{right / found:.2f} / {right / max(len(one.planted), 1):.2f}" if found else "– / 0"
            cells.append(f"**{text}**" if look == limits[name].look else text)
        yield f"| {name} | " + " | ".join(cells) + " |"
    yield ""
    yield "### Where it is wrong"
    yield ""
    yield "| Detector | False, with other misconduct | False, of honest cases | Missed: subtle | middling | bold |"
    yield "|---|---|---|---|---|---|"
    for name, one in told.items():
        look = limits[name].look
        other, none = one.wrong(look)
        missed = " | ".join(str(of - hits) for hits, of in one.recall_by_boldness(look))
        yield f"| {name} | {other} | {none} | {missed} |"


def drawing(told: Mapping[str, Measured], limits: Mapping[str, Bounds]) -> str:
    """The curves as a plain SVG: a square a detector, recall to the right, precision upwards, its bound a dot."""
    side, gap, across = 150, 46, 3
    rows = -(-len(told) // across)
    width, height = across * (side + gap) + gap, rows * (side + gap) + gap + 8
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        'font-family="sans-serif" font-size="11" role="img"><title>Precision over recall of each detector</title>'
        f'<rect width="{width}" height="{height}" fill="#fff"/>'
    ]
    for number, (name, one) in enumerate(told.items()):
        x, y = gap + number % across * (side + gap), gap + number // across * (side + gap)
        points = []
        for look in (*range(30, 1000, 20), 995):
            right, found = one.right(look), one.found(look)
            if found:
                points.append((x + side * right / max(len(one.planted), 1), y + side - side * right / found))
        line = " ".join(f"{px:.1f},{py:.1f}" for px, py in points)
        right, found = one.right(limits[name].look), one.found(limits[name].look)
        parts.append(f'<rect x="{x}" y="{y}" width="{side}" height="{side}" fill="none" stroke="#999"/>')
        parts.append(f'<text x="{x}" y="{y - 6}">{name}</text>')
        parts.append(f'<polyline points="{line}" fill="none" stroke="#1d4f91" stroke-width="2"/>')
        if found:
            dot = x + side * right / max(len(one.planted), 1), y + side - side * right / found
            parts.append(f'<circle cx="{dot[0]:.1f}" cy="{dot[1]:.1f}" r="4" fill="#b3261e"/>')
        for part in (0, 0.5, 1):
            parts.append(f'<text x="{x + side * part - 6:.0f}" y="{y + side + 14}" fill="#555">{part:g}</text>')
            parts.append(f'<text x="{x - 22}" y="{y + side - side * part + 4:.0f}" fill="#555">{part:g}</text>')
    parts.append(f'<text x="{gap}" y="{height - 6}" fill="#555">recall to the right, precision upwards</text>')
    return "\n".join([*parts, "</svg>", ""])


def written(lines: Iterable[str]) -> str:
    """The page with these lines between its markers."""
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}"


def main() -> int:
    """Measure, and write or compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tuning", action="store_true", help="the tuning seeds, to the screen only")
    parser.add_argument("--check", action="store_true", help="fail where the page does not say what comes out")
    asked = parser.parse_args()
    limits = bounds()
    if asked.tuning:
        honest = over([seed + 5000 for seed in TUNING], honest=True)
        print("\n".join(tables(over(TUNING), honest, limits)))
        return 0
    told, honest = over(REPORTED), over(HONEST, honest=True)
    page, picture = written(tables(told, honest, limits)), drawing(told, limits)
    if asked.check:
        same = PAGE.read_text(encoding="utf-8") == page and DRAWING.read_text(encoding="utf-8") == picture
        print("docs/detectors.md is as measured" if same else "docs/detectors.md says something else")
        return 0 if same else 1
    PAGE.write_text(page, encoding="utf-8")
    DRAWING.write_text(picture, encoding="utf-8")
    print(f"written: {PAGE.relative_to(ROOT)}, {DRAWING.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
