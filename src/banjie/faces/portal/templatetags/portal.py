"""The result of the online pre-review in a template: {% load portal %}{% pre_review page %}."""

from typing import Any

from django import template

from banjie.faces.forms.page import CasePage
from banjie.faces.forms.pre_review import pre_review_of

register = template.Library()


@register.inclusion_tag("portal/pre_review.html")
def pre_review(page: CasePage) -> dict[str, Any]:
    """What an online applicant is told of their material before any visit; nothing for other cases."""
    return {"review": pre_review_of(page)}
