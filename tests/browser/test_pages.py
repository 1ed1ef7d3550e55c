"""Every page, for who may open it: nothing that axe objects to, nothing beyond the edge at 320 pixels or at 200 %."""

import os
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser import axe, pages
from tests.browser.visits import Visits
from tests.county import FOOD, County

PARTS = {
    "portal": ("",),
    "items and cases": ("items/", "cases/"),
    "account": ("account/",),
    "hall": ("hall/",),
    "desk": ("desk/", "desk/cases/", "demo/"),
    "item administration": ("desk/items/",),
    "watching": pages.WATCHING,
}
"""The house in parts of about the same size, so that the workers share them."""

SOAK = bool(os.environ.get("BANJIE_SOAK"))
"""The other looks are looked at on every page in make soak, on the main pages in make test."""

ZOOMED, NARROW = 640, 320
"""1280 pixels at 200 %, and the narrowest screen there is (which is 1280 pixels at 400 %)."""

WIDER = """() => {
  const {scrollWidth: wide, clientWidth: seen} = document.scrollingElement;
  if (wide <= seen) return "";
  const out = [...document.querySelectorAll("body *")].filter((each) => each.getBoundingClientRect().right > seen + 1);
  return `${wide} wide on ${seen}: ` + out.slice(0, 3).map((each) => each.outerHTML.slice(0, 120)).join(" | ");
}"""


def too_wide(page: Page) -> list[str]:
    """What stands beyond the right edge, on the narrowest screen and at twice the size."""
    found = []
    before = page.viewport_size
    for width in (ZOOMED, NARROW):
        page.set_viewport_size({"width": width, "height": 800})
        if wide := page.evaluate(WIDER):
            found.append(wide)
    assert before
    page.set_viewport_size(before)
    return found


@pytest.mark.parametrize("part", PARTS)
def test_nothing_on_any_page_keeps_anybody_out(told: County, visits_of_told: Visits, settings: Any, part: str) -> None:
    settings.DEMO_LOG_INS = True
    windows: dict[str, Page] = {}
    faults = []
    walked = pages.of(told, *PARTS[part])
    for each in walked:
        if each.role not in windows:
            windows[each.role] = visits_of_told.open(each.role)
        page = windows[each.role]
        page.goto(each.path)
        faults += [f"{each.name} {each}: {fault}" for fault in [*axe.faults(page), *too_wide(page)]]

    assert len(walked) >= 10
    assert faults == []


def main_pages(county: County) -> list[tuple[str, str]]:
    """The ten pages most people see, and as whom."""
    code, examples = county.code(FOOD), pages.Examples(county)
    return [
        ("", "/"),
        ("", f"/items/{code}/"),
        ("", "/sign-in/"),
        ("applicant", f"/items/{code}/apply/00000000-0000-0000-0000-000000000001/applicant/"),
        ("applicant", f"/cases/{examples.numbers('applicant')[0]}/"),
        ("applicant", f"/cases/{examples.numbers('applicant')[0]}/receipt/"),
        ("clerk", "/hall/"),
        ("clerk", f"/hall/cases/{examples.numbers('clerk')[0]}/"),
        ("officer", "/desk/"),
        ("officer", f"/desk/cases/{examples.numbers('officer')[0]}/"),
        ("keeper", "/desk/items/"),
        ("officer", "/styleguide/"),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("look", ["dark", "elder", "English, dark"])
def test_the_main_pages_keep_nobody_out_however_they_look(
    told: County, visits_of_told: Visits, settings: Any, look: str
) -> None:
    settings.DEMO_LOG_INS = True
    every = [(each.role, each.path) for part in PARTS.values() for each in pages.of(told, *part)] if SOAK else []
    windows: dict[str, Page] = {}
    faults = []
    for role, path in every or main_pages(told):
        if role not in windows:
            theme, elder = "dark" if "dark" in look else "", "elder" in look
            language = "en" if "English" in look else ""
            windows[role] = visits_of_told.open(role, theme=theme, elder=elder, language=language)
        page = windows[role]
        page.goto(path)
        # The document is the same in every look; its colours, its sizes and where they break are not.
        found = [*axe.faults(page, axe.LOOKS), *too_wide(page)]
        faults += [f"{path}: {fault}" for fault in found]

    assert faults == []


def test_who_goes_by_keyboard_sees_where_they_are(told: County, visits_of_told: Visits) -> None:
    lost = []
    for role, path in main_pages(told)[:9]:
        page = visits_of_told.open(role)
        page.goto(path)
        for _ in range(25):
            page.keyboard.press("Tab")
            if unseen := page.evaluate(UNSEEN):
                lost.append(f"{path}: {unseen}")
        page.close()

    assert lost == []


UNSEEN = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return "";
  const is = ({outlineStyle: style, outlineWidth: width, boxShadow}) =>
    (style !== "none" && parseFloat(width) >= 2) || boxShadow !== "none";
  const around = [here, here.closest("label"), here.nextElementSibling].filter(Boolean);
  const box = here.getBoundingClientRect();
  if (!around.some((each) => is(getComputedStyle(each)))) return "no outline: " + here.outerHTML.slice(0, 120);
  return box.bottom < 0 || box.top > innerHeight ? "out of sight: " + here.outerHTML.slice(0, 120) : "";
}"""


def test_a_planted_fault_is_found(told: County, visits_of_told: Visits) -> None:
    page = visits_of_told.open()
    page.goto("/sign-in/")
    assert axe.faults(page) == []
    page.goto("/")  # the second page in a window brings axe along
    page.evaluate(
        """() => document.querySelector("main").insertAdjacentHTML("beforeend",
          '<img src="/static/banjie/banjie.svg"><p id="planted">pale words</p><input><div id="wide">x</div>')"""
    )
    page.evaluate(
        """() => { const pale = document.getElementById("planted").style; pale.color = "#ccc"; pale.background = "#fff";
          document.getElementById("wide").style.inlineSize = "1400px"; }"""
    )

    found = " ".join(axe.faults(page))

    assert {"image-alt", "color-contrast", "label"} <= set(found.replace("(", " ").split())
    assert "wide" in " ".join(too_wide(page))
