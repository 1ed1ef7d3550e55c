"""On a phone 360 pixels wide: from a word to the receipt, with scripts and without, and nothing runs over the edge."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.contrib.auth import get_user_model
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client

from banjie.cases import queries
from banjie.cases.scope import Scope
from tests.county import INSTANT, County
from tests.faces.applying import PDF

playwright = pytest.importorskip("playwright.sync_api")

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)

pytestmark = [
    pytest.mark.database,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here"),
]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """A line a request is in our own log already."""


@contextmanager
def serving() -> Iterator[str]:
    """Our program on a free port, for as long as the block lasts."""
    inner = get_wsgi_application()

    def application(environ: dict[str, object], start: Callable[..., object]) -> Iterator[bytes]:
        try:
            yield from inner(environ, start)
        finally:
            connections.close_all()

    server = make_server("127.0.0.1", 0, application, _Server, _Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def phone(address: str, scripts: bool, session: str = "") -> Iterator[playwright.Page]:
    """A phone's browser, signed in where there is a session; no script of ours may fail in it."""
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright keeps a loop of its own in this thread
    with playwright.sync_playwright() as it:
        browser = it.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(
            viewport={"width": 360, "height": 740}, locale="zh-CN", java_script_enabled=scripts
        )
        if session:
            context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        try:
            yield page
        finally:
            browser.close()
        assert faults == []


def fits(page: playwright.Page) -> None:
    """Nothing stands beyond the right edge."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, page.url


def signed_in() -> tuple[str, str]:
    """Somebody new with a session: their pseudonym and the session's key."""
    user, client = get_user_model().objects.create_user("newcomer"), Client()
    client.force_login(user)
    return user.pseudonym, client.cookies["sessionid"].value


@pytest.mark.requirement("M193", "M196", "M205")
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_somebody_new_applies_on_a_phone(county: County, tmp_path: Path, scripts: bool) -> None:
    paper = tmp_path / "申请书.pdf"
    paper.write_bytes(PDF)
    pseudonym, session = signed_in()
    person = county.applicant("stranger")

    with serving() as address, phone(address, scripts, session) as page:
        page.goto(f"{address}/")
        fits(page)
        page.fill("#search-q", "注销个体户")
        if not scripts:
            page.click("form.search button")
        page.locator("#found .result a", has_text="网上申请").first.click()
        page.wait_for_url("**/applicant/")
        page.check('[name="applicant.kind"][value=person]')
        page.check('[name="applicant.id_type"][value=id_card]')
        for name in ("name", "id_number", "phone", "address"):
            page.fill(f'[name="applicant.{name}"]', person.particulars[name])
        fits(page)
        page.click("form.application button >> nth=0")
        page.wait_for_url("**/questions/")
        page.fill('[name="answers.trader_name"]', "白禾小店")
        page.check('[name="answers.reason"][value=gives_up]')
        for name in ("has_hired", "has_licence_paper", "has_agent"):
            page.check(f'[name="answers.{name}"][value=no]')
        fits(page)
        page.click("form.application button >> nth=0")
        page.wait_for_url("**/materials/")
        page.set_input_files('[name="file.application_form"]', paper)
        page.click("form.application button >> nth=1")
        page.wait_for_selector(".received")
        fits(page)
        page.click("form.application button >> nth=0")
        page.wait_for_url("**/check/")
        fits(page)
        page.check("[name=declared]")
        page.click("form.application button >> nth=0")
        page.wait_for_url("**/receipt/")
        fits(page)

    case = queries.cases(Scope((pseudonym,)))[0]
    state = queries.view(case.stream, county.view_time()).state
    assert case.procedure == county.code(INSTANT)
    assert len(state.provided["application_form"].files) == 1


@pytest.mark.requirement("M205")
def test_the_public_pages_fit_a_phone_and_the_materials_follow_each_answer(county: County) -> None:
    with serving() as address, phone(address, scripts=True) as page:
        code = county.code()
        for path in (
            "/",
            "/items/",
            "/events/start-business/",
            "/online/",
            "/guides/",
            f"/items/{code}/",
            f"/items/{code}/wall/",
        ):
            page.goto(f"{address}{path}")
            fits(page)
        page.goto(f"{address}/items/{code}/situation/")
        assert page.locator("#narrowed li.needed").count() == 5
        page.check('[name="answers.uses_machines"][value=yes]')
        page.wait_for_function("document.querySelectorAll('#narrowed li.needed').length === 6")
        fits(page)
