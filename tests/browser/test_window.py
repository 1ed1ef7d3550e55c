"""At the window by keyboard alone: from the list to the printed notice, in less than two minutes of human typing."""

import pytest
from playwright.sync_api import Page, expect

from banjie.cases import queries
from banjie.cases.scope import Scope
from banjie.web import clock
from tests.browser.visits import PHONE, Visits, fits
from tests.county import INSTANT, County
from tests.faces.cases import filed

pytestmark = pytest.mark.database

STROKE = 0.28
"""Seconds of a keystroke of somebody who types, but is no typist (Card, Moran and Newell: keystroke-level model)."""
THINK = 1.35
"""Seconds in which somebody looks up and decides what comes next (the same)."""
AT_MOST = 120


class Hands:
    """Two hands on a keyboard: every stroke and every look is counted, and nothing is pressed but keys."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.seconds = 0.0

    def press(self, *keys: str) -> None:
        """Look up, then press keys."""
        self.seconds += THINK
        for key in keys:
            self.seconds += STROKE
            self.page.keyboard.press(key)

    def type(self, text: str, strokes: int = 0) -> None:
        """Type a text; Chinese takes `strokes` keys to write."""
        self.seconds += THINK + STROKE * (strokes or len(text))
        self.page.keyboard.type(text)

    def until(self, name: str) -> None:
        """Tab to the field with this name, each step of the way a stroke."""
        self.seconds += THINK
        for _ in range(60):
            if self.page.evaluate("document.activeElement.name || ''") == name:
                return
            self.seconds += STROKE
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no way by Tab to {name}")


@pytest.fixture
def hands(visits: Visits) -> Hands:
    page = visits.open("clerk")
    page.goto("/hall/")
    return Hands(page)


def test_a_complete_paper_set_takes_less_than_two_minutes_by_keyboard_alone(county: County, hands: Hands) -> None:
    page, person = hands.page, county.applicant("stranger")
    begun = clock.now()

    hands.press("n")
    page.wait_for_url("**/hall/apply/")
    hands.press("/")
    hands.type("个体工商户", strokes=12)
    expect(page.locator("#found h2")).not_to_have_count(0)
    page.wait_for_url("**q=*")
    hands.press("Escape", "1")
    page.wait_for_url("**/hall/apply/*/*-*/")
    hands.until("applicant.id_number")
    hands.type(person.id_number)
    hands.press("Enter")
    page.wait_for_selector(".known")
    expect(page.locator(".known")).not_to_contain_text(person.name)
    hands.press("Escape", "q")
    hands.until("answers.trader_name")
    hands.type("白禾便利店", strokes=14)
    for name, moves in (("reason", 0), ("has_hired", 1), ("has_licence_paper", 1), ("has_agent", 1)):
        hands.until(f"answers.{name}")
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            hands.press("Space", *["ArrowDown"] * moves)
        page.wait_for_timeout(400)
    hands.press("t")
    expect(page.locator("select[name='form.application_form']")).to_have_value("original_seen")
    hands.press("s")
    page.wait_for_url("**/hall/cases/*/")
    hands.press("a")
    page.wait_for_selector(".undo")
    hands.press("p")
    page.wait_for_url("**/papers/*/")
    expect(page.locator("h1")).to_contain_text("受理通知书")

    waited = (clock.now() - begun).total_seconds()
    case = queries.cases(Scope.of(county.actor("clerk")))[0]
    state = queries.view(case.stream, clock.now()).state
    assert state.procedure == county.code(INSTANT)
    assert state.party == county.actor("stranger").id
    print(f"{hands.seconds:.0f} s of hands, {waited:.0f} s of waiting")
    assert hands.seconds + waited <= AT_MOST, f"{hands.seconds:.0f} s of hands, {waited:.0f} s of waiting"


def test_accepting_and_taking_it_back_are_one_key_each(county: County, hands: Hands) -> None:
    case = filed(county)
    page = hands.page
    page.goto(f"/hall/cases/{case.number}/")

    hands.press("a")
    page.wait_for_selector(".undo")
    assert case.facts[-1] == "accepted"
    hands.press("p")
    page.wait_for_url("**/papers/*/")
    expect(page.locator("h1")).to_contain_text("受理通知书")
    hands.press("o")
    page.wait_for_selector(".undo")
    hands.press("z")
    page.wait_for_selector(".undo", state="detached")

    assert case.facts[-1] == "taken_back"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_the_window_works_on_a_phone_and_without_scripts(county: County, visits: Visits, scripts: bool) -> None:
    page = visits.open("agent", size=PHONE, scripts=scripts, touch=True)
    person = county.applicant("stranger")
    for address in ("/hall/", "/hall/apply/", "/hall/slips/", "/hall/inquiries/"):
        page.goto(address)
        fits(page)

    page.goto(f"/hall/apply/{county.code(INSTANT)}/")
    page.fill('[name="applicant.id_number"]', person.id_number)
    page.click("#find")
    page.wait_for_selector(".known")
    fits(page)
    page.fill('[name="answers.trader_name"]', "白禾便利店")
    page.check('[name="answers.reason"][value=gives_up]')
    for name in ("has_hired", "has_licence_paper", "has_agent"):
        page.check(f'[name="answers.{name}"][value=no]')
    page.click("#all-seen")
    expect(page.locator("select[name='form.application_form']")).to_have_value("original_seen")
    page.click("form.window > .buttons button >> nth=0")
    page.wait_for_url("**/hall/cases/*/")
    fits(page)

    assert len(queries.cases(Scope.of(county.actor("clerk")))) == 1
