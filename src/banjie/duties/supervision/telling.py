"""What the streams of supervision share: appending a fact, and keeping what people write out of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from banjie.engine import codec
from banjie.engine.not_possible import BadInput
from banjie.records.parties import sealing
from banjie.store.log import read
from banjie.store.log.append import append
from banjie.store.log.read import LogEntry

LONGEST = 2000


def written(field: str, text: str) -> str:
    """What was written, without blanks around it; BadInput where there is nothing, or too much."""
    plain = text.replace("\x00", "").strip()
    if not plain:
        raise BadInput([(field, "needed")])
    if len(plain) > LONGEST:
        raise BadInput([(field, "too_long")])
    return plain


def sealed(stream: UUID, what: str, text: str) -> dict[str, str]:
    """What was written, sealed under the stream's own key; how the fact refers to it."""
    return sealing.seal(sealing.key_of(stream) or sealing.new_key(stream), what, text)


def opened(stream: UUID, fact: Mapping[str, Any]) -> str:
    """What a fact's text says; "" where it has none, or its key was destroyed."""
    ref = fact.get("text")
    return str(sealing.opened(stream, ref["ref"]) or "") if ref else ""


def tell(
    stream: UUID, stream_kind: str, kind: str, at: datetime, by: str, command_id: UUID, body: Mapping[str, Any]
) -> None:
    """Append one fact at the end of its stream."""
    told = {"at": codec.microseconds(at), "by": by, **body}
    fact = (kind, codec.canonical(told))
    append(stream, stream_kind, [fact], command_id=command_id, at=told["at"], actor=by)


def knows(stream: UUID, command_id: UUID) -> bool:
    """Whether a stream has carried this command out before."""
    return any(each.command_id == command_id for each in read.entries(stream))


def facts(stream: UUID) -> list[tuple[LogEntry, dict[str, Any]]]:
    """The facts of a stream with their plain bodies, in order."""
    return [(each, read.plain(each)) for each in read.entries(stream)]
