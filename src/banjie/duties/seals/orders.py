"""The keeper's own act: these papers, as they read now, are to be sealed. With it the seal service may go to work."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from banjie.duties.seals import grounds, policy, register
from banjie.duties.seals.models import Ordered, Seal
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.commands import Actor
from banjie.engine.not_possible import BadInput, NotPossible

Wanted = tuple[UUID, int, str]
"""A paper, its version, and the SHA-256 of its content in hexadecimal digits."""


def order(papers: Sequence[Wanted], by: Actor, assertion: str, at: datetime, command_id: UUID) -> None:
    """Have papers sealed, each with the seal of its agency; a fact `ordered` in the stream of each seal. Repeatable.

    `assertion`: how whoever acts has just shown who they are (`web.step_up.assertion`); it stands in the fact. The
    papers must have been typeset: what is sealed later is exactly this content. NotPossible step_up_needed,
    needs_seal_keeper, not_the_keeper, seal_not_in_use, seal_sealed_away, no_seal, no_such_paper, document_changed,
    not_by_the_keeper; BadInput.
    """
    if not papers:
        raise BadInput([("papers", "needed")])
    if not assertion:
        raise NotPossible("step_up_needed")
    on = at.astimezone(OFFICE_ZONE).date()
    by_seal: dict[UUID, list[Wanted]] = {}
    for paper, version, digest in sorted(set(papers)):
        said = grounds.told_of(paper)
        rule = policy.rule(said.kind, on)
        if rule is None or rule.act != policy.KEEPER:
            raise NotPossible("not_by_the_keeper", document=said.kind)
        if not digest or (said.digest, said.version) != (digest, version):
            raise NotPossible("document_changed")
        by_seal.setdefault(seal_of(said.agency, rule.use).stream, []).append((paper, version, digest))
    with transaction.atomic():
        for seal, wanted in sorted(by_seal.items()):

            def act(row: Seal, wanted: list[Wanted] = wanted) -> None:
                register.require_keeper(row, by)
                register.require_active(row)
                listed = [[paper.hex, version, digest] for paper, version, digest in wanted]
                register.tell(
                    row, "ordered", register.told(by.id, at, papers=listed), uuid5(command_id, row.code), assertion
                )

            register.change(seal, uuid5(command_id, _code(seal)), act)


def is_ordered(paper: UUID, version: int, digest: str) -> bool:
    """Whether the keeper has had exactly this sealed."""
    return Ordered.objects.filter(paper=paper, version=version, digest=digest).exists()


def seal_of(agency: str, use: str) -> Seal:
    """The seal an agency uses for this. NotPossible no_seal; seal_not_in_use, seal_sealed_away where none is in use."""
    found = list(Seal.objects.filter(agency=agency, use=use))
    in_use = [each for each in found if each.state == "active"]
    if in_use:
        return in_use[0]
    if not found:
        raise NotPossible("no_seal", agency=agency)
    register.require_active(max(found, key=lambda each: (each.state == "registered", each.stream)))
    raise AssertionError("a seal that is not in use is refused")


def _code(seal: UUID) -> str:
    return str(Seal.objects.values_list("code", flat=True).get(stream=seal))
