"""Is there one order of these commands that explains every answer? A search, knowing nothing of how the door works.

The object is the contact of one case: a register with a version, written by plain writes, by writes that name the
version they saw (they must fail exactly where it changed), and read. Wing and Gong's search with memory: an order is
built from the left, always from operations that nobody finished before; a state (done operations, value, version) is
never tried twice.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Operation:
    """One command as its client saw it: `kind` write, swap, read or gave up, from `began` to `ended`.

    `wrote`: the value it wanted to write; `seen`: the version a swap named; `ok`: whether it was carried out (None:
    never answered, so it may or may not have happened); `value`, `version`: what a read returned, or the version a
    write got.
    """

    began: float
    ended: float
    kind: str
    wrote: str = ""
    seen: int = 0
    ok: bool | None = True
    value: str = ""
    version: int = 0


def explained(history: list[Operation], value: str, version: int) -> bool:
    """Whether some order, true to real time, gives every client the answer it got, beginning from this state."""
    history = sorted(history, key=lambda each: each.began)
    everything = (1 << len(history)) - 1
    tried: set[tuple[int, str, int]] = set()
    waiting = [(0, value, version)]
    while waiting:
        state = waiting.pop()
        if state in tried:
            continue
        tried.add(state)
        done, value, version = state
        if done == everything:
            return True
        first_end = min(each.ended for number, each in enumerate(history) if not done >> number & 1)
        for number, each in enumerate(history):
            if done >> number & 1:
                continue
            if each.began > first_end:
                break
            after = _after(each, value, version)
            if after is not None:
                waiting.append((done | 1 << number, *after))
    return False


def _after(operation: Operation, value: str, version: int) -> tuple[str, int] | None:
    """The state after this operation, or None where its answer would have been wrong here."""
    if operation.kind == "read":
        return (value, version) if (operation.value, operation.version) == (value, version) else None
    if operation.kind == "gave up":  # overtaken five times: told so, and nothing was written
        return value, version
    fits = operation.kind == "write" or operation.seen == version
    if operation.ok:
        written = fits and operation.version == version + 1
        return (operation.wrote, version + 1) if written else None
    return None if fits else (value, version)
