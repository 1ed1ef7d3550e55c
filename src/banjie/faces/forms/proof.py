"""A proof (存证) of what somebody is told happened in a case: the facts at these positions, under one checkpoint."""

from collections.abc import Iterable
from typing import Any

from banjie.cases.queries import CaseView
from banjie.engine.not_possible import NotPossible
from banjie.store.evidence import checkpoints, proofs, witnesses


def document(view: CaseView, told: Iterable[int], title: str, opened: Iterable[dict[str, str]] = ()) -> dict[str, Any]:
    """The file as data; NotPossible("proof_not_yet") for the second before the feed has the newest fact.

    `told`: positions. `opened`: {ref, salt, value} of what its reader may have in clear.
    """
    positions = list(told)
    try:
        found = proofs.proofs_of(view.stream, positions)
    except proofs.NotYet:
        checkpoints.make()
        try:
            found = proofs.proofs_of(view.stream, positions)
        except proofs.NotYet:
            raise NotPossible("proof_not_yet") from None
    keys = [each.key for each in witnesses.configured()]
    return proofs.document(found, keys, opened, number=view.state.number, title=title)
