"""What the templates of the hall ask of a case: its papers, its trips, and what things in it are called."""

from django import template

from banjie.engine import measures
from banjie.faces.forms.page import CasePage
from banjie.faces.hall.papers import Paper, papers_of

register = template.Library()


@register.simple_tag
def papers(page: CasePage) -> list[Paper]:
    """The notices of this case that can be printed, the newest first."""
    return papers_of(page)


@register.simple_tag
def trips(page: CasePage) -> dict[str, int]:
    """Visits and hand-offs so far, and how many visits were more than the item announces."""
    return {
        "visits": measures.visits(page.state),
        "hand_offs": measures.hand_offs(page.state),
        "over": measures.visits_over_promise(page.state, page.procedure),
    }


@register.simple_tag
def called(page: CasePage, kind: str, id: str) -> str:
    """What something is called: a material, a unit; `staff`: a person."""
    return page.person(id) or id if kind == "staff" else page.name(kind, id)
