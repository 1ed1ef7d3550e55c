"""The tokens as they stand in tokens.css: names, values in light and dark, and the contrast between two colours."""

import re
from dataclasses import dataclass

from banjie.web.assets import SOURCES

COLOUR = re.compile(r"--([a-z0-9-]+): var\(--light, (#[0-9a-f]{6})\) var\(--dark, (#[0-9a-f]{6})\);")


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour by its name, without the dashes."""

    name: str
    light: str
    dark: str


def colours() -> dict[str, Colour]:
    """Every colour with a value for light and one for dark, in the order of the file."""
    found = COLOUR.findall((SOURCES / "tokens.css").read_text(encoding="utf-8"))
    return {name: Colour(name, light, dark) for name, light, dark in found}


def contrast(one: str, other: str) -> float:
    """How far two colours ("#rrggbb") stand apart, from 1 to 21 (WCAG 2.2, contrast ratio)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
