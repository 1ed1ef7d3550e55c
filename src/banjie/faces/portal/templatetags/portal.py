"""What only the portal shows of a case: {% load portal %}{% pre_review page %} {% own page as mine %}."""

from typing import Any

from django import template
from django.utils.translation import get_language

from banjie import words
from banjie.engine.law import Procedure
from banjie.faces.forms.page import CasePage
from banjie.faces.forms.pre_review import pre_review_of
from banjie.faces.portal import joint
from banjie.faces.portal.own_case import OwnCase

register = template.Library()


@register.inclusion_tag("portal/pre_review.html")
def pre_review(page: CasePage) -> dict[str, Any]:
    """What an online applicant is told of their material before any visit; nothing for other cases."""
    return {"review": pre_review_of(page)}


@register.simple_tag
def joint_of(procedure: Procedure) -> list[dict[str, Any]]:
    """The joint matters that this item can be applied for with."""
    return joint.shown(words.language_of(get_language() or words.DEFAULT), procedure.code)


@register.simple_tag
def own(page: CasePage) -> OwnCase:
    """The case as one of those whose it is reads it."""
    return OwnCase(page)
