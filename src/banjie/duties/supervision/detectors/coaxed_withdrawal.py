"""Coaxed withdrawals (劝退重报): withdrawn when the limit was near, after somebody of the office had been in touch, and
filed again soon by the same party: the clock starts anew, and no figure shows a late case.

Parties are known by their pseudonymous reference only. Whoever changes their mind and files a better application
another day is not meant.
"""

from collections.abc import Iterable, Iterator

from banjie.duties.supervision.detectors.background import Background, carrier, day, item
from banjie.duties.supervision.detectors.signs import Bounds, Suspicion, Weighing
from banjie.duties.supervision.detectors.trace import Trace, WithdrawalMark, working_days


def candidates(traces: Iterable[Trace], background: Background, bounds: Bounds) -> Iterator[Suspicion]:
    """Withdrawn cases whose party filed the same item again."""
    wanted = {each.stream for each in traces if each.party}
    for cases in background.refiled.values():
        for number, old in enumerate(cases[:-1]):
            mark = old.withdrawal
            new = cases[number + 1]
            if mark is None or not wanted & {old.stream, new.stream} or new.filed_at < mark.at:
                continue
            gap = working_days(day(mark.at), day(new.filed_at), background.calendar)
            if gap > bounds.numbers.get("refiled_within", 20):
                continue
            weighing = _weighed(old, mark, new, gap, background, bounds)
            if weighing.is_faint:
                continue
            contact = ((old.stream, mark.contact),) if mark.contact else ()
            yield Suspicion(
                detector="coaxed_withdrawal",
                subject=old.stream.hex,
                stream=old.stream,
                number=old.number,
                unit=next((each.unit for each in old.acts if each.by == mark.contact_by), old.unit),
                person=mark.contact_by,
                on=day(new.filed_at),
                score=weighing.score,
                signs=tuple(weighing.signs),
                places=(*contact, (old.stream, mark.position), (new.stream, 1)),
            )


def _weighed(
    old: Trace, mark: WithdrawalMark, new: Trace, gap: int, background: Background, bounds: Bounds
) -> Weighing:
    weighing, here = Weighing(bounds), (mark.position,)
    left = 100 * mark.left / mark.limit if mark.limit else 100
    weighing.add("left", left, 60, here)
    weighing.add("gap", gap, 15, (1,), new.stream)
    if mark.contact:
        weighing.add("contact", mark.contact_hours, 100, (mark.contact,))
    else:
        weighing.add("no_contact", 1, 0, here)
    weighing.add("same_papers", int(old.materials == new.materials and item(old) == item(new)), 0, (1,), new.stream)
    weighing.habit(background.withdrawing.of(carrier(old)))
    return weighing
