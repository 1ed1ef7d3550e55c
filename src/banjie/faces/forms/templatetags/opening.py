"""Instants that lead to the fact they belong to: {% load opening %}{% moment page paper.at %}."""

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from banjie import words
from banjie.faces.forms.page import CasePage

register = template.Library()


@register.simple_tag
def moment(page: CasePage, at: datetime) -> SafeString:
    """The instant in words; a link to where its fact opens, where the reader is told of that fact."""
    shown = format_html('<time datetime="{}">{}</time>', at.isoformat(), words.instant_in_words(at, page.language))
    position = page.positions.get(at)
    return format_html('<a href="#act-{}">{}</a>', position, shown) if position else shown
