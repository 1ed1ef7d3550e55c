"""Where it stands what became public of a decision: one name for whoever publishes it and whoever watches that."""

from uuid import UUID, uuid5

STREAM_KIND = "disclosure"


def disclosure_id(case: UUID, position: int) -> UUID:
    """The stream of the disclosure of the fact at this place in a case: the same however often it is followed."""
    return uuid5(case, f"disclosure/{position}")
