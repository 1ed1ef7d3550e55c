"""The guided tour: one case step by step, from looking for the item to a sealed licence, and what stands around it.

Where somebody is on the tour lies in their session; the case they filed is known by its number. A step knows whose it
is, which page it is on, whether it is done, and how the county's own office would do it (`for_me`), through the door.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from banjie.cases import queries, unmask
from banjie.cases.handle import handle, submit
from banjie.cases.queries import CaseView
from banjie.cases.scope import Scope
from banjie.demo import life, papers
from banjie.demo.filings import Filing
from banjie.demo.office.desk import Live
from banjie.demo.people import PEOPLE
from banjie.demo.roles import Text
from banjie.demo.stories import FOOD, item_codes, plain_answer
from banjie.duties.papers import batches, sealing
from banjie.duties.papers import follow as papers_made
from banjie.duties.papers import queries as papers_of
from banjie.duties.papers.models import Paper
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine import rules
from banjie.engine.codec import microseconds
from banjie.engine.decide import possible
from banjie.engine.guide import Faq
from banjie.engine.not_possible import NotPossible
from banjie.records import catalogue
from banjie.records.accounts.models import User
from banjie.records.catalogue import drafts
from banjie.records.catalogue.models import Draft, ProcedureVersion
from banjie.records.organisation.queries import actor_of
from banjie.records.parties import seeing
from banjie.store.files.receive import receive
from banjie.web import clock

KEY = "demo_tour"
"""Where it lies in the session: {"step", "since", "case", "version", "left"}."""
APPLICANT, KEEPER, SEAL_KEEPER, LICENCE_CLERK = "shanju", "zhuangyan", "zhujin", "tangli"
SIGNERS = {"reform_office": "zhuangyan", "service_centre": "miaoli", "e_government": "xiongtao"}


@dataclass(frozen=True, slots=True)
class Tour:
    """Where somebody is on it. `case`: the number of the case they filed; `version`: the item's when they began."""

    step: int
    since: datetime
    case: str = ""
    version: int = 0
    left: bool = False


Address = Callable[[Tour], str]
Check = Callable[[Tour], bool]
Help = Callable[[Tour], None]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: whose it is, its page, what to do and what to look at there.

    `is_done`: None where there is nothing to do but look. `for_me`: does it as the county's office would.
    """

    user: str
    title: Text
    what: Text
    page: Address
    is_done: Check | None = None
    for_me: Help | None = None


@cache
def code() -> str:
    """The item of the tour."""
    return item_codes()[FOOD]


# Session


def of(request: HttpRequest) -> Tour | None:
    """Where this browser is on the tour; None where it has not begun."""
    kept: dict[str, Any] | None = request.session.get(KEY) if hasattr(request, "session") else None
    if not kept or not 0 <= kept["step"] < len(STEPS):
        return None
    return Tour(kept["step"], datetime.fromisoformat(kept["since"]), kept["case"], kept["version"], kept["left"])


def keep(request: HttpRequest, tour: Tour) -> None:
    """Remember it."""
    request.session[KEY] = {
        "step": tour.step,
        "since": tour.since.isoformat(),
        "case": tour.case,
        "version": tour.version,
        "left": tour.left,
    }


def begun() -> Tour:
    """At the first step, now."""
    return Tour(0, clock.now(), version=_newest_version())


def moved(tour: Tour, by: int) -> Tour:
    """So many steps on, or back; the case that was filed meanwhile comes along."""
    return replace(tour, step=min(max(tour.step + by, 0), len(STEPS) - 1), case=_case(tour), left=False)


# The case


def _case(tour: Tour) -> str:
    """The number of the newest application for the item that was handed in since the tour began."""
    if tour.case:
        return tour.case
    actor = actor_of(User.objects.get(username=APPLICANT))
    assert actor is not None
    for row in queries.cases(Scope.of(actor), most=10):
        if row.procedure == code() and (view := _view(row.query_number)).state.received_at:
            assert view.state.received_at is not None
            if view.state.received_at >= tour.since:
                return row.query_number
    return ""


def _view(number: str) -> CaseView:
    return queries.view(queries.stream_of(number), clock.now())


def _state_is(check: Callable[[CaseView], bool]) -> Check:
    def is_done(tour: Tour) -> bool:
        number = _case(tour)
        return bool(number) and check(_view(number))

    return is_done


def _finished(slug: str) -> Callable[[CaseView], bool]:
    def check(view: CaseView) -> bool:
        step = view.state.steps.get(slug)
        return view.state.is_decided or (step is not None and step.finished_on is not None)

    return check


def _two_are_named(view: CaseView) -> bool:
    step = view.state.steps.get("site_survey")
    return view.state.is_decided or (step is not None and (len(step.people) > 1 or step.finished_on is not None))


# What the county's own people do, asked to


def _file(tour: Tour) -> None:
    """Hand in a complete application, with papers."""
    person = next(each for each in PEOPLE if each.user == APPLICANT)
    actor, now = actor_of(User.objects.get(username=APPLICANT)), clock.now()
    assert actor is not None
    procedure = catalogue.law_in_force(code(), now.date()).procedure
    answers: dict[str, Any] = {}
    for question in procedure.questions:
        if rules.applies(question.when, answers, procedure.questions):
            answers[question.id] = plain_answer(question)
    needed = [m for m in procedure.materials if m.necessary and rules.applies(m.when, answers, procedure.questions)]
    provided = []
    for each in needed:
        said = [f"申请人：{person.name}", f"《{each.name}》内容真实、完整。", "（演示材料，内容均为虚构）"]
        kept = receive(papers.pdf([(each.name, said)]), f"{each.name[:30]}.pdf", actor.id, microseconds(now))
        provided.append(e.Provided(each.id, (e.FileRef(kept.id, kept.commitment),)))
    command = c.Submit(
        command_id=uuid4(),
        at=now,
        by=actor,
        applicant=c.Personal(person.particulars, find_by=person.id_number),
        answers=c.Personal(answers),
        provided=tuple(provided),
        e_service=True,
    )
    submit(code(), command, key=f"tour-{command.command_id}")


def _office_until(check: Check, about: str = "") -> Help:
    def for_me(tour: Tour) -> None:
        """The county's office works on the case, now, until the step is done; first on what this step is about."""
        office, number = life.office(), _case(tour)
        refused: set[str] = set()
        last: NotPossible | None = None
        for _turn in range(12):
            if not number or check(tour):
                return
            view = _view(number)
            person = next(each for each in PEOPLE if each.user == APPLICANT)
            filing = Filing("tour", number, 0, view.at, FOOD, person, "online", "plain")
            happened = Counter(e.NAMES[type(line.event)] for line in view.lines)
            live = Live(filing, view.stream, view.law, None, view.state, happened, refused)
            acts = office.acts(live)
            act = next((each for each in acts if about and about in each.label), next(iter(acts), None))
            if act is None:
                break
            now = clock.now()
            (offer,) = possible(view.state, act.by, view.law, now, (act.kind,))
            try:
                arguments = None if offer.no else act.arguments(offer.allowed)
                if arguments is None:
                    raise offer.no or NotPossible("not_allowed")
                seen = view.version
                handle(view.stream, act.kind(command_id=uuid4(), at=now, by=act.by, expected_version=seen, **arguments))
            except NotPossible as no:
                # What somebody may not do now is left, and the rest goes on: the step may not need it.
                refused.add(act.label)
                last = no
        if last and not check(tour):
            raise last

    return for_me


def _is_seen(tour: Tour) -> bool:
    """Whether somebody of the staff has looked at the applicant's numbers in full, for this case."""
    user, number = User.objects.get(username=APPLICANT), _case(tour)
    return bool(number) and any(each.number == number and each.purpose for each in seeing.of(user.pseudonym))


def _see(tour: Tour) -> None:
    """The licence clerk looks up the applicant's telephone number, to ask when they will come for their licence."""
    why = "电话联系申请人，约定领取证照的时间。"
    unmask.unmask(_case(tour), _staff(LICENCE_CLERK), "contact", why, clock.now(), uuid4())


def _decision(tour: Tour) -> Paper | None:
    """The decision on the case as a paper; None before it is made out."""
    number = _case(tour)
    found = papers_of.of_case(queries.stream_of(number)) if number else []
    return next((each for each in found if each.kind == "decision_to_grant"), None)


def _is_sealed(tour: Tour) -> bool:
    paper = _decision(tour)
    return paper is not None and paper.status == "sealed"


def _seal(tour: Tour) -> None:
    """The keeper has the decision sealed, and the worker's next bite does it, here and now."""
    with transaction.atomic():
        papers_made.caught_up(queries.stream_of(_case(tour)))
    paper = _decision(tour)
    assert paper is not None, "a grant is told on paper"
    sealing.typeset(paper, clock.now())
    if paper.batch is None:
        batches.open_batch([paper.stream], _staff(SEAL_KEEPER), "demo", clock.now(), uuid4())
    for _turn in range(5):
        if _is_sealed(tour):
            return
        sealing.work(clock.now())


def _newest_version() -> int:
    newest = ProcedureVersion.objects.filter(code=code()).order_by("-version").first()
    return newest.version if newest else 0


def _is_published(tour: Tour) -> bool:
    return _newest_version() > tour.version


def _publish(tour: Tour) -> None:
    """The keeper's draft (begun now, where there is none) is signed by the three offices and published."""
    now = clock.now()
    keeper = _staff(KEEPER)
    draft = Draft.objects.filter(code=code(), published_version=0).order_by("-changed_at").first()
    if draft is None:
        newest = ProcedureVersion.objects.filter(code=code()).order_by("-version").first()
        assert newest is not None
        from_day = max(now.date(), newest.effective_from) + timedelta(days=1)
        draft = drafts.next_version(code(), keeper, now, from_day)
        procedure = drafts.procedure_of(draft)
        asked = Faq(question="外卖店也要办吗？", answer="制售热食的外卖店同样需要办理，按实际经营场所申请。")
        if asked not in procedure.guide.faq:
            guide = replace(procedure.guide, faq=(*procedure.guide.faq, asked))
            draft = drafts.change(draft.id, replace(procedure, guide=guide), draft.digest, keeper, now)
    for office, user in SIGNERS.items():
        drafts.sign(draft.id, office, draft.digest, _staff(user), now)
    drafts.publish(draft.id, draft.digest, keeper, now, uuid4())


def _staff(user: str) -> c.Actor:
    actor = actor_of(User.objects.get(username=user))
    assert actor is not None
    return actor


# Pages


def _named(name: str, *, query: str = "", of_item: bool = False, of_case: bool = False) -> Address:
    def page(tour: Tour) -> str:
        number = _case(tour) if of_case else ""
        if of_case and not number:
            return reverse("demo:home")
        args = [code()] if of_item else [number] if of_case else []
        return reverse(name, args=args) + query

    return page


def _checked(user: str, title: Text, what: Text, page: Address, check: Check, about: str = "") -> Step:
    return Step(user, title, what, page, check, _office_until(check, about))


def _form_or_receipt(tour: Tour) -> str:
    number = _case(tour)
    return reverse("portal:receipt", args=[number]) if number else reverse("portal:open_form", args=[code()])


def _about_the_paper(tour: Tour) -> str:
    paper = _decision(tour)
    return reverse("portal:verify_paper", args=[paper.stream.hex]) if paper else reverse("portal:verify")


ACCEPTED = _state_is(lambda view: view.state.accepted is not None or view.state.is_closed)
REVIEWED = _state_is(_finished("document_review"))
NAMED = _state_is(_two_are_named)
SURVEYED = _state_is(_finished("site_survey"))
DECIDED = _state_is(lambda view: view.state.is_decided or view.state.is_closed)
CLOSED = _state_is(lambda view: view.state.is_closed)

STEPS = (
    Step(
        APPLICANT,
        _("Find the item"),
        _(
            "You run a small restaurant and need a licence. Here you looked for 开饭店, in your own words. "
            "See why each answer was found, and open 食品经营许可-新办."
        ),
        _named("portal:home", query="?q=开饭店"),
    ),
    Step(
        APPLICANT,
        _("Read the guide"),
        _(
            "What to hand in and who provides it, what it costs, how often to come, how long it takes: all before you "
            "apply. Look for the day by which you would have an answer if you applied today."
        ),
        _named("portal:item", of_item=True),
    ),
    Step(
        APPLICANT,
        _("Apply"),
        _(
            "Fill in the form and hand it in; any PDF or picture will do. Or let the demo apply for you. "
            "The receipt says by when the office must answer."
        ),
        _form_or_receipt,
        lambda tour: bool(_case(tour)),
        _file,
    ),
    _checked(
        "zhouning",
        _("The window answers"),
        _(
            "You are the clerk now. Compare the papers with the list, then choose one of the five lawful outcomes: "
            "accept. What the law forbids is not offered, and says why."
        ),
        _named("hall:case", of_case=True),
        ACCEPTED,
    ),
    _checked(
        "chenyu",
        _("The papers are reviewed"),
        _(
            "Two branches run at the same time; this is the first. You are the officer: go through the standard, "
            "criterion by criterion, and finish the document review."
        ),
        _named("desk:case", of_case=True),
        REVIEWED,
        "document_review",
    ),
    _checked(
        "wugang",
        _("Two are sent out"),
        _("A survey on the spot needs two people: name both. With one alone the law says no, and so does the page."),
        _named("desk:case", of_case=True),
        NAMED,
        "site_survey",
    ),
    _checked(
        "zhaolei",
        _("The kitchen is surveyed"),
        _(
            "The second branch. Finish the site survey with what you found. With it both branches have joined, "
            "and the examination is over."
        ),
        _named("desk:case", of_case=True),
        SURVEYED,
        "site_survey",
    ),
    _checked(
        "gaoyuan",
        _("The decision"),
        _("Whoever examined may not decide: you did not, so you may. Grant the licence, and read the history above."),
        _named("desk:case", of_case=True),
        DECIDED,
    ),
    Step(
        LICENCE_CLERK,
        _("A number in full"),
        _(
            "You make the licences, and want to call the applicant. Their numbers are masked: say what you need them "
            "for, and see them in full once. The applicant will read that you did."
        ),
        _named("desk:case", of_case=True),
        _is_seen,
        _see,
    ),
    _checked(
        LICENCE_CLERK,
        _("The licence"),
        _("Make the licence, then record that it was handed over. Now nothing more is owed: the case is closed."),
        _named("desk:case", of_case=True),
        CLOSED,
    ),
    Step(
        SEAL_KEEPER,
        _("The seal"),
        _(
            "You keep the bureau's one seal. Nothing is sealed that the log has no decision for. Choose the decision "
            "of this case, say again who you are, and have it sealed; or let the demo do it."
        ),
        _named("desk:seal_waiting"),
        _is_sealed,
        _seal,
    ),
    Step(
        APPLICANT,
        _("What the applicant sees"),
        _(
            "The same case, told in sentences. Open one of the dates: every day that counted, every day that did not, "
            "why, and the article that says so. Save the sealed decision from the list of papers: the next step "
            "checks it."
        ),
        _named("portal:case", of_case=True),
    ),
    Step(
        APPLICANT,
        _("Is this paper real?"),
        _(
            "Anybody can ask, without an account. The code on the paper leads here; on the page for checking, choose "
            "the file you have just saved: one changed byte, and it says so."
        ),
        _about_the_paper,
    ),
    Step(
        APPLICANT,
        _("Who looked at your data"),
        _(
            "Each time an official saw your numbers in full it stands here: which office, when, for which case, what "
            "for, and by which article. The call about your licence is among them."
        ),
        _named("own:looks"),
    ),
    Step(
        APPLICANT,
        _("Could the office rewrite it?"),
        _(
            "Every fact of your case lies in a log whose state is signed every minute and shown to witnesses. Read the "
            "newest checkpoint; your case gives you a proof to keep, and a page that works off line checks it."
        ),
        _named("log"),
    ),
    Step(
        KEEPER,
        _("A new version"),
        _(
            "You keep the catalogue. Begin the next version of the item, look at what differs and what stands in its "
            "way. Three offices sign before it is published: the demo can do that for you. Running cases keep theirs."
        ),
        _named("desk:item", of_item=True),
        _is_published,
        _publish,
    ),
    Step(
        "dengfei",
        _("Somebody watches"),
        _(
            "You supervise food business. See what is late, who is blocked and where the cases stand: "
            "every number opens the cases behind it."
        ),
        _named("desk:overview"),
    ),
)
