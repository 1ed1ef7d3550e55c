"""The licence a case is about: {% load licences %}{% about_the_licence page as about %}."""

from django import template

from banjie.faces.forms.about_licence_running import About, of_case
from banjie.faces.forms.page import CasePage

register = template.Library()


@register.simple_tag
def about_the_licence(page: CasePage) -> About | None:
    """What else runs about it, and whether it has ended meanwhile; None where there is nothing to say."""
    return of_case(page)
