"""The eight disclosures (八公开) and the national elements: what a guide has to say before anybody relies on it."""

from collections.abc import Iterator

from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.engine.readings import READINGS, values_of
from banjie.records.catalogue.gate.around import Around

FREE = "不收费"
VARIANTS = ("new", "change", "renew", "reissue", "cancel", "amend", "other")
STARTS = ("acceptance", "application")
CHOICES: dict[str, tuple[str, ...]] = {
    "power_source": (
        "statutory",
        "devolved",
        "authorised_above",
        "authorised_same",
        "entrusted_above",
        "entrusted_same",
    ),
    "category": ("commerce", "social", "investment"),
    "accepted_scope": ("nation", "province", "city", "county", "town", "village"),
    "result_kind": ("licence", "approval", "certificate", "record", "service", "none"),
    "variant": VARIANTS,
    "served": (
        "person",
        "enterprise",
        "institution",
        "social_organisation",
        "unincorporated",
        "organ",
        "other",
    ),
    "channels": ("window", "computer", "mobile", "express"),
    "online_depth": ("consult", "receive", "prereview", "accept", "handle", "feedback", "licence", "other"),
}
"""The values a field of the guide may have: the project's own words, mapped to each national table on export."""


def problems(procedure: Procedure, around: Around) -> Iterator[NotPossible]:
    """Every disclosure that is missing, each with its own code, then the other elements; 示例 fields last."""
    yield from _eight(procedure)
    yield from _elements(procedure)
    yield from _choices(procedure)
    yield from _results(procedure)
    yield from _samples(procedure, around)
    if procedure.guide.examples:
        yield NotPossible("example_fields", fields=list(procedure.guide.examples))


def _eight(procedure: Procedure) -> Iterator[NotPossible]:
    guide = procedure.guide
    subject = next((each for each in procedure.agencies if each.id == procedure.agency_of(procedure.decides)), None)
    if subject is None or not subject.name.strip():
        yield NotPossible("no_subject", unit=procedure.decides)
    if not any(each.of == "item" and each.title.strip() for each in guide.bases) or not procedure.basis:
        yield NotPossible("no_basis")
    if not guide.conditions.strip() or not procedure.criteria:
        yield NotPossible("no_conditions")
    if not guide.flow.strip():
        yield NotPossible("no_flow")
    if not procedure.statutory_limit.number and not procedure.instant:
        yield NotPossible("no_limit")
    if not guide.result_name.strip() or not guide.result_kind:
        yield NotPossible("no_result")
    charged = bool(guide.fees)
    if not (all(each.basis.strip() for each in guide.fees) if charged else procedure.fee.strip() == FREE):
        yield NotPossible("no_fee_basis")
    if not (all(each.standard.strip() for each in guide.fees) if charged else procedure.fee.strip()):
        yield NotPossible("no_fee_standard")


def _elements(procedure: Procedure) -> Iterator[NotPossible]:
    """What the national element set wants filled (C0109.2, 实施清单)."""
    guide = procedure.guide
    needed = {
        "guide.item_name": guide.item_name,
        "guide.variant": guide.variant,
        "guide.served": guide.served,
        "guide.channels": guide.channels,
        "guide.places": guide.places,
        "guide.enquiries": guide.enquiries,
        "guide.complaints": guide.complaints,
        "summary": procedure.summary,
    }
    for field, value in needed.items():
        if not (value.strip() if isinstance(value, str) else value):
            yield NotPossible("element_missing", field=field)
    if "computer" in guide.channels and not guide.online_depth:
        yield NotPossible("element_missing", field="guide.online_depth")
    if "computer" not in guide.channels and not guide.offline_reason.strip():
        yield NotPossible("offline_without_reason")
    if procedure.visits and not guide.visit_reason.strip():
        yield NotPossible("visits_without_reason", visits=procedure.visits)
    if procedure.licence and not guide.validity.strip():
        yield NotPossible("no_validity", licence=procedure.licence)
    for basis in guide.bases:
        if basis.of == "reform" and not basis.article.strip():
            yield NotPossible("reform_without_basis", title=basis.title)


def _choices(procedure: Procedure) -> Iterator[NotPossible]:
    if procedure.counts_from not in STARTS:
        yield NotPossible(
            "unknown_element_value", field="counts_from", value=procedure.counts_from, allowed=list(STARTS)
        )
    for reading in procedure.readings:
        if reading.value not in values_of(reading.name):
            allowed_here = list(values_of(reading.name) or READINGS)
            yield NotPossible("unknown_element_value", field="readings", value=reading.value, allowed=allowed_here)
    for field, allowed in CHOICES.items():
        value = getattr(procedure.guide, field)
        given = value if isinstance(value, tuple) else (value,) if value else ()
        for each in given:
            if each not in allowed:
                yield NotPossible("unknown_element_value", field=f"guide.{field}", value=each, allowed=list(allowed))


def _samples(procedure: Procedure, around: Around) -> Iterator[NotPossible]:
    """A sample or a blank form that a material names is there to be opened."""
    for material in procedure.materials:
        if material.sample and material.sample not in around.samples:
            yield NotPossible("unknown_sample", material=material.id, sample=material.sample)
        if material.blank and material.blank not in around.blanks:
            yield NotPossible("unknown_sample", material=material.id, sample=material.blank)


def _results(procedure: Procedure) -> Iterator[NotPossible]:
    """Variants of one item share a licence type; a licence is a result of kind licence, and its end is none."""
    guide = procedure.guide
    if procedure.licence and not procedure.ends_a_licence and guide.result_kind not in ("licence", "certificate", ""):
        yield NotPossible("result_is_no_licence", kind=guide.result_kind, licence=procedure.licence)
