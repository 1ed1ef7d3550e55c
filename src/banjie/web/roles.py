"""Who may open a page: every view declares its roles, and a test walks every address to see that none forgot.

A role is `public`, `applicant`, `staff` (any post), a post, or one of the three administrators, who see no case:
`operator` (the machine), `security_administrator` (accounts and posts), `audit_administrator` (what they did). What
somebody may *do* with a case is the engine's business (`possible`); a role only opens the page.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from banjie.engine.events import ActorKind
from banjie.web.sent_in_vain import is_from_us, sent_in_vain

POSTS = (
    "clerk",  # 窗口人员
    "agent",  # 代办员
    "officer",  # 承办人
    "section_head",  # 科室负责人
    "decider",  # 决定人
    "head_of_agency",  # 行政机关负责人
    "head_of_government",  # 本级政府负责人
    "licence_clerk",  # 制证人员
    "hearing_host",  # 听证主持人
    "supervisor",  # 监督人员
    "catalogue_keeper",  # 事项管理员（审改办）
    "centre",  # 政务服务中心
    "e_government",  # 电子政务办
    "calendar_keeper",  # 工作日历管理员
    "data_steward",  # 数据管理员
    "seal_keeper",  # 印章保管员
    "archivist",  # 档案管理员
)
ADMINISTRATORS = {
    "operator": "operator",  # 系统管理员
    "security": "security_administrator",  # 安全管理员
    "audit": "audit_administrator",  # 审计管理员
}
"""The three administrators (三权分立), by the kind of their account: each holds this role and no other."""
ROLES = frozenset({"public", "applicant", "staff", *ADMINISTRATORS.values(), *POSTS})

AS_APPLICANT = frozenset({ActorKind.APPLICANT, ActorKind.AGENT, ActorKind.THIRD_PARTY})

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)
F = TypeVar("F", bound=Callable[..., Any])
Guarded = Callable[Concatenate[R, P], HttpResponseBase]


def for_role(*roles: str) -> Callable[[Guarded[R, P]], Guarded[R, P]]:
    """Open a page to these roles, any of them: others get the sign-in page, or a 403 that says what to do.

    ValueError for a role nobody can hold.
    """
    needed = _known(roles)

    def decorate(view: Guarded[R, P]) -> Guarded[R, P]:
        @wraps(view)
        def guarded(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if "public" in needed or needed & held_by(request):
                return view(request, *args, **kwargs)
            if not request.user.is_authenticated:
                if request.method == "POST" and is_from_us(request):
                    return sent_in_vain(request, 401)
                back = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
                # Somebody whose session is over is told why on the page that asks them to sign in again.
                ended = getattr(getattr(request, "session", None), "ended", "")
                return redirect_to_login(back, f"{settings.LOGIN_URL}?ended={ended}" if ended else None)
            return render(request, "web/refused.html", {"needed": sorted(needed)}, status=403)

        guarded.__dict__["roles"] = needed
        return guarded

    return decorate


def api_role(*roles: str) -> Callable[[F], F]:
    """Mark an endpoint of the API with its roles. Marks only: the API's own authentication enforces them (`may`)."""
    needed = _known(roles)

    def decorate(endpoint: F) -> F:
        endpoint.__dict__["roles"] = needed
        return endpoint

    return decorate


def declared_roles(view: Any) -> frozenset[str] | None:
    """The roles a view declares, also through decorators that wrap it; None where it forgot."""
    roles: frozenset[str] | None = getattr(view, "roles", None)
    return roles


def held_by(request: HttpRequest) -> frozenset[str]:
    """The roles of whoever asks: `public`, what kind of person they are, and the posts they hold today."""
    held = {"public"}
    actor = getattr(request, "actor", None)
    if actor is not None:
        if actor.kind is ActorKind.STAFF:
            held |= {"staff", *actor.posts}
        elif actor.kind in AS_APPLICANT:
            held.add("applicant")
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated and (kind := getattr(user, "kind", "")) in ADMINISTRATORS:
        held.add(ADMINISTRATORS[kind])
    return frozenset(held)


def may(request: HttpRequest, view: Any) -> bool:
    """Whether whoever asks holds one of the roles a view or endpoint declares; False where it declares none."""
    needed = declared_roles(view) or frozenset()
    return "public" in needed or bool(needed & held_by(request))


def _known(roles: tuple[str, ...]) -> frozenset[str]:
    unknown = set(roles) - ROLES
    if unknown or not roles:
        raise ValueError(f"not a role: {sorted(unknown) or 'none given'}")
    return frozenset(roles)
