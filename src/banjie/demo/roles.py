"""Who one can be in the demo county: the one-click log-ins of `/demo/`, each with what to try."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Role:
    """A log-in: the account, what it is, what one sees, and where one lands."""

    user: str
    name: str
    title: Text
    to_try: Text
    lands: str


@dataclass(frozen=True, slots=True)
class Group:
    """Roles that belong together."""

    title: Text
    roles: tuple[Role, ...]


GROUPS = (
    Group(
        _("People and enterprises"),
        (
            Role(
                "shanju",
                "云岭县山居小馆",
                _("A small restaurant that applies"),
                _("Find an item in plain words, apply, follow the case, open a date to see how it was counted."),
                "portal:home",
            ),
            Role(
                "baihe",
                "白禾",
                _("A villager with cases of her own"),
                _("See cases in several states, messages, and what is asked of her now."),
                "portal:cases",
            ),
        ),
    ),
    Group(
        _("At the window"),
        (
            Role(
                "zhouning",
                "周宁",
                _("Clerk of the comprehensive window"),
                _("Answer what waits by time left: accept, ask once for corrections, decline. Apply for somebody."),
                "hall:home",
            ),
            Role(
                "xujing",
                "许静",
                _("Clerk who decides instant items"),
                _("Take a deregistration in and close it on the spot."),
                "hall:home",
            ),
            Role(
                "yanglan",
                "阳澜",
                _("Clerk in the next county, where departments decide"),
                _("The same work under the other model of organisation."),
                "hall:home",
            ),
        ),
    ),
    Group(
        _("Examining and deciding"),
        (
            Role(
                "linhao",
                "林浩",
                _("Head of the licensing section"),
                _("Assign people, send a step back, see what the section is late with."),
                "desk:home",
            ),
            Role(
                "chenyu",
                "陈瑜",
                _("Officer who reviews papers"),
                _("Work through my tasks: papers beside the standard, finish with reasons."),
                "desk:home",
            ),
            Role(
                "zhaolei",
                "赵蕾",
                _("Officer who surveys on the spot"),
                _("Finish a survey for two, set a period to put things right, stop the clock on a lawful ground."),
                "desk:home",
            ),
            Role(
                "gaoyuan",
                "高原",
                _("Decides"),
                _("Grant or refuse on what was found; a refusal cites the criterion."),
                "desk:home",
            ),
            Role(
                "malan",
                "马岚",
                _("Head of the approval bureau"),
                _("Extend a limit once, look at everything the bureau has in hand."),
                "desk:overview",
            ),
            Role(
                "tangli",
                "唐荔",
                _("Licence desk"),
                _("Make the licence and hand it over: then the case is closed."),
                "desk:home",
            ),
            Role(
                "zhujin",
                "祝谨",
                _("Keeper of the approval bureau's seal"),
                _("See the register of seals and what waits; show who you are again, and seal decisions at once."),
                "desk:seals",
            ),
            Role(
                "wendang",
                "温档",
                _("Keeper of the approval bureau's archive"),
                _("Find the package of a closed case, see what the four looks say of it, hand it out for a purpose."),
                "desk:archive",
            ),
        ),
    ),
    Group(
        _("Keeping and watching"),
        (
            Role(
                "zhuangyan",
                "庄妍",
                _("Keeps the catalogue"),
                _("Draft the next version of an item, see what stands in its way, sign and publish."),
                "desk:items",
            ),
            Role(
                "songke",
                "宋珂",
                _("Keeps the working calendar"),
                _("Load a holiday notice and see which running cases get another date; somebody else releases it."),
                "desk:calendars",
            ),
            Role(
                "houling",
                "侯玲",
                _("Second keeper of the calendar"),
                _("Read what a notice would move, case by case, and release it."),
                "desk:calendars",
            ),
            Role(
                "miaoli",
                "苗俐",
                _("Signs for the service centre"),
                _("Read a draft with its differences and sign it."),
                "desk:items",
            ),
            Role(
                "xiean",
                "谢桉",
                _("Supervision office of the county"),
                _("See every light in the county, look at findings with what proves them, issue and close cards."),
                "desk:supervision",
            ),
            Role(
                "dengfei",
                "邓霏",
                _("Supervises food business"),
                _("See what was decided and what is under way in food business."),
                "desk:overview",
            ),
            Role(
                "yunwei",
                "yunwei",
                _("Runs the machine"),
                _("See that the program is well, and no case at all."),
                "operating",
            ),
            Role(
                "anbao",
                "anbao",
                _("Keeps accounts and posts"),
                _("Give somebody a post; deciding and sealing wait for a second person. See no case."),
                "administration:home",
            ),
            Role(
                "anhe",
                "anhe",
                _("Second keeper of accounts and posts"),
                _("Confirm what the first has proposed, or withdraw it."),
                "administration:home",
            ),
            Role(
                "shenji",
                "shenji",
                _("Reads the audit trail"),
                _("See who signed in, was given posts, saw people's data or used a seal; change nothing."),
                "administration:trail",
            ),
        ),
    ),
)
ROLES = {each.user: each for group in GROUPS for each in group.roles}
