"""How a seal stands, by its own facts alone: in use or not, what seals itself, what the keeper has ordered.

Folded from the log and kept for the process, so that a seal used ten thousand times is not read ten thousand times:
facts never change, and only those that came since are read.
"""

from dataclasses import dataclass, field
from threading import Lock
from uuid import UUID

from banjie.store.log import read


@dataclass(slots=True)
class Standing:
    """`on`: the day of the newest change of state, ISO. `ordered`: papers that wait for the service to come to them."""

    position: int = 0
    state: str = ""
    on: str = ""
    authorities: set[tuple[str, str]] = field(default_factory=set)
    ordered: set[tuple[str, int, str]] = field(default_factory=set)
    sealed: set[tuple[str, int]] = field(default_factory=set)


class _Kept:
    """What this process has read."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: dict[UUID, Standing] = {}

    def of(self, stream: UUID) -> Standing:
        """The standing as the log has it now."""
        with self._lock:
            known = self._known.setdefault(stream, Standing())
            for entry in read.entries(stream, after=known.position):
                if entry.kind != "refused":
                    _evolve(known, entry.kind, entry.assertion, read.plain(entry))
                known.position = entry.position
            return known

    def forget(self) -> None:
        """Begin anew: another database."""
        with self._lock:
            self._known.clear()


_kept = _Kept()
forget = _kept.forget
of = _kept.of


def _evolve(known: Standing, kind: str, assertion: str, body: dict[str, object]) -> None:
    papers = body.get("papers", [])
    assert isinstance(papers, list)
    match kind:
        case "registered" | "activated" | "sealed_away":
            known.state, known.on = kind, str(body["on"])
        case "authority_given":
            known.authorities |= {(code, template) for code, template in papers}
        case "authority_withdrawn":
            known.authorities -= {(code, template) for code, template in papers}
        case "ordered" if assertion:
            known.ordered |= {(paper, version, digest) for paper, version, digest in papers}
        case "used":
            paper, version, digest = str(body["paper"]), int(str(body["version"])), str(body["digest"])
            known.ordered.discard((paper, version, digest))
            known.sealed.add((paper, version))
