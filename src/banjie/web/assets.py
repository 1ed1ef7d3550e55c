"""What a browser fetches besides the page: named by its content, compressed once, kept for ever.

The style sheets are small files (`static/banjie/css/`), one a component, and reach the browser as one: `STYLES` is
joined from them when a process first needs it. There is no build step, so a restart is all a change asks for.

`Storage` is what `{% static %}` asks, so every template gets an address that holds the digest of the content; `served`
answers such an address from memory and leaves every other one to WhiteNoise. An address of another release (a page that
was opened before an update) gets what there is now, not to be kept.
"""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.exceptions import SuspiciousFileOperation
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

Handler = Callable[[Any], HttpResponse]

STYLES = "banjie/banjie.css"
SOURCES = Path(__file__).parent / "static" / "banjie" / "css"

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"

DIGEST_LENGTH = 12
WITH_DIGEST = re.compile(rf"(?P<stem>.+)\.(?P<digest>[0-9a-f]{{{DIGEST_LENGTH}}})(?P<ending>\.[a-z0-9]+)")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
INDENT = re.compile(r"\n\s*")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is served. `packed` is its gzip form, or b"" where that saves nothing."""

    address: str
    kind: str
    digest: str
    plain: bytes
    packed: bytes


def style_files() -> list[Path]:
    """The style sheets in the order in which they are joined: tokens, the base, the components by name."""
    return [SOURCES / "tokens.css", SOURCES / "base.css", *sorted((SOURCES / "components").glob("*.css"))]


def joined_styles() -> str:
    """All style sheets as one, without comments and indents."""
    whole = "\n".join(path.read_text(encoding="utf-8") for path in style_files())
    return INDENT.sub("\n", COMMENT.sub("", whole)).strip() + "\n"


@cache
def asset(name: str) -> Asset:
    """A static file by its name, read once in a process. FileNotFoundError where there is none."""
    if name == STYLES:
        plain = joined_styles().encode()
    else:
        path = finders.find(name)
        if not isinstance(path, str):
            raise FileNotFoundError(f"there is no static file {name}")
        plain = Path(path).read_bytes()
    digest = hashlib.sha256(plain).hexdigest()[:DIGEST_LENGTH]
    stem, dot, ending = name.rpartition(".")
    packed = gzip.compress(plain, 9, mtime=0)
    return Asset(
        address=f"{settings.STATIC_URL}{stem}.{digest}{dot}{ending}",
        kind=_kind(name),
        digest=digest,
        plain=plain,
        packed=packed if len(packed) < len(plain) else b"",
    )


class Storage(StaticFilesStorage):
    """Static files whose address changes with their content."""

    def url(self, name: str | None, force: bool = False) -> str:
        """The address with the digest. FileNotFoundError for a file there is not."""
        assert name is not None
        return asset(name).address


def served(get_response: Handler) -> Handler:
    """Answer for static files that are named by their content, and for the joined style sheet."""
    asset(STYLES)

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(settings.STATIC_URL) or request.method not in ("GET", "HEAD"):
            return get_response(request)
        asked = request.path_info.removeprefix(settings.STATIC_URL)
        match = WITH_DIGEST.fullmatch(asked)
        name = match["stem"] + match["ending"] if match else asked
        if match is None and name != STYLES:
            return get_response(request)
        try:
            found = asset(name)
        except (FileNotFoundError, SuspiciousFileOperation):  # a path that leads out of the folder is none of ours
            return get_response(request)
        return _answer(request, found, is_current=match is not None and match["digest"] == found.digest)

    return middleware


def _answer(request: HttpRequest, found: Asset, is_current: bool) -> HttpResponse:
    takes_gzip = found.packed and re.search(
        r"\bgzip\b(?!;\s*q=0(?:\.0*)?(?:,|$))", request.headers.get("Accept-Encoding", "")
    )
    etag = f'"{found.digest}-gz"' if takes_gzip else f'"{found.digest}"'
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if "*" in known or etag in (each.removeprefix("W/") for each in known):
        answer = HttpResponse(status=304)
        del answer.headers["Content-Type"]
    else:
        answer = HttpResponse(found.packed if takes_gzip else found.plain, content_type=found.kind)
        answer.headers["Content-Length"] = str(len(answer.content))
        if takes_gzip:
            answer.headers["Content-Encoding"] = "gzip"
    answer.headers["ETag"] = etag
    answer.headers["Cache-Control"] = FOR_EVER if is_current else ASK_AGAIN
    patch_vary_headers(answer, ["Accept-Encoding"])
    return answer


def _kind(name: str) -> str:
    guessed = "text/javascript" if name.endswith(".js") else mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{guessed}; charset=utf-8" if guessed.startswith("text/") else guessed
