"""A peer beyond this house, asked over HTTP and heard through calls of its own: both signed, neither trusted further.

Signed with HMAC-SHA256 under the secret both sides know: a request over its method, path, instant, nonce and the digest
of its body; an answer over the nonce it answers, its status and its digest. Only the address of the settings is asked;
no redirect is followed, an answer has at most 4 MB, and nobody waits longer than `seconds`. `Unclear` says that nobody
knows whether the peer has done it: whoever asked asks again, under the same id.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from django.core.cache import cache

from banjie.engine.codec import microseconds

FRESH = timedelta(minutes=5)
"""How far the instant of a call may lie from ours."""
LARGEST = 4 * 1024 * 1024
SIGNATURE, KEY, INSTANT, NONCE = "X-Peer-Signature", "X-Peer-Key", "X-Peer-Instant", "X-Peer-Nonce"


class Unclear(Exception):
    """Whether the peer has done it cannot be said: no answer, a broken one, or a fault of its own. `code`: which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PeerSaysNo(Exception):
    """The peer has understood and refuses. `code`: its reason, at most 60 plain characters."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class BadCall(Exception):
    """A call that does not come from the peer, or came before. `code`: unknown_peer, stale, forged, replayed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def signature(secret: str, *parts: str, body: bytes = b"") -> str:
    """The signature over these parts and the digest of the body, in hex."""
    text = "\n".join((*parts, hashlib.sha256(body).hexdigest()))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer as the settings describe it."""

    url: str
    key: str
    secret: str
    seconds: float = 3.0

    def ask(self, method: str, path: str, now: datetime, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What the peer answers. Unclear, PeerSaysNo. `path` begins with a slash and holds no personal datum."""
        parts = urlsplit(self.url)
        whole = parts.path + path
        sent = b"" if body is None else json.dumps(body, ensure_ascii=False, sort_keys=True).encode()
        nonce, instant = secrets.token_hex(16), str(microseconds(now))
        headers = {
            "Content-Type": "application/json",
            "Connection": "close",
            KEY: self.key,
            INSTANT: instant,
            NONCE: nonce,
            SIGNATURE: signature(self.secret, method, whole, instant, nonce, body=sent),
        }
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=self.seconds)
        try:
            connection.request(method, whole, sent, headers)
            answer = connection.getresponse()
            told = answer.read(LARGEST + 1)
        except (OSError, HTTPException) as problem:
            raise Unclear("no_answer" if not isinstance(problem, TimeoutError) else "time_out") from None
        finally:
            connection.close()
        return self._read(answer, told, nonce)

    def _read(self, answer: HTTPResponse, told: bytes, nonce: str) -> dict[str, Any]:
        signed = answer.headers.get(SIGNATURE, "")
        if not hmac.compare_digest(
            signed.encode(), signature(self.secret, nonce, str(answer.status), body=told).encode()
        ):
            raise Unclear("fault" if answer.status >= 500 else "forged_answer")
        try:
            plain = json.loads(told) if len(told) <= LARGEST else None
        except ValueError:
            plain = None
        if answer.status >= 500 or answer.status < 200 or not isinstance(plain, dict):
            raise Unclear("fault")
        if answer.status >= 300:
            raise PeerSaysNo(_plainly(plain.get("code", answer.status)))
        return plain

    def heard(self, method: str, path: str, headers: Mapping[str, str], body: bytes, now: datetime) -> dict[str, Any]:
        """What a call of the peer says, once it is known to be its own, new and fresh; BadCall."""
        instant, nonce = headers.get(INSTANT, ""), headers.get(NONCE, "")
        if not hmac.compare_digest(headers.get(KEY, "").encode(), self.key.encode()):
            raise BadCall("unknown_peer")
        expected = signature(self.secret, method, path, instant, nonce, body=body)
        if not hmac.compare_digest(headers.get(SIGNATURE, "").encode(), expected.encode()):
            raise BadCall("forged")
        if not instant.isdecimal() or abs(microseconds(now) - int(instant)) > FRESH / timedelta(microseconds=1):
            raise BadCall("stale")
        if not nonce or not cache.add(_known_as(self.key, nonce), 1, 2 * FRESH.total_seconds()):
            raise BadCall("replayed")
        try:
            plain = json.loads(body)
        except ValueError:
            raise BadCall("forged") from None
        if not isinstance(plain, dict):
            raise BadCall("forged")
        return plain


def _known_as(key: str, nonce: str) -> str:
    return "peer-" + hashlib.sha256(f"{key}\x00{nonce}".encode()).hexdigest()


def peer_of(described: Mapping[str, str]) -> Peer | None:
    """The peer of a setting; None where none is named."""
    return Peer(described["url"], described["key"], described["secret"]) if described else None


def _plainly(code: Any) -> str:
    return "".join(each for each in str(code) if each.isalnum() or each in "_-")[:60]


FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=2), timedelta(minutes=10)


def backoff(tries: int) -> timedelta:
    """How long to wait before asking again, after so many asked in vain (1 or more): doubling, at most ten minutes."""
    doublings: int = 2 ** min(tries - 1, 12)
    return min(FIRST_WAIT * doublings, LONGEST_WAIT)
