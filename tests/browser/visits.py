"""A browser for tests: one server and one Chromium a worker, one private window a visit.

    def test_...(county, visits):
        page = visits.open("clerk", language="en")      # signed in by a session, as sign-in would
        page.goto("/hall/")
        page.get_by_role("button", name="Accept").click()

Tests find things as people do, by role and label. Nothing of ours may fail in the console: `Visits.close` looks.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from banjie.demo.county import PASSWORD
from banjie.records.accounts.models import User
from banjie.web.appearance import ELDER_COOKIE, THEME_COOKIE
from tests.county import ROLES, County

PATIENCE = 30_000
"""Milliseconds: machines that run tests are busy, and waiting costs nothing where all is well."""
PHONE, DESK = (360, 740), (1280, 800)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """A line a request is in our own log already."""


@contextmanager
def serving() -> Iterator[str]:
    """Our program on a free port; it reads the database of the test that is running, at the time of that test."""
    inner = get_wsgi_application()

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterator[bytes]:
        try:
            yield from inner(environ, start)
        finally:
            connections.close_all()

    server = make_server("127.0.0.1", 0, application, _Server, _Quiet)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def signed_in(role: str) -> Client:
    """Somebody of the county, by their role in a test or their user name; with their password, if they have one."""
    client = Client()
    if role:
        user = User.objects.get(username=ROLES.get(role, role))
        told = {"username": user.username, "password": PASSWORD}
        if not user.has_usable_password() or client.post("/sign-in/", told).status_code != 302:
            client.force_login(user)
    return client


class Visits:
    """The visits of one test."""

    def __init__(self, browser: Browser, address: str, county: County) -> None:
        self.browser, self.address, self.county = browser, address, county
        self.faults: list[str] = []
        self._contexts: list[BrowserContext] = []

    def open(
        self, role: str = "", *, size: tuple[int, int] = DESK, language: str = "", scripts: bool = True,
        theme: str = "", elder: bool = False, touch: bool = False,
    ) -> Page:  # fmt: skip
        """A window of somebody who is signed in; of a visitor for an empty role."""
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": size[0], "height": size[1]},
            locale="en-GB" if language == "en" else "zh-CN",
            timezone_id="Asia/Shanghai",
            java_script_enabled=scripts,
            has_touch=touch,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        told = {settings.LANGUAGE_COOKIE_NAME: language, THEME_COOKIE: theme, ELDER_COOKIE: "1" if elder else ""}
        if role:
            told |= {settings.SESSION_COOKIE_NAME: signed_in(role).cookies[settings.SESSION_COOKIE_NAME].value}
        context.add_cookies([{"name": n, "value": v, "url": self.address} for n, v in told.items() if v])
        page = context.new_page()
        page.on("pageerror", lambda fault: self.faults.append(f"{page.url}: {fault}"))
        page.on("console", lambda line: self._heard(page, line))
        return page

    def _heard(self, page: Page, line: Any) -> None:
        # A refusal with its own status (409, 422) is a page we mean to show; what the policy blocks is not.
        if line.type == "error" and "Failed to load resource" not in line.text:
            self.faults.append(f"{page.url}: {line.text}")

    def close(self) -> None:
        """Close every window; no script may have failed, and nothing may have been blocked, in any of them."""
        for context in self._contexts:
            context.close()
        assert self.faults == []


def fits(page: Page) -> None:
    """Nothing stands beyond the right edge."""
    wide, seen = page.evaluate("[document.scrollingElement.scrollWidth, document.scrollingElement.clientWidth]")
    assert wide <= seen, f"{page.url} is {wide} wide on {seen}"
