"""{% load receiving %}{% receiving page as got %}: what the page of a case says of delivery and fees."""

from django import template

from banjie.faces.forms.page import CasePage
from banjie.faces.portal.receiving import Receiving
from banjie.faces.portal.receiving import receiving as received

register = template.Library()


@register.simple_tag
def receiving(page: CasePage) -> Receiving:
    """Delivery and fees of this case."""
    return received(page)
