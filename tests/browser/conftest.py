"""One Chromium and one server for all tests here that a worker runs, and a private window for each visit."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser import chromium
from tests.browser.county import told
from tests.browser.visits import Visits, serving
from tests.county import County, county
from tests.databases import variables

__all__ = ["county", "told"]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium. It is gone when the worker leaves this folder: its event loop would stand in other tests' way."""
    path = chromium.found()
    # Playwright keeps an event loop in this thread, in which Django would refuse to ask the database.
    with variables({"DJANGO_ALLOW_ASYNC_UNSAFE": "true"}), sync_playwright() as driver:
        chrome = driver.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"], timeout=120_000
        )
        yield chrome
        chrome.close()


@pytest.fixture(scope="package")
def address() -> Iterator[str]:
    """Where our program answers."""
    with serving() as at:
        yield at


@pytest.fixture
def visits(county: County, browser: Browser, address: str) -> Iterator[Visits]:
    """Windows for the people of the county, as they are needed."""
    opened = Visits(browser, address, county)
    yield opened
    opened.close()


@pytest.fixture
def visits_of_told(told: County, browser: Browser, address: str) -> Iterator[Visits]:
    """Windows for the people of the county in which the stories are told."""
    opened = Visits(browser, address, told)
    yield opened
    opened.close()
