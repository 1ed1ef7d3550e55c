"""A real OpenID Connect server beside the tests, and a person with a browser in each of the two worlds."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from banjie.config import identity_provider
from tests.cast import demo_id_card
from tests.identity_provider.provider import CLIENT, SECRET

PEOPLE = {
    "bai": {"name": "白小禾", "id_number": demo_id_card(71), "phone_number": "13800000071"},
    "tang": {"name": "汤小岚", "id_number": demo_id_card(72), "phone_number": "13800000072"},
    "nameless": {"name": "", "id_number": ""},
    "wrong": {"name": "错号", "id_number": "999921198108040318"},
}
CALLBACK = "http://testserver/account/through/province/back/"


@dataclass(slots=True)
class Provider:
    """The provider's process."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its issuer."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers; AssertionError where it does not within a minute."""
        command = [sys.executable, "-m", "tests.identity_provider.provider", str(self.folder), str(self.port), CALLBACK]
        told = {name: value for name, value in os.environ.items() if not name.startswith(("BANJIE_", "DJANGO_"))}
        self.process = subprocess.Popen(command, env=told, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self.process.poll() is None, "the provider has ended"
            with suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
                connection.request("GET", "/.well-known/openid-configuration")
                if connection.getresponse().status == 200:
                    return
            time.sleep(0.1)
        raise AssertionError("the provider does not answer")

    def stop(self) -> None:
        """It is down."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def suffers_from(self, fault: str) -> None:
        """What is wrong with its tokens from now on."""
        (self.folder / "fault").write_text(fault)


@pytest.fixture(scope="session")
def running_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """The provider, for all tests of this process."""
    folder = tmp_path_factory.mktemp("provider")
    (folder / "people.json").write_text(json.dumps(PEOPLE))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    provider = Provider(folder, port)
    provider.start()
    yield provider
    provider.stop()


@pytest.fixture
def provider(running_provider: Provider, settings: object, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """The provider as the environment of this installation names it; its word on who somebody is counts."""
    monkeypatch.setenv("BANJIE_OIDC_ASSURES_IDENTITY", "yes")
    return told_of(running_provider, settings, monkeypatch)


def told_of(running: Provider, settings: object, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """Tell the installation of the provider, through its environment."""
    for name, value in {"URL": running.url, "CLIENT": CLIENT, "SECRET": SECRET, "NAME": "示范身份认证"}.items():
        monkeypatch.setenv(f"BANJIE_OIDC_{name}", value)
    settings.SOCIALACCOUNT_PROVIDERS = identity_provider.providers()  # type: ignore[attr-defined]
    running.suffers_from("")
    cache.clear()
    return running


@dataclass(slots=True)
class Somebody:
    """A person's browser: our pages and the provider's, with the redirects between them."""

    login: str
    ours: Client = field(default_factory=Client)
    theirs: requests.Session = field(default_factory=requests.Session)
    asked: dict[str, list[str]] = field(default_factory=dict)

    def goes(self, address: str = "/account/through/province/", **more: str) -> str:
        """Press our button, sign in over there; the address at which they come back to us."""
        answer = self.ours.post(address, more)
        assert answer.status_code == 302, answer.content[:300]
        there = answer.headers["Location"]
        if there.startswith("/"):
            return there
        self.asked = parse_qs(urlsplit(there).query)
        page = self.theirs.get(there, allow_redirects=False, timeout=20)
        while page.status_code == 302:
            there = requests.compat.urljoin(page.url, page.headers["Location"])
            if there.startswith("http://testserver/"):
                return there.removeprefix("http://testserver")
            if "/sign-in/" in there:
                there += f"&login={self.login}"
            page = self.theirs.get(there, allow_redirects=False, timeout=20)
        raise AssertionError(f"{page.status_code} {page.text[:300]}")

    def arrives(self, address: str = "/account/through/province/", **more: str) -> HttpResponse:
        """The whole way, and the page one sees at the end of it."""
        return self.ours.get(self.goes(address, **more), follow=True)
