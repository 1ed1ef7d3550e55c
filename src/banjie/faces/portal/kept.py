"""Pages kept in the process for visitors who are not signed in, and the 304 for a browser that has the page already.

A page is kept under everything it depends on, so it is never out of date: the caller names that in the key, with the
catalogue's edition among it, which every publication and every calendar moves on. What differs from one visitor to the
next is only the token of the page's small forms; its place is kept open.
"""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock

from django.conf import settings
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags, quote_etag

from banjie.web.request import Request

TOKEN = re.compile(rb'(?<=name="csrfmiddlewaretoken" value=")[^"]*(?=")')
OPEN = b"@token@"
MOST = 512
LARGEST = 512 * 1024
"""Bytes of a page that is kept."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A page with the place of its token open, and the digest of what it says."""

    content: bytes
    digest: str


class Pages:
    """The pages of this process, the least used forgotten first."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Hashable, Kept] = OrderedDict()
        self._lock = Lock()

    def find(self, key: Hashable) -> Kept | None:
        """The page kept under this key."""
        with self._lock:
            if key in self._pages:
                self._pages.move_to_end(key)
            return self._pages.get(key)

    def keep(self, key: Hashable, page: Kept) -> None:
        """Keep a page."""
        if len(page.content) > LARGEST:
            return
        with self._lock:
            self._pages[key] = page
            while len(self._pages) > MOST:
                self._pages.popitem(last=False)

    def forget(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._pages.clear()


pages = Pages()


def may_be_kept(request: Request) -> bool:
    """Whether nothing on the page is this visitor's own: nobody is signed in, nothing waits to be told, no query."""
    own = (settings.SESSION_COOKIE_NAME, "messages")
    return not request.META.get("QUERY_STRING") and not any(each in request.COOKIES for each in own)


def answered(request: Request, key: Hashable, render: Callable[[], HttpResponse]) -> HttpResponse:
    """The page as it is kept under this key, rendered where it is not; 304 for a browser that has it."""
    page = pages.find(key)
    if page is None:
        response = render()
        if response.status_code != 200:
            return response
        open_ = TOKEN.sub(OPEN, response.content)
        page = Kept(open_, hashlib.sha256(open_).hexdigest()[:24])
        pages.keep(key, page)
    token = get_token(request)
    # The page's forms belong to the cookie they came with, so the same words for another cookie are another page.
    secret = hashlib.sha256(str(request.META.get("CSRF_COOKIE", "")).encode()).hexdigest()[:12]
    etag = quote_etag(f"{page.digest}-{secret}")
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(page.content.replace(OPEN, token.encode()))
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ("Cookie", "Accept-Language"))
    return response
