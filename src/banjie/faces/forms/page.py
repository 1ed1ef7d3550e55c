"""A case as a page shows it: made once a request for one reader, in their language, from what the engine says."""

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from banjie import words
from banjie.cases import tracking
from banjie.cases.queries import CaseView, participants
from banjie.cases.reckoning import units_now
from banjie.cases.scope import Scope
from banjie.cases.unmask import looks
from banjie.duties.supervision import whose
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.applicant import NEEDED
from banjie.engine.clocks import Running, notice_clock, remedy_clocks, verification_clock
from banjie.engine.gaps import offered
from banjie.engine.guide import Benchmark
from banjie.engine.law import Clock, Criterion, Law, Material, Procedure, Question, Region
from banjie.engine.lights import turns
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import GapState, Stage, StepState, fold
from banjie.faces.forms.acts import Act, acts_of
from banjie.faces.forms.conditions import in_words
from banjie.faces.forms.told import Told as Told_
from banjie.faces.forms.told import commitment_told, gaps_told
from banjie.records.organisation import access
from banjie.records.organisation.queries import display_name, unit_names
from banjie.store.files.read import describe
from banjie.store.keys.mask import mask_id, mask_phone
from banjie.words import Audience, Explanation, Names, Refusal
from banjie.words.catalogue import phrase

MASKED = {"id_number": mask_id, "phone": mask_phone}
"""What of an applicant's particulars is shown masked."""

LIGHTS = ("grey", "blue", "green", "yellow", "orange", "red", "red_plus")
"""From the best to the worst."""

PLAIN = Region(code="", name="")
"""A region that has chosen nothing: for clocks that are shown without a light."""

CLOSES = (e.Closed, e.Discontinued, e.Withdrawn, e.Terminated, e.Voided, e.Lapsed, e.Declined, e.FoundNotNeeded)
"""Facts that end a case."""

OVERALL = (
    Clock.NOTICE,
    Clock.CORRECTION,
    Clock.GAP,
    Clock.STATEMENT,
    Clock.PROMISED,
    Clock.LEGAL,
    Clock.CERTIFICATE,
    Clock.TOTAL,
)
"""The clocks an applicant is told of first."""


@dataclass(frozen=True, slots=True)
class ClockShown:
    """A clock with its light and its ledger; `refusal` in place of the ledger where a year's calendar is missing.

    `story`: what moved it, sentence by sentence, and with whom the case is; `receipt`: where its receipt is had.
    """

    name: str
    running: Running
    light: str = ""
    explanation: Explanation | None = None
    refusal: Refusal | None = None
    story: tuple[str, ...] = ()
    receipt: str = ""

    @property
    def is_running(self) -> bool:
        """Whether it still runs."""
        return self.running.ended_on is None


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the history: when, the sentence, which papers the fact produces, and what it rests on."""

    position: int
    at: datetime
    sentence: str
    papers: tuple[str, ...]
    act: Act | None = None


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file of a material as it was handed in."""

    id: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class MaterialShown:
    """A material of the guide in this case: whether it applies, how it was handed in, what was found wrong with it."""

    material: Material
    name: str
    is_required: bool
    provided: e.Provided | None
    files: tuple[FileShown, ...]
    defects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CriterionShown:
    """A criterion as the standard has it: what proves it here, what was answered, and the discretion there is.

    `proofs`: its materials as they were handed in; `answers`: what was answered to the questions they hang on;
    `benchmarks`: the facts and what they lead to (裁量基准).
    """

    id: str
    name: str
    basis: str
    proofs: tuple[MaterialShown, ...]
    answers: tuple["Pair", ...]
    benchmarks: tuple[Benchmark, ...]


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step of this case in words."""

    slug: str
    name: str
    kind: str
    unit: str
    standing: str
    people: tuple[str, ...]
    outcome: str
    findings: tuple["FindingShown", ...]
    state: StepState
    clock: ClockShown | None
    act: Act | None = None


@dataclass(frozen=True, slots=True)
class FindingShown:
    """What a step found of a criterion."""

    name: str
    met: bool
    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A name and a value, as a list of facts shows them."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class GapShown:
    """A material that may follow: its name, its clock, whether it can still be handed in, and where it stands."""

    name: str
    clock: ClockShown
    is_open: bool
    standing: str


@dataclass(frozen=True, slots=True)
class NotNow:
    """What one reader cannot ask for now, and why: several commands may share a reason."""

    names: tuple[str, ...]
    refusal: Refusal


def shown_clock(
    running: Running,
    language: str,
    on: date | None = None,
    names: Names | None = None,
    name: str = "",
    region: Region = PLAIN,
) -> ClockShown:
    """The clock in words with its light on a day."""
    called = name or words.label("clocks", running.clock, language)
    try:
        explanation = words.explain(running, language, on, names)
        return ClockShown(called, running, light_of(running, on, region) if on else "", explanation)
    except NotPossible as no:
        return ClockShown(called, running, refusal=words.refusal(no, language))


def light_of(running: Running, on: date, region: Region) -> str:
    """The light of a clock on a day, as a code of the catalogue's `lights`."""
    if running.ended_on:
        return "grey"
    if running.is_paused(on):
        return "blue"
    light = turns(running, region).light(on)
    return "red_plus" if light == "red" and running.clock is Clock.LEGAL else light


class CasePage:
    """A case for one reader. Asks for names, sealed texts and files once, when a template first needs them."""

    def __init__(
        self, view: CaseView, actor: c.Actor | None, language: str, audience: Audience, face: str = "portal"
    ) -> None:
        self.view = view
        self.face = face
        self.actor = actor
        self.language = language
        self.audience = audience
        self.state = view.state
        self.law: Law = view.law
        self.procedure: Procedure = view.law.procedure
        self.in_clear: Mapping[str, str] = {}

    def label(self, section: str, code: str) -> str:
        """The short name of a code."""
        return words.label(section, code, self.language)

    @cached_property
    def names(self) -> Names:
        """What the guide, the organisation and the sealed texts call things."""
        texts = self._texts

        def others(kind: str, id: str) -> str:
            if kind == "person":
                return display_name(id, self.language) or ""
            return texts.get(id, "") if kind == "text" else ""

        return words.names_of(self.procedure, self.language, others)

    @cached_property
    def _texts(self) -> Mapping[str, str]:
        refs = [ref for line in self.view.lines for ref in _texts_of(line.event)]
        gone = words.label("misc", "erased", self.language)
        return {ref: gone if value is None else str(value) for ref, value in self.view.opened(*refs).items()}

    def name(self, kind: str, id: str) -> str:
        """What something is called, by kind and id; the id where nobody knows."""
        known = self.names(kind, id) if callable(self.names) else ""
        return known or id

    def person(self, pseudonym: str) -> str:
        """The name of a member of staff; "" for anybody else."""
        return display_name(pseudonym, self.language) or ""

    @property
    def title(self) -> str:
        """What is applied for."""
        return self.name("procedure", self.procedure.code)

    @property
    def stage(self) -> str:
        """Where the case stands, in words; its result once it is closed."""
        if self.state.is_closed and self.state.result:
            return self.label("results", self.state.result)
        return self.label("stages", "opened" if self.is_just_opened else self.state.stage.value)

    @property
    def is_just_opened(self) -> bool:
        """Whether the agency opened it itself, and nothing was begun yet: it was not accepted, for nobody applied."""
        return self.state.opening is not None and self.state.stage is Stage.ACCEPTED

    @property
    def version(self) -> int:
        """What was seen, timer facts that are due included: commands that rest on it name it."""
        return self.state.version

    @property
    def receives(self) -> str:
        """The unit that received it."""
        return self.name("unit", self.procedure.receives)

    @property
    def contact(self) -> str:
        """The one person to ask."""
        return self.person(self.state.contact)

    # Time

    @cached_property
    def clocks(self) -> list[ClockShown]:
        """Every clock of the case, those that run first."""
        shown = [
            self._with_story(
                shown_clock(each, self.language, self.view.on, self.names, self.clock_name(each), self.law.region)
            )
            for each in self.view.clocks
        ]
        return sorted(shown, key=lambda each: not each.is_running)

    @cached_property
    def clocks_and_remedies(self) -> list[ClockShown]:
        """The same with the times to challenge a refusal: what the receipt of the dates holds."""
        others = remedy_clocks(self.state, self.law)
        return [*self.clocks, *(self._with_story(shown_clock(each, self.language, self.view.on)) for each in others)]

    def _with_story(self, clock: ClockShown) -> ClockShown:
        running = clock.running
        began = next((each.name for each in self.acts.values() if running in each.started), "")
        told = words.story(running, self.state, self.law, self.view.on, self.language, self.names, began)
        now = (self.now_with,) if clock.is_running and self.now_with else ()
        return dataclasses.replace(clock, story=(*told, *now), receipt=self.receipt_address)

    @cached_property
    def now_with(self) -> str:
        """With whom the case is, in a sentence; "" once it is closed."""
        if self.state.is_closed:
            return ""
        who = [f"{self.name('unit', unit)} · {self.label('posts', post)}" for unit, post in units_now(self.view)]
        if not who:
            return words.label("phrases", "story_waits", self.language)
        joined = words.label("phrases", "between_names", self.language).join(who)
        contact = self.contact if self.receipt_address else ""
        return phrase("story_with", self.language, {"who": joined, "contact": contact})

    @cached_property
    def joint_address(self) -> str:
        """The page of the joint handling it is a part of; "" for a case of its own, and for who may not see it."""
        if self.state.joint is None or self.state.part_of is None or self.actor is None:
            return ""
        return reverse("portal:joint" if self.face == "portal" else "desk:joint", args=[self.state.part_of.stream])

    @property
    def receipt_address(self) -> str:
        """Where the receipt of the dates is had; "" for somebody who may only see stages and dates."""
        return reverse(f"{self.face}:dates", args=[self.state.query_number]) if self.actor else ""

    @cached_property
    def acts(self) -> Mapping[int, Act]:
        """What each fact rests on, by its position."""
        return acts_of(self)

    @cached_property
    def positions(self) -> Mapping[datetime, int]:
        """Where in the history an instant stands, of the facts the reader is told of."""
        return {each.at: each.position for each in self.history}

    @cached_property
    def days(self) -> Mapping[str, Act | None]:
        """The acts of the days everybody may know: received, accepted, decided, served, closed."""
        return {
            "received": self.act_of(e.Submitted, e.OpenedExOfficio),
            "told": self.act_of(e.IntentTold),
            "accepted": self.act_of(e.Accepted),
            "decided": self.act_of(e.Granted, e.Refused, e.EndDecided),
            "served": self.act_of(e.Served),
            "closed": self.act_of(*CLOSES) if self.state.is_closed else None,
        }

    def act_of(self, *kinds: type[e.Fact]) -> Act | None:
        """The newest fact of these kinds that was not taken back."""
        void = {each.event.position for each in self.view.lines if isinstance(each.event, e.TakenBack)}
        found = [each.position for each in self.view.lines if isinstance(each.event, kinds)]
        return next((self.acts[each] for each in reversed(found) if each not in void), None)

    @property
    def running_clocks(self) -> list[ClockShown]:
        """The clocks that run now."""
        return [each for each in self.clocks if each.is_running]

    @property
    def ended_clocks(self) -> list[ClockShown]:
        """The clocks that were stopped for good."""
        return [each for each in self.clocks if not each.is_running]

    @property
    def due_dates(self) -> list[ClockShown]:
        """The running clocks an applicant is told of."""
        told = [each for each in self.running_clocks if each.running.clock in OVERALL]
        return sorted(told, key=lambda each: OVERALL.index(each.running.clock))

    @cached_property
    def whose_turn(self) -> tuple[whose.Total, ...]:
        """How long the case was with the departments, with the applicant and with others, up to today."""
        return whose.totals(whose.stretches([line.event for line in self.view.lines], self.law, self.view.on))

    @property
    def light(self) -> str:
        """The worst light of the clocks an applicant is told of; grey once none of them runs."""
        lights = [each.light for each in self.due_dates if each.light]
        return max(lights, key=LIGHTS.index, default="grey")

    def clock_name(self, running: Running) -> str:
        """What a clock is called: its kind, and the step or the late material it is of."""
        name = self.label("clocks", running.clock)
        kind = "material" if running.clock is Clock.GAP else "step"
        return f"{name} · {self.name(kind, running.step)}" if running.step else name

    # On the applicant's word

    @cached_property
    def gaps(self) -> list[GapShown]:
        """What was to follow the acceptance (容缺), each with its day and where it stands."""
        clocks = {each.running.step: each for each in self.clocks if each.running.clock is Clock.GAP}
        return [
            GapShown(self.name("material", material), clocks[material], gap.is_open, self._standing_of(gap))
            for material, gap in self.state.gaps.items()
        ]

    def _standing_of(self, gap: GapState) -> str:
        if gap.filled_on:
            return _("Handed in on %(day)s") % {"day": words.day_in_words(gap.filled_on, self.language)}
        return _("Not handed in in time") if gap.passed_on else _("Still to be handed in")

    @property
    def commitment_told(self) -> Told_ | None:
        """What the item tells before somebody signs its commitment; None where it takes none."""
        return commitment_told(self.law, self.language)

    @property
    def gaps_told(self) -> Told_ | None:
        """What is told before somebody promises what may follow here; None where nothing may."""
        return gaps_told(self.law, self.language, self.state.received_on, offered(self.state, self.law))

    @property
    def commitment_signed(self) -> str:
        """That the commitment was signed, in a sentence; "" where it was not."""
        return next((each.sentence for each in self.history if self._is_signature(each.position)), "")

    def _is_signature(self, position: int) -> bool:
        return any(each.position == position and isinstance(each.event, e.CommitmentSigned) for each in self.view.lines)

    @cached_property
    def verification(self) -> ClockShown | None:
        """How long the supervising unit has to verify the commitment; None where nothing is to be verified."""
        running = verification_clock(self.state, self.law)
        return shown_clock(running, self.language, self.view.on, region=self.law.region) if running else None

    @property
    def verified(self) -> str:
        """Where the verification stands, in words."""
        known = self.state.verification
        if known is None:
            return ""
        if known.restored_on:
            return _("Credit restored on %(day)s") % {"day": words.day_in_words(known.restored_on, self.language)}
        if known.outcome:
            return self.label("outcomes", known.outcome)
        return _("To be verified again") if known.ordered else _("To be verified")

    # What happened

    @cached_property
    def history(self) -> list[Told]:
        """The facts in sentences for this reader, oldest first."""
        return list(self._told(after=0))

    def since(self, version: int) -> list[Told]:
        """The facts after the version somebody saw."""
        return list(self._told(after=version))

    @property
    def latest(self) -> list[Told]:
        """The same, newest first."""
        return self.history[::-1]

    @property
    def notes(self) -> list[Told]:
        """The notes of the staff, newest first."""
        noted = {each.position for each in self.view.lines if isinstance(each.event, e.Noted)}
        return [dataclasses.replace(each, act=None) for each in self.latest if each.position in noted]

    def _told(self, after: int) -> Iterator[Told]:
        state = None
        for line in self.view.lines:
            state = fold([line.event]) if state is None else fold([line.event], state)
            if line.position <= after:
                continue
            reader = (self.actor.id, self.actor.on_behalf_of) if self.actor else ()
            text = words.sentence(line.event, self.language, self.audience, self.names, self.law, state, reader)
            if text is not None:
                papers = tuple(self.label("documents", each) for each in words.documents_of(line.event))
                yield Told(line.position, line.event.at, text, papers, self.acts.get(line.position))

    # What was handed in

    @cached_property
    def _handed_in(self) -> tuple[Mapping[str, str] | None, Mapping[str, Any] | None]:
        applicant, answers = self.state.applicant, self.state.answers
        opened = self.view.opened(applicant, answers)
        return opened.get(applicant.ref) if applicant else {}, opened.get(answers.ref) if answers else {}

    @property
    def is_erased(self) -> bool:
        """Whether the personal data of the case are gone."""
        return self.state.erased or self._handed_in[0] is None

    @property
    def given_answers(self) -> Mapping[str, Any]:
        """The answers as they were given."""
        return self._handed_in[1] or {}

    @cached_property
    def applicant(self) -> list[Pair]:
        """The particulars of the applicant, numbers masked unless somebody who may has asked for them."""
        given = self.in_clear or self._handed_in[0] or {}
        pairs = []
        for field in sorted(given, key=_place):
            value = given[field]
            if not value:
                continue
            if field in MASKED and not self.in_clear:
                value = MASKED[field](value)
            elif field == "kind":
                value = self.label("applicant_kinds", value)
            elif field == "id_type":
                value = self.label("id_types", value)
            pairs.append(Pair(self.label("fields", field), value))
        return pairs

    @cached_property
    def declaration(self) -> str:
        """What the applicant declared when it was handed in; "" for nothing, or where the text is not that one."""
        given = next((each.event for each in self.view.lines if isinstance(each.event, e.Submitted)), None)
        told = given.declaration if given else None
        return (
            words.declared_text(told.version, self.language) if told and told == words.declaration(told.version) else ""
        )

    @cached_property
    def answers(self) -> list[Pair]:
        """The questions that were answered, with the answers in words."""
        given = self.given_answers
        return [
            Pair(self.name("question", each.id), self._answer(each, given[each.id]))
            for each in self.procedure.questions
            if given.get(each.id) not in (None, "")
        ]

    def _answer(self, question: Question, value: Any) -> str:
        if isinstance(value, bool):
            return self.label("misc", "yes" if value else "no")
        for choice in question.choices:
            if choice.value == value:
                return (self.language == "en" and choice.english) or choice.label
        return str(value)

    @cached_property
    def materials(self) -> list[MaterialShown]:
        """The materials of the guide that apply to this case or were handed in."""
        notice = self.state.corrections[-1] if self.state.corrections else None
        shown = []
        for material in self.procedure.materials:
            provided = self.state.provided.get(material.id)
            is_required = material.id in self.state.required
            if not is_required and provided is None:
                continue
            named = (
                [p for p in notice.points if p.kind is e.PointKind.MATERIAL and p.id == material.id] if notice else []
            )
            shown.append(
                MaterialShown(
                    material,
                    self.name("material", material.id),
                    is_required,
                    provided,
                    self.files(provided),
                    tuple(self.label("defects", each.defect) for each in named),
                )
            )
        return shown

    def files(self, provided: e.Provided | None) -> tuple[FileShown, ...]:
        """The files of a material, by name."""
        if provided is None:
            return ()
        known = describe([each.id for each in provided.files])
        gone = words.label("misc", "erased", self.language)
        shown = []
        for each in provided.files:
            file = known.get(each.id)
            shown.append(FileShown(each.id, file.name if file else gone, file.size if file else 0))
        return tuple(shown)

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """What must be true to grant."""
        return self.procedure.criteria

    @cached_property
    def standard(self) -> list[CriterionShown]:
        """The approval standard beside what was handed in, criterion by criterion."""
        handed_in = {each.material.id: each for each in self.materials}
        guide = self.procedure.guide
        return [
            CriterionShown(
                each.id,
                self.name("criterion", each.id),
                each.basis,
                tuple(handed_in[id] for id in each.materials if id in handed_in),
                tuple(self._answers_of(each)),
                tuple(benchmark for benchmark in guide.benchmarks if benchmark.criterion == each.id),
            )
            for each in self.criteria
        ]

    def _answers_of(self, criterion: Criterion) -> Iterator[Pair]:
        whens = [material.when for id in criterion.materials if (material := self.procedure.material(id))]
        for question in self.procedure.questions:
            given = self.given_answers.get(question.id)
            if given not in (None, "") and any(re.search(rf"\b{re.escape(question.id)}\b", when) for when in whens):
                yield Pair(self.name("question", question.id), self._answer(question, given))

    @cached_property
    def taking_part(self) -> list[Pair]:
        """Who is in the case, by what they do in it: units and staff by name, of others only how many they are."""
        between = words.label("phrases", "between_names", self.language)
        found = []
        for capacity, who in participants(self.view.stream, self._scope).items():
            is_private = capacity in ("applicant", "agent", "third_party")
            told = str(len(who)) if is_private else between.join(map(self._who, who))
            found.append(Pair(self.label("capacities", capacity), told))
        return found

    def _who(self, id: str) -> str:
        post = self.label("posts", id)
        return self._units.get(id) or self.person(id) or (post if post != id else self.name("agency", id))

    @cached_property
    def _units(self) -> Mapping[str, str]:
        return unit_names(self.language)

    @property
    def _scope(self) -> Scope:
        assert self.actor is not None, "only somebody who takes part is shown who else does"
        return Scope.of(self.actor)

    @cached_property
    def looks(self) -> list[Told]:
        """Who saw the particulars in clear, and why, newest first."""
        gone = words.label("misc", "erased", self.language)
        found = []
        for each in looks(self.view.stream):
            purpose = access.purpose_named(each.purpose)
            what_for = f" · {purpose.said(self.language)} ({purpose.basis})" if purpose else ""
            reason = gone if each.reason is None else each.reason
            found.append(Told(0, each.at, f"{self.person(each.by) or each.by}{what_for}: {reason}", ()))
        return found

    @cached_property
    def purposes(self) -> list[tuple[str, str]]:
        """What whoever asks may look at the particulars for, with the article of each."""
        if self.actor is None or self.actor.kind is not e.ActorKind.STAFF:
            return []
        known = access.purposes(self.law.procedure.region, self.view.on)
        return [(each.id, f"{each.said(self.language)} ({each.basis})") for each in known]

    # Steps

    @cached_property
    def steps(self) -> list[StepShown]:
        """The steps of this case in the order of the guide."""
        clocks = {each.running.step: each for each in self.clocks if each.running.clock is Clock.STEP}
        shown = []
        for slug, step in self.state.steps.items():
            rule = self.procedure.step(slug)
            if rule is None:
                continue
            shown.append(
                StepShown(
                    slug=slug,
                    name=self.name("step", slug),
                    kind=self.label("step_kinds", rule.kind),
                    unit=self.name("unit", rule.unit),
                    standing=self._standing(step),
                    people=tuple(self.person(each.id) or each.id for each in step.people),
                    outcome=self.label("outcomes", step.outcome) if step.outcome else "",
                    findings=tuple(self._finding(each) for each in step.findings),
                    state=step,
                    clock=clocks.get(slug),
                    act=self._finished(slug) if step.finished_on else None,
                )
            )
        return shown

    def _finished(self, slug: str) -> Act | None:
        """The newest fact that finished a step."""
        ends = (e.StepFinished, e.StepSilent)
        found = [each.position for each in self.view.lines if isinstance(each.event, ends) and each.event.step == slug]
        return self.acts[found[-1]] if found else None

    def _finding(self, finding: e.Finding) -> FindingShown:
        text = self._texts.get(finding.text.ref, "") if finding.text else ""
        return FindingShown(self.name("criterion", finding.criterion), finding.met, text)

    def _standing(self, step: StepState) -> str:
        if step.finished_on:
            return _("Finished on %(day)s") % {"day": words.day_in_words(step.finished_on, self.language)}
        if step.opened_on is None:
            after = words.label("phrases", "between_names", self.language).join(
                self.name("step", each) for each in step.plan.after
            )
            return _("Waits for %(steps)s") % {"steps": after}
        if step.attempt > 1:
            return _("In progress, attempt %(number)d") % {"number": step.attempt}
        return _("In progress")

    # What can be asked for

    @cached_property
    def offers(self) -> Mapping[str, c.Offer]:
        """What the reader could ask for now, by kind; nothing for somebody who is not signed in."""
        return self.view.offers(self.actor) if self.actor else {}

    def not_now(self, kinds: Iterable[str]) -> list[NotNow]:
        """Which of these the reader cannot ask for now, and why; reasons that read the same stand together."""
        grouped: dict[Refusal, list[str]] = {}
        for kind in kinds:
            no = self.offers[kind].no if kind in self.offers else None
            if isinstance(no, NotPossible):
                refusal = words.refusal(no, self.language, self.names)
                grouped.setdefault(refusal, []).append(self.label("commands", kind))
        return [NotNow(tuple(names), refusal) for refusal, names in grouped.items()]

    def refusal(self, no: NotPossible) -> Refusal:
        """A "no" in words, with the names of this case."""
        return words.refusal(no, self.language, self.names)

    def condition(self, when: str) -> str:
        """When a question or material applies, in words; "" for always."""
        return in_words(when, self.procedure, self.language)


def _place(field: str) -> tuple[int, str]:
    """Where a particular stands in the list: as on the form, and what the form does not have after it."""
    return (NEEDED.index(field) if field in NEEDED else len(NEEDED), field)


def _texts_of(value: Any) -> Iterator[e.Ref]:
    """Every sealed text a fact refers to; not the application itself, which stands apart."""
    if isinstance(value, e.Ref):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _texts_of(each)
    elif isinstance(value, e.Submitted | e.Corrected | e.ThirdPartiesNamed):
        return
    elif isinstance(value, e.OpenedExOfficio):
        yield value.facts
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from _texts_of(getattr(value, field.name))


@dataclass(frozen=True, slots=True)
class Receipt:
    """收件凭证: what was handed in when, until when there is an answer, the code to read the case with."""

    received_at: datetime
    answer: ClockShown | None
    provided: tuple[MaterialShown, ...]
    sentence: str
    code: str


def receipt_of(page: CasePage) -> Receipt:
    """The receipt of a case, as of its submission."""
    first = page.view.lines[0]
    submitted = fold([first.event])
    notice = notice_clock(submitted, page.law)
    if not isinstance(first.event, e.Submitted):  # nobody handed anything in
        raise NotPossible("unknown_case")
    handed_in = {each.material: each for each in first.event.provided}
    provided = [
        MaterialShown(
            material, page.name("material", material.id), True, handed_in[material.id],
            page.files(handed_in[material.id]), (),
        )
        for material in page.procedure.materials
        if material.id in handed_in
    ]  # fmt: skip
    told = words.sentence(first.event, page.language, "applicant", page.names, page.law, submitted)
    answer = shown_clock(notice, page.language) if notice else None
    return Receipt(first.event.at, answer, tuple(provided), told or "", tracking.code_of(page.view.stream))
