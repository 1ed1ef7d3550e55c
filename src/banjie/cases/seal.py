"""Personal data on their way in: sealed before anything is decided, stored beside the facts, never in them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from banjie.engine import commands as c
from banjie.engine.codec import canonical
from banjie.engine.events import Ref
from banjie.store.keys.blind import blind_index
from banjie.store.keys.datakey import DataKey


@dataclass(slots=True)
class Sealing:
    """Seals the personal data of one command under the case's data key and keeps the rows to write.

    `data_key` is asked for the key only where there is something to seal.
    """

    stream: UUID
    data_key: Callable[[], DataKey]
    prefix: str
    rows: list[tuple[Any, ...]] = field(default_factory=list)

    def seal(self, path: str, personal: c.Personal[Any]) -> Ref:
        """The reference of this datum; its ciphertext waits in `rows` (the columns of `personal`)."""
        ref, key = f"{self.prefix}/{path}", self.data_key()
        commitment, ciphertext = key.seal(ref, canonical(personal.value))
        blind = blind_index("identity", personal.find_by) if personal.find_by else None
        self.rows.append((self.stream, ref, key.key_id, key.alg, ciphertext, blind))
        return Ref(ref, commitment)
