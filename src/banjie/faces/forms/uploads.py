"""Files of a form: stored the moment they arrive, so that a form that comes back with errors keeps every one of them.

A received file travels with the form as a signed token (its id, name, size and digest), so nobody can hand in a file
that is not theirs, and the page can say "already received" without opening anything.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from banjie import words
from banjie.engine import events as e
from banjie.engine.codec import microseconds
from banjie.engine.law import Material, Procedure
from banjie.engine.not_possible import NotPossible
from banjie.engine.receipt import LIBRARY
from banjie.faces.forms.conditions import in_words
from banjie.faces.forms.library import Held
from banjie.store.files.read import FileDamaged, open_file
from banjie.store.files.receive import receive
from banjie.store.files.refused import Refused
from banjie.web import clock, damaged

SALT = "banjie.faces.forms.uploads"
TOLD = ("id", "commitment", "name", "size", "digest")
WINDOW_FORMS = ("original_seen", "original_kept", "copy", "electronic")


@dataclass(frozen=True, slots=True)
class Received:
    """A file that lies in the store already."""

    id: str
    commitment: str
    name: str
    size: int
    digest: str
    token: str = ""


@dataclass(slots=True)
class Row:
    """A material of the form: what it is, what came of it so far, what is wrong. `key`: how its fields are called.

    `library`: the licence that stands for it, so that nothing of it is asked for.
    """

    material: Material
    key: str
    name: str
    condition: str
    explained: str
    received: list[Received] = field(default_factory=list)
    form: str = "electronic"
    is_ticked: bool = False
    faults: list[str] = field(default_factory=list)
    library: Held | None = None

    @property
    def is_from_library(self) -> bool:
        """Whether the library's licence stands for it: nothing else was handed in."""
        return self.library is not None and not self.received and not self.is_ticked


class Materials:
    """The materials of a form: made from the guide, filled from what was posted."""

    def __init__(
        self,
        procedure: Procedure,
        language: str,
        *,
        owner: str,
        is_window: bool,
        data: QueryDict | None,
        files: MultiValueDict[str, Any] | None,
        explained: Mapping[str, str],
        called: Callable[[str], str] = str,
    ) -> None:
        self.language = language
        self.is_window = is_window
        self.rows = [
            Row(
                each,
                called(each.id),
                (language == "en" and each.english) or each.name,
                in_words(each.when, procedure, language),
                explained.get(each.id, ""),
            )
            for each in procedure.materials
        ]
        self._owner = owner
        if data is not None:
            for row in self.rows:
                self._read(row, data, files or MultiValueDict())

    def row(self, material: str) -> Row:
        """The row of a material of the guide."""
        return next(each for each in self.rows if each.material.id == material)

    @property
    def form_choices(self) -> list[tuple[str, str]]:
        """How a paper can be handed in at the window."""
        return [(code, words.label("forms", code, self.language)) for code in WINDOW_FORMS]

    @property
    def has_faults(self) -> bool:
        """Whether some file could not be received."""
        return any(row.faults for row in self.rows)

    @property
    def _handed_in(self) -> list[Row]:
        return [row for row in self.rows if row.received or row.is_ticked or row.is_from_library]

    @property
    def provided(self) -> tuple[e.Provided, ...]:
        """The materials as a command takes them: those with files, and those that were ticked at the window."""
        return tuple(
            e.Provided(row.material.id, (), LIBRARY, row.library.number)
            if row.is_from_library and row.library
            else e.Provided(
                row.material.id, tuple(e.FileRef(each.id, each.commitment) for each in row.received), row.form
            )
            for row in self._handed_in
        )

    def take_from_library(self, held: Mapping[str, Held]) -> None:
        """What the library has, by material, need not be handed in."""
        for row in self.rows:
            row.library = held.get(row.material.id)

    @property
    def from_library(self) -> list[Row]:
        """The materials for which the library's licence stands."""
        return [row for row in self.rows if row.is_from_library]

    def digests(self, material: str) -> list[str]:
        """The digests of a material's files, in order."""
        return [each.digest for each in self.row(material).received]

    def take_problems(self, problems: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Put the problems of materials beside them; the others are returned."""
        others, handed_in = [], self._handed_in
        for path, code in problems:
            first, _dot, rest = path.partition(".")
            number = rest.partition(".")[0]
            if first == "provided" and number.isdigit() and int(number) < len(handed_in):
                handed_in[int(number)].faults.append(words.problem(code, self.language))
            else:
                others.append((path, code))
        return others

    def _read(self, row: Row, data: QueryDict, files: MultiValueDict[str, Any]) -> None:
        name = row.key
        dropped = set(data.getlist(f"drop.{name}"))
        for token in data.getlist(f"kept.{name}"):
            known = _opened(token, self._owner)
            if known and known.id not in dropped:
                row.received.append(known)
        if self.is_window:
            given = data.get(f"form.{name}", "")
            row.is_ticked = bool(given)
            row.form = given or "electronic"
        for file in files.getlist(f"file.{name}"):
            try:
                row.received.append(self._receive(file))
            except Refused as refused:
                told = words.refusal(of_files(refused), self.language)
                row.faults.append(f"{file.name}: {told.what} {told.next}")

    def _receive(self, file: "UploadedFile[Any]") -> Received:
        file.seek(0)
        return _stored(file.read(), file.name or "", self._owner)


def copied(file: Received, owner: str) -> Received:
    """The same content under an id of its own: a file belongs to one case. Refused where it is gone."""
    try:
        opened = open_file(file.id)
    except FileDamaged as lost:
        damaged.told(lost)
        raise Refused("unknown_file") from None
    if opened is None:
        raise Refused("unknown_file")
    return _stored(opened.content, opened.name, owner)


def _stored(content: bytes, name: str, owner: str) -> Received:
    stored = receive(content, name, owner, microseconds(clock.now()))
    received = Received(stored.id, stored.commitment, name, len(content), hashlib.sha256(content).hexdigest())
    told = {each: getattr(received, each) for each in TOLD} | {"owner": owner}
    return replace(received, token=signing.dumps(told, salt=SALT, compress=True))


def _opened(token: str, owner: str) -> Received | None:
    """The file a token stands for; None for a token that is not ours or another person's."""
    try:
        told = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    if told.pop("owner", None) != owner:
        return None
    return Received(**told, token=token)


def of_files(refused: Refused) -> NotPossible:
    """The "no" of the files room as one with words."""
    if refused.code == "too_large":
        return NotPossible("too_large", most=f"{settings.LARGEST_UPLOAD // 1024 // 1024} MB")
    known = refused.code in ("upload_empty", "unsupported_type")
    return NotPossible(refused.code if known else "file_not_found")


def too_much() -> NotPossible:
    """The "no" for files that are too large together."""
    megabytes = settings.LARGEST_UPLOAD // 1024 // 1024
    return NotPossible("too_large", most=_("%(number)d MB altogether") % {"number": megabytes})


def is_too_large(request: Any) -> bool:
    """Whether the request was so large that its files were not read (the typed fields were)."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0) > settings.LARGEST_UPLOAD
    except ValueError:
        return False
