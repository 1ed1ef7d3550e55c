"""The guided tour of the demo, walked to its end by pressing what the bar above each page offers."""

from typing import Any

import pytest
from playwright.sync_api import Page

from banjie.cases import queries
from banjie.cases.scope import Scope
from banjie.demo import tour
from tests.browser.visits import PHONE, Visits, fits
from tests.county import County

WORDS = {
    "zh-hans": ("开始导览", "替我办理", "下一步", "结束导览", "第 {n} 步"),
    "en": ("Begin the tour", "Do it for me", "Next step", "End the tour", "step {n} of"),
}


@pytest.mark.parametrize(("language", "scripts"), [("zh-hans", True), ("en", False)], ids=["Chinese", "English, no JS"])
def test_the_tour_is_walked_to_its_end(
    county: County, visits: Visits, settings: Any, language: str, scripts: bool
) -> None:
    settings.DEMO_LOG_INS = True
    begin, for_me, onward, end, where = WORDS[language]
    page = visits.open(size=PHONE, language=language, scripts=scripts)

    page.goto("/demo/")
    button(page, begin).click()
    titles = []
    for number in range(1, len(tour.STEPS) + 1):
        bar = page.get_by_role("region").filter(has_text=where.format(n=number))
        titles.append(bar.get_by_role("heading").inner_text())
        fits(page)
        if button(page, for_me).count():
            button(page, for_me).click()
        button(page, end if number == len(tour.STEPS) else onward).click()

    page.wait_for_url("**/demo/")
    case = queries.cases(Scope.of(county.actor("applicant")))[0]
    assert len(set(titles)) == len(tour.STEPS)
    assert queries.view(case.stream, county.view_time()).state.is_closed
    assert button(page, begin).count() == 1


def button(page: Page, name: str) -> Any:
    """The button of this name in the tour's bar or on its page."""
    return page.get_by_role("button", name=name, exact=True)
