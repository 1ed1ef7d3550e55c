"""Who keeps the keys of seals here: files in a folder (PKCS#12), or a device behind a driver (PKCS#11)."""

from functools import lru_cache

from django.conf import settings

from banjie.store.signing import places
from banjie.store.signing.pkcs12 import Folder
from banjie.store.signing.seal_keys import SealKeys


def keys() -> SealKeys:
    """As BANJIE_SEAL_KEYS says. One object a process, so that what was opened once stays open."""
    return _keys(str(settings.SEAL_KEYS))


@lru_cache(maxsize=4)
def _keys(_said: str) -> SealKeys:
    place = places.place()
    if place.kind == places.PKCS11:
        from banjie.store.signing.pkcs11 import Device  # its driver is wanted only where a device is

        return Device(place)
    return Folder(place.folder)
