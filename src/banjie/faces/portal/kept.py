"""Pages kept in the process for visitors who are not signed in, and the 304 for a browser that has the page already.

A page is kept under everything it depends on, so it is never out of date: the caller names that in the key, with the
catalogue's edition among it, which every publication and every calendar moves on. Only a page that is the same for
every visitor is kept: none with a form of the visitor's own, and none of which a part asks anew by itself.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock

from django.conf import settings
from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags, quote_etag

from banjie.web.appearance import ELDER_COOKIE, THEME_COOKIE
from banjie.web.request import Request

OWN = (b"csrfmiddlewaretoken", b'hx-trigger="every')
"""What stands on a page that is not the same for everybody, or not for long."""
MOST = 512
LARGEST = 512 * 1024
"""Bytes of a page that is kept."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A page and its name: the digest of what it says."""

    content: bytes
    etag: str


class Pages:
    """The pages of this process, the least used forgotten first."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Hashable, Kept] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._pages)

    def find(self, key: Hashable) -> Kept | None:
        """The page kept under this key."""
        with self._lock:
            if key in self._pages:
                self._pages.move_to_end(key)
            return self._pages.get(key)

    def keep(self, key: Hashable, page: Kept) -> None:
        """Keep a page."""
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
    """Whether nothing on the page is this visitor's own: no query, and no cookie but those the key names."""
    told = {settings.LANGUAGE_COOKIE_NAME, THEME_COOKIE, ELDER_COOKIE, settings.CSRF_COOKIE_NAME}
    return not request.META.get("QUERY_STRING") and set(request.COOKIES) <= told


def answered(request: Request, key: Hashable, render: Callable[[], HttpResponse]) -> HttpResponse:
    """The page as it is kept under this key, rendered where it is not; 304 for a browser that has it."""
    page = pages.find(key)
    if page is None:
        response = render()
        content = response.content
        if response.status_code != 200 or len(content) > LARGEST or any(each in content for each in OWN):
            return response
        page = Kept(content, quote_etag(hashlib.sha256(content).hexdigest()[:32]))
        pages.keep(key, page)
    is_known = page.etag in parse_etags(request.headers.get("If-None-Match", ""))
    answer = HttpResponse(status=304) if is_known else HttpResponse(page.content)
    answer.headers["ETag"] = page.etag
    answer.headers["Cache-Control"] = "private, no-cache"
    patch_vary_headers(answer, ("Cookie",))
    return answer
