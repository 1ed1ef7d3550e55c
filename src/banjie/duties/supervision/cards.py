"""Cards (预警、黄牌、红牌): from a finding to its result, in streams of their own, each under the id of its finding.

fired -> issued by a supervisor (or by rule, where the region has it so), or dismissed with a reason
      -> explained, rectified by the unit or the person -> closed with a result
      -> appealed -> decided by somebody else than the issuer: upheld, and it goes on; revoked, and it is closed.

Nothing closes without a result. Whoever acted in the case, or is meant, judges nothing. `may` says what somebody can
ask for; what a page offers comes from it, and every function here asks it again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction

from banjie.cases import queries as cases
from banjie.duties.supervision import jurisdiction, rulebook, telling
from banjie.duties.supervision.findings import Evidence, Finding
from banjie.duties.supervision.models import Card
from banjie.duties.supervision.rules import midnight
from banjie.engine import codec
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.commands import Actor
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.engine.timelimits import ONE_DAY

STREAM_KIND = "card"
BY_RULE = "rule"
"""Who issues where nobody does: the region's own choice."""
OPEN = ("issued", "explained", "rectified", "appealed")
ANSWERED = {"explained": "explanation_accepted", "rectified": "rectified"}
"""How a card can be closed by where it stands."""
RESULTS = ("dismissed", "explanation_accepted", "rectified", "revoked", "excused", "dropped")


@dataclass(frozen=True, slots=True)
class May:
    """What somebody can ask for on a card now: the name of each act, or the code of why not."""

    acts: Mapping[str, str]

    def __contains__(self, act: str) -> bool:
        return self.acts.get(act) == ""

    def __getitem__(self, act: str) -> str:
        return self.acts[act]


ACTS = ("issue", "dismiss", "explain", "rectify", "appeal", "decide_appeal", "close")


def fire(finding: Finding, by: str = BY_RULE, at: datetime | None = None, may_issue: bool = True) -> bool:
    """Record a finding; whether it is new. Part of the caller's transaction.

    `at`: the instant it came true, the beginning of its day where not said; never that of whoever looked.
    `may_issue`: False for a suspicion that a person has to look at, whatever the region issues by rule.
    """
    stream = finding.key
    if Card.objects.kept().filter(stream=stream).exists():
        return False
    agency, region = jurisdiction.place_of(finding.unit)
    body = {
        "rule": finding.rule,
        "case": finding.stream.hex if finding.stream else "",
        "number": finding.number,
        "unit": finding.unit,
        "agency": agency,
        "region": region,
        "person": finding.person,
        "on": finding.on.isoformat(),
        "colour": rulebook.rule(finding.rule).colour,
        "subject": finding.subject,
        "evidence": [each.plain() for each in finding.evidence],
    }
    when = at or midnight(finding.on)
    try:
        with transaction.atomic():
            _tell(stream, "fired", when, by, stream, body)
    except IntegrityError:
        return False  # another worker found it at the same moment
    if may_issue and region and finding.rule in jurisdiction.choice(region, finding.on).issued_by_rule:
        _issue(
            Card.objects.kept().get(stream=stream),
            rulebook.rule(finding.rule).colour,
            BY_RULE,
            when,
            uuid5(stream, "issued"),
            {},
        )
    return True


def is_known(findings: Iterable[Finding]) -> bool:
    """Whether a card of any of these stands already."""
    return Card.objects.kept().filter(stream__in=[each.key for each in findings]).exists()


def report(finding: Finding, by: Actor, text: str, command_id: UUID, at: datetime) -> Card:
    """A supervisor enters a finding that no fact of this house can show, with what proves it.

    BadInput; NotPossible not_your_region, not_for_people_to_enter.
    """
    _, region = jurisdiction.place_of(finding.unit)
    jurisdiction.require_office(by, region)
    if rulebook.rule(finding.rule).by != "person":
        raise NotPossible("not_for_people_to_enter")
    said = telling.written("text", text)
    with transaction.atomic():
        fire(finding, by.id, at)
        if not telling.knows(finding.key, command_id):
            _tell(finding.key, "proved", at, by.id, command_id, {"text": telling.sealed(finding.key, "proof", said)})
    return Card.objects.kept().get(stream=finding.key)


def issue(card: UUID, colour: str, text: str, by: Actor, command_id: UUID, at: datetime) -> Card:
    """发牌: the finding becomes a card, and the unit has to answer. BadInput; NotPossible as `may` says."""
    if colour not in rulebook.COLOURS:
        raise BadInput([("colour", "unknown_choice")])
    with transaction.atomic():
        row, is_repeat = _asked(card, "issue", by, command_id, at)
        if not is_repeat:
            said = {"text": telling.sealed(card, "issue", text.strip())} if text.strip() else {}
            _issue(row, colour, by.id, at, command_id, said)
    return Card.objects.kept().get(stream=card)


def dismiss(card: UUID, text: str, by: Actor, command_id: UUID, at: datetime) -> Card:
    """不予发牌: the finding is closed with a reason; it speaks against nobody."""
    return _with_text(card, "dismiss", "closed", text, by, command_id, at, {"result": "dismissed"})


def explain(card: UUID, text: str, by: Actor, command_id: UUID, at: datetime) -> Card:
    """说明: the unit or the person says how it came about."""
    return _with_text(card, "explain", "explained", text, by, command_id, at)


def rectify(card: UUID, text: str, by: Actor, command_id: UUID, at: datetime) -> Card:
    """整改: the unit or the person says what was put right."""
    return _with_text(card, "rectify", "rectified", text, by, command_id, at)


def appeal(card: UUID, text: str, by: Actor, command_id: UUID, at: datetime) -> Card:
    """申诉: once, within its time."""
    return _with_text(card, "appeal", "appealed", text, by, command_id, at)


def decide_appeal(card: UUID, upheld: bool, text: str, by: Actor, command_id: UUID, at: datetime) -> Card:
    """The appeal is decided by somebody else than the issuer: the card stands (upheld), or is revoked and closed."""
    return _with_text(card, "decide_appeal", "appeal_decided", text, by, command_id, at, {"upheld": upheld})


def close(card: UUID, text: str, by: Actor, command_id: UUID, at: datetime) -> Card:
    """销号: closed with the result its state gives it: rectified, or the explanation accepted."""
    row = Card.objects.kept().filter(stream=card).first()
    result = ANSWERED.get(row.status, "") if row else ""
    return _with_text(card, "close", "closed", text, by, command_id, at, {"result": result})


def excuse(card: UUID, outage: str, by: str, command_id: UUID, at: datetime) -> None:
    """Closed because it rests on days on which the system was out; part of the caller's transaction."""
    row = _locked(card)
    if row.status != "closed":
        _tell(card, "closed", at, by, command_id, {"result": "excused", "outage": outage})


def drop(card: UUID, at: datetime) -> None:
    """A finding nobody has looked at is true no more: closed as such; part of the caller's transaction."""
    _tell(card, "closed", at, BY_RULE, uuid5(card, "dropped"), {"result": "dropped"})


def made_good(card: UUID, at: datetime) -> None:
    """What a finding nobody has looked at missed was done meanwhile: closed as put right; part of the caller's
    transaction, safe to repeat."""
    if not telling.knows(card, command_id := uuid5(card, "made_good")):
        _tell(card, "closed", at, BY_RULE, command_id, {"result": "rectified"})


def overdue(card: UUID, at: datetime, command_id: UUID) -> None:
    """Nobody has answered in time; part of the caller's transaction, safe to repeat."""
    if not telling.knows(card, command_id):
        _tell(card, "overdue", at, BY_RULE, command_id, {})


def may(row: Card, by: Actor, at: datetime) -> May:
    """What this member of staff can ask for on this card now."""
    return May({act: _why_not(row, act, by, at) for act in ACTS})


def finding_of(card: UUID) -> Finding:
    """What was found, as the first fact of the card says."""
    _, body = telling.facts(card)[0]
    evidence = tuple(Evidence.of(each) for each in body["evidence"])
    case = UUID(body["case"]) if body["case"] else None
    row = Card(**_fired(body))
    return Finding(row.rule, case, row.number, row.unit, row.person, row.on, evidence, body["subject"])


# Rows from facts


def changed(row: Card | None, stream: UUID, kind: str, body: Mapping[str, Any]) -> Card:
    """The row as this fact leaves it; saves nothing."""
    on = codec.instant(body["at"]).date()
    if kind == "fired":
        return Card(stream=stream, **_fired(body))
    assert row is not None, "a card begins with its finding"
    if kind == "issued":
        row.status, row.colour, row.issued_by, row.issued_on = "issued", body["colour"], body["by"], on
        row.due_on, row.appeal_until = _day(body, "due_on"), _day(body, "appeal_until")
    elif kind == "explained":
        row.status, row.due_on = "explained", _day(body, "due_on")
    elif kind == "rectified":
        row.status, row.due_on = "rectified", None
    elif kind == "appealed":
        row.before_appeal, row.status, row.has_appealed, row.due_on = row.status, "appealed", True, None
    elif kind == "appeal_decided" and body["upheld"]:
        row.status, row.due_on = row.before_appeal, _day(body, "due_on")
    elif kind == "appeal_decided":
        row.status, row.result, row.closed_on, row.due_on = "closed", "revoked", on, None
    elif kind == "closed":
        row.status, row.result, row.closed_on, row.due_on = "closed", body["result"], on, None
    elif kind == "overdue":
        row.due_on = None
    row.next_due_at = codec.microseconds(midnight(row.due_on + ONE_DAY)) if row.due_on else None
    return row


def _fired(body: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: body[name] for name in ("rule", "number", "unit", "agency", "region", "person", "colour")}
    return told | {"case": UUID(body["case"]) if body["case"] else None, "on": _day(body, "on"), "status": "fired"}


def _day(body: Mapping[str, Any], name: str) -> date | None:
    return date.fromisoformat(body[name]) if body.get(name) else None


# Who may


JUDGING = ("issue", "dismiss", "decide_appeal", "close")
"""What the supervision office does; the rest is the unit's."""
FROM = {
    "issue": ("fired",),
    "dismiss": ("fired",),
    "explain": ("issued",),
    "rectify": ("issued", "explained"),
    "appeal": ("issued", "explained", "rectified"),
    "decide_appeal": ("appealed",),
    "close": tuple(ANSWERED),
}
"""Where a card must stand for each act."""


def _require(row: Card, act: str, by: Actor, at: datetime) -> None:
    """NotPossible where this person may not do this on this card now."""
    if act in JUDGING:
        jurisdiction.require_office(by, row.region)
        if by.id == row.person:
            raise NotPossible("card_is_about_you")
        if row.case and act != "close" and _acted(row.case, by):
            raise NotPossible("acted_in_the_case")
    elif not jurisdiction.is_answerable(by, row.unit, row.agency, row.person):
        raise NotPossible("not_your_card")
    if act == "decide_appeal" and row.status == "appealed" and by.id == row.issued_by:
        raise NotPossible("issuer_decides_no_appeal")
    if row.status not in FROM[act]:
        raise NotPossible("card_not_at_this_point")
    if act == "appeal" and row.has_appealed:
        raise NotPossible("appealed_already")
    if act == "appeal" and row.appeal_until and at.astimezone(OFFICE_ZONE).date() > row.appeal_until:
        raise NotPossible("appeal_too_late")


def _why_not(row: Card, act: str, by: Actor, at: datetime) -> str:
    """The code of why not; "" where this person may."""
    try:
        _require(row, act, by, at)
    except NotPossible as no:
        return no.code
    return ""


def _acted(case: UUID, by: Actor) -> bool:
    return by.id in cases.view(case, midnight(codec.EPOCH.date())).state.hands


def _asked(card: UUID, act: str, by: Actor, command_id: UUID, at: datetime) -> tuple[Card, bool]:
    """The card, locked, and whether this command was carried out before; NotPossible where it may not be."""
    row = _locked(card)
    if telling.knows(card, command_id):
        return row, True
    _require(row, act, by, at)
    return row, False


def _locked(card: UUID) -> Card:
    row = Card.objects.kept().select_for_update().filter(stream=card).first()
    if row is None:
        raise NotPossible("no_such_card")
    return row


def _with_text(
    card: UUID,
    act: str,
    kind: str,
    text: str,
    by: Actor,
    command_id: UUID,
    at: datetime,
    more: Mapping[str, Any] | None = None,
) -> Card:
    said = telling.written("text", text)
    with transaction.atomic():
        row, is_repeat = _asked(card, act, by, command_id, at)
        if not is_repeat:
            body = {**(more or {}), "text": telling.sealed(card, act, said)}
            if kind == "explained" or body.get("upheld"):  # it is still to be put right
                choice = jurisdiction.choice(row.region, row.on)
                start = at.astimezone(OFFICE_ZONE).date() if body.get("upheld") else row.issued_on or row.on
                body["due_on"] = jurisdiction.until(row.region, start, choice.rectify).isoformat()
            _tell(card, kind, at, by.id, command_id, body)
    return Card.objects.kept().get(stream=card)


def _issue(row: Card, colour: str, by: str, at: datetime, command_id: UUID, said: Mapping[str, Any]) -> None:
    on = at.astimezone(OFFICE_ZONE).date()
    choice = jurisdiction.choice(row.region, on)
    body = {
        "colour": colour,
        "due_on": jurisdiction.until(row.region, on, choice.explain).isoformat(),
        "appeal_until": jurisdiction.until(row.region, on, choice.appeal).isoformat(),
        **said,
    }
    _tell(row.stream, "issued", at, by, command_id, body)


def _tell(stream: UUID, kind: str, at: datetime, by: str, command_id: UUID, body: Mapping[str, Any]) -> None:
    telling.tell(stream, STREAM_KIND, kind, at, by, command_id, body)
    known = None if kind == "fired" else Card.objects.kept().get(stream=stream)
    told = {"at": codec.microseconds(at), "by": by, **body}
    changed(known, stream, kind, told).save(force_insert=known is None)
