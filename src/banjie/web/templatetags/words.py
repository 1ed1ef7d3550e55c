"""The word catalogue in templates: labels of codes, days, instants and limits in the reader's language.

{% load words %}
{% label "stages" state.stage %}   {{ case.received_on|day }}   {{ procedure.statutory_limit|limit }}
"""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.translation import get_language

from banjie import words
from banjie.engine.timelimits import Limit
from banjie.words import money

register = template.Library()


def language() -> str:
    """The catalogue's language of the page that is being made."""
    return words.language_of(get_language() or words.DEFAULT)


@register.simple_tag
def label(section: str, code: object) -> str:
    """The short name of a code of the catalogue."""
    return words.label(section, str(code), language())


@register.simple_tag
def trouble(code: str) -> str:
    """Why a peer was asked in vain, in words; for a reason without words of its own, that it refused."""
    known = words.label("peer_troubles", code, language())
    return known if known != code else words.label("peer_troubles", "refused", language())


@register.filter
def day(value: date | None) -> str:
    """A civil day in words; "" for none."""
    return words.day_in_words(value, language()) if value else ""


@register.filter
def instant(value: datetime | None) -> str:
    """An instant in the office's zone in words; "" for none."""
    return words.instant_in_words(value, language()) if value else ""


@register.filter
def yuan(value: int | None) -> str:
    """An amount of fen in words; "" for none."""
    return "" if value is None else money.yuan(value, language())


@register.filter
def limit(value: Limit | None) -> str:
    """A limit with its unit in words; "" for none."""
    return words.limit_in_words(value, language()) if value else ""


@register.filter
def own(value: Any, attribute: str = "name") -> str:
    """What a thing of the procedure is called: its English name on an English page, where it has one."""
    english = "summary_english" if attribute == "summary" else "english"
    in_english = str(getattr(value, english, "")) if language() == "en" else ""
    return in_english or str(getattr(value, attribute))


@register.filter
def tag(value: str) -> str:
    """The language tag of a page as HTML has it: zh-Hans, en."""
    return words.language_of(value)
