"""One sentence for each fact: in the history an officer reads, and in the applicant's inbox where it concerns them."""

from collections.abc import Iterable

from banjie.engine import events as e
from banjie.engine.law import Law
from banjie.engine.state import State
from banjie.words.catalogue import DEFAULT, catalogue, fill
from banjie.words.facts import Audience, facts_of
from banjie.words.names import Names, names_of


def tells(kind: str, audience: Audience) -> bool:
    """Whether this audience is told of facts of this kind at all."""
    return bool(catalogue(DEFAULT)["events"].get(kind, {}).get(audience))


def tells_applicant(kind: str) -> bool:
    """Whether the applicant is told of facts of this kind."""
    return tells(kind, "applicant")


def sentence(
    event: e.Event,
    language: str = DEFAULT,
    audience: Audience = "staff",
    names: Names | None = None,
    law: Law | None = None,
    state: State | None = None,
    reader: Iterable[str] = (),
) -> str | None:
    """What happened, in one or a few sentences; None where the fact does not concern this audience.

    `reader`: the pseudonyms of whoever reads, where it is not the staff: what one person complained of, no other reads.

    `names` answers for what only others can name (people, sealed texts). With `law` the procedure's own names and the
    dates that follow from the event are known too; with the `state` after the event also the case's due dates as they
    then stood. Without them the sentence says less and is still whole.
    """
    words = catalogue(language)["events"].get(e.NAMES[type(event)])
    template = e.NAMES[type(event)] if words is None else words.get(audience)
    if template is None or (audience != "staff" and not e.concerns(event, frozenset(reader))):
        return None
    if law:
        names = names_of(law.procedure, language, names)
    text = fill(template, facts_of(event, language, names, law, state))
    return text[:1].upper() + text[1:]
