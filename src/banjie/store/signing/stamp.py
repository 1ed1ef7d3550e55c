"""The round seal as everybody knows it, drawn as vector: rim, star, the agency along the rim, its use, its code."""

import json
from functools import lru_cache
from typing import Literal

import typst

from banjie.store.papers import fonts

MILLIMETRES = 42.0
"""Across: the seal of a county's agency (国发〔1999〕25号: 直径 4.2 厘米)."""
POINTS = MILLIMETRES / 25.4 * 72
DEMO = "演示用章"

WIDEST, STEP = 226.0, 26.0
LARGEST, ARC = 5.2, 58.0
"""Degrees the name may take and those between two characters; millimetres of a character and of the whole arc."""

SOURCE = r"""
#let d = json(bytes(sys.inputs.seal))
#let red = rgb("#c8102e")
#set page(width: 42mm, height: 42mm, margin: 0mm, fill: none)
#set text(font: "Noto Serif SC", fill: red, lang: "zh", region: "cn")
#let at(dx, dy, body) = place(center + horizon, dx: dx, dy: dy, body)
#let around(letters, radius, size, spread, below: false) = {
  let step = if letters.len() > 1 { spread / (letters.len() - 1) } else { 0deg }
  for (nth, letter) in letters.enumerate() {
    let turn = if below { spread / 2 - step * nth } else { -spread / 2 + step * nth }
    let angle = if below { 90deg + turn } else { turn - 90deg }
    at(radius * calc.cos(angle), radius * calc.sin(angle),
      rotate(turn, box(text(size: size, stroke: .25pt + red, letter))))
  }
}
#at(0mm, 0mm, circle(radius: 20.3mm, stroke: 1.2mm + red))
#{
  let outer = 6.2mm
  let points = range(10).map(nth => {
    let radius = if calc.even(nth) { outer } else { outer * 0.381966 }
    (outer + radius * calc.cos(36deg * nth - 90deg), outer + radius * calc.sin(36deg * nth - 90deg))
  })
  at(0mm, -0.45mm, polygon(fill: red, ..points))
}
#around(d.name, 16.2mm, d.size * 1mm, d.spread * 1deg)
#at(0mm, 8.6mm, text(size: d.use_size * 1mm, stroke: .2pt + red, d.use))
#at(0mm, 12.2mm, text(size: 2.5mm, tracking: 0.3mm, d.mark))
#around(d.code.clusters(), 17.9mm, 1.75mm, 62deg, below: true)
"""


@lru_cache(maxsize=256)
def drawn(agency: str, use: str, code: str, mark: str = "") -> bytes:
    """A PDF of one page, 42 mm square, with this seal alone. `mark`: what says that it is no real one (演示用章)."""
    return _made("pdf", agency, use, code, mark)


@lru_cache(maxsize=64)
def picture(agency: str, use: str, code: str, mark: str = "") -> bytes:
    """The same as an SVG, to look at on a page."""
    return _made("svg", agency, use, code, mark)


def _made(format: Literal["pdf", "svg"], agency: str, use: str, code: str, mark: str) -> bytes:
    letters = list(agency)
    told = {
        "name": letters,
        "size": min(LARGEST, ARC / max(len(letters), 1)),
        "spread": min(WIDEST, STEP * (len(letters) - 1)),
        "use": use,
        "use_size": min(3.4, 24.0 / max(len(use), 1)),
        "code": code,
        "mark": mark,
    }
    made = typst.compile(
        SOURCE.encode(),
        font_paths=fonts(),
        ignore_system_fonts=True,
        format=format,
        sys_inputs={"seal": json.dumps(told)},
    )
    assert isinstance(made, bytes)
    return made
