"""What somebody is told before they sign: a commitment (告知承诺书), or that materials follow (容缺受理承诺书).

Made from the procedure, line by line, so that page and paper say the same; what was signed is known by its digest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from banjie import words
from banjie.engine import commitment, gaps
from banjie.engine.events import Declaration
from banjie.engine.law import Law
from banjie.words import Names


@dataclass(frozen=True, slots=True)
class Line:
    """A heading of the text and what it says."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """The text: its name, its lines, the sentence that is signed, and which text it is."""

    title: str
    lines: tuple[Line, ...]
    sentence: str
    declaration: Declaration


def commitment_told(law: Law, language: str) -> Told | None:
    """The text of the item's commitment; None where it takes none."""
    offer, procedure = law.procedure.commitment, law.procedure
    if offer is None:
        return None
    english = language == "en"
    named = words.names_of(procedure, language)
    verified = words.label("verify_modes", offer.verify_mode, language)
    if offer.verify_mode == commitment.AFTER and offer.verify_within:
        verified = _("%(when)s, within %(limit)s") % {
            "when": verified, "limit": words.limit_in_words(offer.verify_within, language),
        }  # fmt: skip
    lines = (
        Line(_("Item"), ((english and procedure.english) or procedure.name,)),
        Line(_("Basis"), (offer.basis,)),
        Line(_("What you commit to"), ((english and offer.content_english) or offer.content,)),
        Line(_("What you need not hand in"), _called(named, "material", offer.materials)),
        Line(_("What is taken as met on your word"), _called(named, "criterion", offer.criteria)),
        Line(_("What is looked at only after the grant"), _called(named, "step", offer.steps)),
        Line(_("When it is verified"), (verified,)),
        Line(_("What the office may do to verify it"), ((english and offer.power_english) or offer.power,)),
        Line(_("If the commitment is false"), ((english and offer.liability_english) or offer.liability,)),
        Line(
            _("Whether it is published"),
            (_("Yes, it is published.") if offer.public else _("No, it is not published."),),
        ),
    )
    return Told(
        words.label("documents", "commitment_letter", language),
        tuple(each for each in lines if each.values),
        _("I have read and understood this. I commit of my own free will that what I declare is true."),
        commitment.told(law),
    )


def gaps_told(law: Law, language: str, on: date | None, materials: Sequence[str] = ()) -> Told | None:
    """The text of a promise to hand in later what may follow, of these materials or of all; None where nothing may."""
    longest = gaps.periods(law)
    if not longest:
        return None
    named = words.names_of(law.procedure, language)
    wanted = [each for each in longest if not materials or each in materials]
    within = tuple(
        _("%(material)s: within %(limit)s of the acceptance (%(form)s)")
        % {
            "material": _called(named, "material", (each,))[0],
            "limit": words.limit_in_words(longest[each], language),
            "form": words.label("element_values", f"materials.form.{gaps.gap_of(each, law, on).form}", language),
        }
        for each in wanted
    )
    auto = law.reading("gap_overdue", on) == gaps.AUTO
    lines = (
        Line(_("What follows, and until when"), within),
        Line(
            _("What happens meanwhile"),
            (_("Your application is accepted and every limit runs. There is no decision before everything is here."),),
        ),
        Line(
            _("If it does not come in time"),
            (
                _("The application is terminated by itself when the day is over, with what you can do against it.")
                if auto
                else _("The office can only refuse or terminate, in writing, with what you can do against it."),
            ),
        ),
    )
    return Told(
        words.label("documents", "gap_letter", language),
        lines,
        _("I commit to hand in what is named here in time, and know what happens otherwise."),
        gaps.told(law, on),
    )


def _called(named: Names, kind: str, ids: Sequence[str]) -> tuple[str, ...]:
    return tuple((named(kind, each) if callable(named) else "") or each for each in ids)
