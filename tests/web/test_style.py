"""Every colour and length stands in tokens.css, every component in the style guide, and every pair of colours reads."""

import re

import pytest
from django.test.utils import override_settings

from banjie.web import assets
from banjie.web.styleguide import tokens
from banjie.web.styleguide.views import components

TOKENS, BASE, *COMPONENTS = assets.style_files()
TEMPLATES = sorted((assets.SOURCES.parents[2] / "templates").rglob("*.html"))

COLOUR = re.compile(
    r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch|color)\(|\b(?:white|black|red|blue|gr[ae]y)\b"
)
LENGTH = re.compile(r"(?<![\w.-])-?\d*\.?\d+(?:px|r?em|ex|ch|lh|vw|vh|vi|vb|cm|mm|in|pt|pc)\b")
BREAKPOINTS = {"30rem", "40rem", "48rem", "62rem"}
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
CONDITION = re.compile(r"@(?:media|container)([^{]*)\{")
DECLARATION = re.compile(r"[{;]\s*([a-z-]+)\s*:\s*([^;{}]+);")
RULE = re.compile(r"([^{};]+)\{")
CLASS = re.compile(r"\.(-?[a-z_][\w-]*)")
USED = re.compile(r"var\((--[a-z0-9-]+)")

NOT_IN_A_PAGE = {"htmx-request"}
"""Classes that htmx sets while it waits."""


def read(path):
    return COMMENT.sub("", path.read_text("utf-8"))


def by_name(path):
    return path.stem


@pytest.mark.parametrize("path", [BASE, *COMPONENTS], ids=by_name)
def test_a_component_writes_no_colour_and_no_length_of_its_own(path):
    source = read(path)
    values = [USED.sub("", value) for _, value in DECLARATION.findall(source)]

    assert [found for value in values for found in COLOUR.findall(value)] == []
    assert [found for value in values for found in LENGTH.findall(value)] == []


@pytest.mark.parametrize("path", [BASE, *COMPONENTS], ids=by_name)
def test_a_page_changes_at_four_widths_alone(path):
    said = {found for condition in CONDITION.findall(read(path)) for found in LENGTH.findall(condition)}

    assert said <= BREAKPOINTS


@pytest.mark.parametrize("path", COMPONENTS, ids=by_name)
def test_a_component_stands_in_its_layer_and_says_what_it_is(path):
    source = path.read_text("utf-8")

    assert source.startswith("/* ")
    outside = read(path).strip()
    assert outside.startswith("@layer components {")
    assert outside.endswith("}")


def test_every_token_is_used_and_every_used_token_is_there():
    whole = "".join(read(path) for path in assets.style_files())
    declared = set(re.findall(r"(?m)^\s+(--[a-z0-9-]+):", read(TOKENS)))
    # The page of colours shows tokens by name, which is no use of theirs: only style sheets count.
    used = set(USED.findall(whole))

    assert declared - used == set()
    assert used - declared == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_template_has_a_style_of_its_own(path):
    assert not re.search(r"\sstyle=|<style\b", path.read_text("utf-8"))


def test_every_component_has_its_example():
    assert [each.name for each in components() if not each.template] == []


@pytest.mark.database
def test_the_style_guide_shows_every_class_of_every_component(browser):
    with override_settings(ROOT_URLCONF="banjie.config.urls"):
        page = browser("officer").get("/styleguide/").content.decode()

    shown = {name for classes in re.findall(r'class="([^"]*)"', page) for name in classes.split()}
    asked = {
        (path.stem, name)
        for path in COMPONENTS
        for selector in RULE.findall(read(path))
        if not selector.strip().startswith("@")
        for name in CLASS.findall(selector)
    }
    assert {(stem, name) for stem, name in asked if name not in shown | NOT_IN_A_PAGE} == set()


@pytest.mark.database
def test_the_style_guide_is_for_staff(browser):
    with override_settings(ROOT_URLCONF="banjie.config.urls"):
        assert browser("officer").get("/styleguide/").status_code == 200
        assert browser("applicant").get("/styleguide/").status_code == 403
        assert browser().get("/styleguide/").status_code == 302


TEXT_ON_GROUND = [
    *[
        (ink, ground)
        for ink in ("ink", "ink-soft", "accent", "accent-hover")
        for ground in ("paper", "surface", "sunken")
    ],
    *[("ink", f"{name}-tint") for name in ("accent", "note", "green")],
    *[("ink-soft", f"{name}-tint") for name in ("accent", "note", "green")],
    *[("accent", f"{name}-tint") for name in ("accent", "note", "green")],
    *[(name, f"{name}-tint") for name in ("green", "yellow", "orange", "red")],
    ("accent-ink", "accent"),
    ("accent-ink", "accent-hover"),
]
SHAPE_ON_GROUND = [
    *[(name, ground) for name in ("line-strong", "note-line", "accent", "green") for ground in ("paper", "surface")],
    *[(f"chart-{number}", ground) for number in range(1, 6) for ground in ("paper", "surface")],
]


@pytest.mark.parametrize(("ink", "ground"), TEXT_ON_GROUND)
def test_text_reads_on_its_ground_in_light_and_dark(ink, ground):
    known = tokens.colours()

    assert tokens.contrast(known[ink].light, known[ground].light) >= 4.5
    assert tokens.contrast(known[ink].dark, known[ground].dark) >= 4.5


@pytest.mark.parametrize(("shape", "ground"), SHAPE_ON_GROUND)
def test_a_shape_is_seen_on_its_ground_in_light_and_dark(shape, ground):
    known = tokens.colours()

    assert tokens.contrast(known[shape].light, known[ground].light) >= 3
    assert tokens.contrast(known[shape].dark, known[ground].dark) >= 3


def test_black_on_white_is_as_far_apart_as_colours_can_be():
    assert tokens.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert tokens.contrast("#777777", "#777777") == 1
