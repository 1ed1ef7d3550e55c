"""Which way an item goes (M103): done on the spot, wholly online, checked online before one visit, or at the window.

Nobody types this in: it follows from the channels, the steps and the form of the materials of the procedure.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from banjie.engine import measures
from banjie.engine.law import Procedure

ONLINE = ("computer", "mobile")


class Way(StrEnum):
    """The ways, the quickest for the applicant first."""

    ON_THE_SPOT = "on_the_spot"  # 当场审批
    ONLINE = "online"  # 网上审批
    PRE_REVIEW = "pre_review"  # 网上预审 + 现场办理
    WINDOW = "window"


@dataclass(frozen=True, slots=True)
class Route:
    """The ways an item goes, the best first, each with a line that says what it means; `is_online`: one can apply."""

    ways: tuple[Way, ...]
    name: str
    meaning: str
    is_online: bool
    offline_reason: str = ""


def ways_of(procedure: Procedure) -> tuple[Way, ...]:
    """The ways of an item, from its configuration alone."""
    guide = procedure.guide
    is_online = is_open_online(procedure)
    ways = []
    if procedure.instant:
        ways.append(Way.ON_THE_SPOT)
    if is_wholly_online(procedure):
        ways.append(Way.ONLINE)
    elif is_online and "prereview" in guide.online_depth:
        ways.append(Way.PRE_REVIEW)
    if not ways or "window" in guide.channels:
        ways.append(Way.WINDOW)
    return tuple(ways)


def is_open_online(procedure: Procedure) -> bool:
    """Whether one can apply online (网上申请)."""
    return any(each in procedure.guide.channels for each in ONLINE)


def needs_no_visit(procedure: Procedure) -> bool:
    """Whether nobody comes: the guide promises none, and neither a paper to be brought nor a step calls for one."""
    return procedure.visits == 0 and measures.zero_visit(procedure)


def is_wholly_online(procedure: Procedure) -> bool:
    """全流程网办 (M213): one can apply online, nobody comes, and no paper moves on any side."""
    return is_open_online(procedure) and needs_no_visit(procedure) and measures.fully_online(procedure)


def route_of(procedure: Procedure, language: str) -> Route:
    """The way of an item in words, in the language of the page."""
    ways = ways_of(procedure)
    named = {
        Way.ON_THE_SPOT: (_("Done on the spot"), _("Complete papers are decided in one act, at the window or online.")),
        Way.ONLINE: (_("Wholly online"), _("You need not come: from the application to the result.")),
        Way.PRE_REVIEW: (
            _("Checked online before you come"),
            _("Your material is examined online first. You come once, when you know it is in order."),
        ),
        Way.WINDOW: (_("At the window"), _("Bring your papers to the window; they are checked while you wait.")),
    }
    name, meaning = named[ways[0]]
    reason = "" if is_open_online(procedure) else procedure.guide.offline_reason
    return Route(ways, name, meaning, is_open_online(procedure), reason)
