"""What lies wrapped under the keyring, and so must be moved before an older wrapping key ends: wiring only."""

from pathlib import Path
from time import monotonic

from banjie.faces.forms.drafts import Drafts
from banjie.store.files.rewrap import UnboundFiles
from banjie.store.keys import keyring, rewrap
from banjie.store.signing import pkcs12, places, provider


def _keys_of_seals() -> dict[Path, str]:
    folder = places.place().folder
    return {folder / "sm2.key": provider.LABEL, folder / "password": pkcs12.LABEL}


PLACES: tuple[rewrap.Place, ...] = (
    rewrap.DataKeys(),
    UnboundFiles(),
    Drafts(),
    rewrap.SealedFiles("keys of seals", _keys_of_seals, places.rewrap),
)

AGAIN_SECONDS = 60.0
"""How often it is looked for what came late under an older key, once nothing more was found."""


class _Rest:
    """Until when there is nothing to look for, and under which newest key that was so."""

    def __init__(self) -> None:
        self.until, self.newest = 0.0, ""

    def forget(self) -> None:
        """Look at once."""
        self.until, self.newest = 0.0, ""


rest = _Rest()


def work() -> int:
    """One bite in the worker's turn; without a query where there is one wrapping key, or nothing was left just now."""
    ring = keyring.keyring()
    if not ring.older or (rest.newest == ring.newest and monotonic() < rest.until):
        return 0
    done = rewrap.work(PLACES)
    if not done:
        rest.until, rest.newest = monotonic() + AGAIN_SECONDS, ring.newest
    return done
