"""What is found in a file that may be signed."""

from dataclasses import dataclass
from datetime import datetime


class NoPdf(Exception):
    """These bytes are no PDF file that can be read."""


@dataclass(frozen=True, slots=True)
class Found:
    """A signature in a file. `is_intact`: what it signs is as it was; `covers_all`: and nothing was added since.

    `is_trusted`: its certificate goes back to the authority asked for. `code`: of the seal, "" for a stranger's.
    """

    subject: str
    code: str
    signed_at: datetime | None
    is_intact: bool
    covers_all: bool
    is_trusted: bool

    @property
    def is_sound(self) -> bool:
        """Sealed by one of these seals, and not a byte is other than it was."""
        return self.is_intact and self.covers_all and self.is_trusted
