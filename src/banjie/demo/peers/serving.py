"""What the stand-ins share: an HTTP server on loopback that checks signatures, keeps its books, and fails on purpose.

`Faults` are drawn from a seed, so that a run can be had again. What a fault says: `refuse` 500 and nothing done; `lost`
done, and then 500; `hang` done, and no answer in time; `twice`, `never`, `late` the call back comes twice, never, or
after the next one.
"""

import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

from banjie.engine.codec import microseconds
from banjie.web import clock
from banjie.web.peer import INSTANT, KEY, NONCE, SIGNATURE, signature

HANG_SECONDS = 8.0


@dataclass
class Faults:
    """Faults by seed, each in so many of a thousand cases. `forced`: the next ones, for a test that wants them."""

    seed: str = "demo"
    rates: Mapping[str, int] = field(default_factory=dict)
    forced: list[str] = field(default_factory=list)
    hang_seconds: float = HANG_SECONDS

    def __post_init__(self) -> None:
        self._random = Random(self.seed)
        self._lock = threading.Lock()

    def draw(self, *kinds: str) -> str:
        """The fault of these kinds that happens now; "" for none."""
        with self._lock:
            if self.forced and self.forced[0] in kinds:
                return self.forced.pop(0)
            for kind in kinds:
                if self._random.randrange(1000) < self.rates.get(kind, 0):
                    return kind
        return ""


class SaysNo(Exception):
    """A refusal with its status and code."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


@dataclass
class StandIn:
    """A stand-in. `callback`: where it calls back ("" for nowhere); `kept`: a file for its books (None: in memory)."""

    secret: str
    key: str = "banjie"
    callback: str = ""
    kept: Path | None = None
    faults: Faults = field(default_factory=Faults)
    now: Callable[[], datetime] = clock.now

    path = ""
    """The path under which this installation hears its calls."""

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self.books: dict[str, dict[str, Any]] = {}
        self.requests: list[tuple[str, str, bytes]] = []
        self._late: list[dict[str, Any]] = []
        self._server: ThreadingHTTPServer | None = None
        if self.kept and self.kept.exists():
            self.books = json.loads(self.kept.read_text())

    # What each of them does

    def answer(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to a signed request; SaysNo."""
        raise NotImplementedError

    def page(self, method: str, path: str, body: bytes) -> tuple[int, str] | None:
        """A page for people, which nobody signs; None where there is none."""
        return None

    def tick(self) -> None:
        """Let time pass."""

    # The books

    def save(self) -> None:
        """Keep the books; whoever holds the lock."""
        if self.kept:
            draft = self.kept.with_suffix(".new")
            draft.write_text(json.dumps(self.books))
            draft.replace(self.kept)

    # Calling back

    def call_back(self, order: str, event: str) -> None:
        """Say that something happened, as often and as late as the faults have it."""
        said = {"order": order, "event": event, "id": secrets.token_hex(8)}
        fault = self.faults.draw("never", "twice", "late")
        if fault == "late":
            self._late.append(said)
        elif fault != "never":
            self.send(said)
            if fault == "twice":
                self.send(said)
            while self._late and fault != "late":
                self.send(self._late.pop())

    def send(self, said: Mapping[str, Any]) -> int:
        """One signed call; its status, 0 where nobody answered."""
        if not self.callback:
            return 0
        parts = urlsplit(self.callback)
        body, nonce, instant = json.dumps(said).encode(), secrets.token_hex(16), str(microseconds(self.now()))
        headers = {
            "Content-Type": "application/json",
            KEY: self.key,
            INSTANT: instant,
            NONCE: nonce,
            SIGNATURE: signature(self.secret, "POST", self.path, instant, nonce, body=body),
        }
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=5)
        with suppress(OSError, HTTPException):
            connection.request("POST", self.path, body, headers)
            return connection.getresponse().status
        return 0

    # Serving

    def start(self, port: int = 0) -> str:
        """Serve on loopback in a thread; the address."""
        stand_in = self

        class Handler(_Handler):
            behind = stand_in

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self.url

    @property
    def url(self) -> str:
        """Where it serves."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        """Serve no more."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def is_signed(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether a request comes from the installation that knows the secret."""
        instant, nonce = headers.get(INSTANT) or "", headers.get(NONCE) or ""
        expected = signature(self.secret, method, path, instant, nonce, body=body)
        return headers.get(KEY) == self.key and hmac.compare_digest(headers.get(SIGNATURE) or "", expected)


class _Handler(BaseHTTPRequestHandler):
    behind: StandIn
    server_version, sys_version = "StandIn", ""

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged: parcels have addresses."""

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def _serve(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        shown = self.behind.page(method, self.path, body)
        if shown is not None:
            self._send(shown[0], shown[1].encode(), "text/html; charset=utf-8")
            return
        nonce = self.headers.get(NONCE) or ""
        with self.behind.lock:
            self.behind.requests.append((method, self.path, body))
        if not self.behind.is_signed(method, self.path, dict(self.headers.items()), body):
            self._json(401, {"code": "not_signed"}, nonce)
            return
        fault = self.behind.faults.draw("refuse", "lost", "hang")
        if fault == "refuse":
            self._json(500, {"code": "fault"}, nonce)
            return
        try:
            with self.behind.lock:
                told, status = self.behind.answer(method, self.path, json.loads(body) if body else {}), 200
                self.behind.save()
        except SaysNo as no:
            told, status = {"code": no.code}, no.status
        if fault == "hang":
            time.sleep(self.behind.faults.hang_seconds)
        if fault == "lost":
            told, status = {"code": "fault"}, 500
        self._json(status, told, nonce)

    def _json(self, status: int, told: Mapping[str, Any], nonce: str) -> None:
        sent = json.dumps(told).encode()
        self._send(status, sent, "application/json", signature(self.behind.secret, nonce, str(status), body=sent))

    def _send(self, status: int, sent: bytes, kind: str, signed: str = "") -> None:
        with suppress(OSError):  # whoever asked has gone
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(sent)))
            self.send_header("Cache-Control", "no-store")
            if signed:
                self.send_header(SIGNATURE, signed)
            self.end_headers()
            self.wfile.write(sent)
