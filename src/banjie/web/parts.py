"""On an English page, what is Chinese says so (WCAG 3.1.2): names, items and laws are content and stay as they are.

A screen reader then speaks them as Chinese, and a browser picks Chinese glyphs. Done to the finished page, because
content comes from everywhere and a template cannot know in which language a name is.
"""

import re
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language

HAN = "\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
CHINESE = re.compile(f"[{HAN}]")
RUN = re.compile(f"[{HAN}“‘（《【](?:[{HAN}0-9A-Za-z·—、，。；：！？“”‘’（）《》【】〔〕 ]*[{HAN}0-9”’）》】〕])?")
"""A stretch that begins and ends in Chinese, with the figures, letters and marks inside it."""
PIECE = re.compile(
    r"<!--.*?-->|<(script|style|title|textarea|svg)\b.*?</\1\s*>|<option\b[^>]*>[^<]*|<[^>]*>|[^<]+", re.DOTALL
)
MARK = '<span lang="zh-Hans" class="zh">'
Handler = Callable[[Any], HttpResponseBase]


def chinese_marked(get_response: Handler) -> Handler:
    """Mark the Chinese parts of every English page."""

    def middleware(request: Any) -> HttpResponseBase:
        response = get_response(request)
        if get_language() == "en" and isinstance(response, HttpResponse) and _is_page(response):
            html = response.content.decode(response.charset)
            if CHINESE.search(html):
                response.content = marked(html).encode(response.charset)
        return response

    return middleware


def marked(html: str) -> str:
    """The page with every Chinese stretch of its text marked; attributes, scripts, drawings and forms' values as they
    are. An option says it of itself, for it may hold no element."""
    return PIECE.sub(lambda found: _piece(found[0]), html)


def _piece(piece: str) -> str:
    if piece.startswith("<option"):
        is_chinese = CHINESE.search(piece.partition(">")[2])
        return piece.replace("<option", '<option lang="zh-Hans"', 1) if is_chinese and " lang=" not in piece else piece
    if piece.startswith("<") or not CHINESE.search(piece):
        return piece
    return RUN.sub(lambda found: f"{MARK}{found[0]}</span>" if CHINESE.search(found[0]) else found[0], piece)


def _is_page(response: HttpResponse) -> bool:
    return response.get("Content-Type", "").startswith("text/html") and not response.has_header("Content-Encoding")
