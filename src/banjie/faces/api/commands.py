"""What a program may ask of a case: one body a kind of command, made from the engine's own definition of it.

There is no second list of fields. A command the engine gains appears here, in the schema and in its documentation by
itself; a field whose type this module does not know stops the program at its start. The envelope is ours: `by` is who
signed in, `at` is now; the client names the command (`command_id`) and what it saw (`expected_version`).
"""

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union
from uuid import UUID, uuid4

from annotated_types import MaxLen
from pydantic import BaseModel, Field, create_model

from banjie import words
from banjie.engine import applicant
from banjie.engine import commands as c
from banjie.engine.events import Declaration, FileRef, Person, Provided
from banjie.engine.receipt import CHANNELS, FORMS
from banjie.faces.api import fields as f

OPENING = (c.Submit, c.OpenExOfficio)
OFFERED = tuple(cls for cls in c.PEOPLES if cls not in OPENING)
"""Every command of people but those that open a case: an application has an address of its own, and a proceeding of the
agency itself is opened at the desk, where the register of licences says what and whom it is about."""

OFFERED_KINDS = frozenset(c.NAMES[cls] for cls in OFFERED)

SENTENCES = frozenset({"basis", "competent", "outage"})
"""Fields a person writes in their own words that stand in the fact itself; every other `str` is a code."""

NEVER_GIVEN = frozenset({"at", "by"})
MADE_BY_THE_DOOR = frozenset({"key_id", "number", "query_number", "standing", "lot"})
FROM_THE_LIBRARY = frozenset({"licence"})
"""Fields of a material that nobody hands in: the house attaches the licence that stands for it."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a type of the engine looks in a body, and how a checked value becomes the engine's."""

    type: Any
    build: Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


def _shape(hint: Any, name: str, is_optional: bool = False) -> Shape:
    """The shape of a field of this type and name; TypeError for a type nobody has thought about."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        (one,) = (each for each in arguments if each is not type(None))
        inner = _shape(one, name)
        return Shape(inner.type | None, lambda value: None if value is None else inner.build(value))
    if origin is tuple:
        each_of = _shape(arguments[0], name)
        return Shape(
            Annotated[list[each_of.type], MaxLen(f.MOST_FILES if name == "files" else f.MOST)],  # type: ignore[name-defined]
            lambda values: tuple(each_of.build(each) for each in values),
        )
    if origin is c.Personal:
        return Shape(_PERSONAL[arguments[0]], lambda value: c.Personal(value))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return Shape(hint, _same)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return Shape(body_of(hint), lambda body: built(hint, body))
    if hint is str:
        return Shape(_text(name, is_optional), _same)
    return Shape(_PLAIN[hint], _same) if hint in _PLAIN else _unknown(hint)


def _unknown(hint: Any) -> Shape:
    raise TypeError(f"say in _shape how {hint} looks in a body")


def _text(name: str, is_optional: bool) -> Any:
    if name in SENTENCES:
        return f.Line
    if name in _CLOSED:
        return _CLOSED[name]
    return f.CodeOrNone if is_optional else f.Code


_PERSONAL: Mapping[Any, Any] = {str: f.LongText, Mapping[str, str]: f.Particulars, Mapping[str, Any]: f.Answers}
_PLAIN: Mapping[Any, Any] = {date: f.Day, datetime: f.Instant, UUID: f.Id, int: f.Number, bool: f.Flag}
_CLOSED: Mapping[str, Any] = {"form": Literal[FORMS]}


@cache
def body_of(cls: Any) -> type[f.Body]:
    """The body of a dataclass of the engine: the same names, types and defaults."""
    hints = typing.get_type_hints(cls)
    parts: dict[str, Any] = {}
    for each in dataclasses.fields(cls):
        if each.name in NEVER_GIVEN | MADE_BY_THE_DOOR and issubclass(cls, c.Command):
            continue
        if cls is Provided and each.name in FROM_THE_LIBRARY:
            continue
        parts[each.name] = _part(cls, each, hints[each.name])
    if issubclass(cls, c.Command):
        parts = {"kind": (Literal[c.NAMES[cls]], ...), **parts}
    return create_model(cls.__name__, __base__=f.Body, __doc__=cls.__doc__, **parts)


def _part(cls: Any, field: Any, hint: Any) -> tuple[Any, Any]:
    if field.name == "command_id":
        return f.Id, Field(description="Made by the client; the same one again returns the first result.")
    if field.name == "expected_version":
        told = "The `version` the person saw. This kind rests on it: 409 where the case has changed meanwhile."
        if cls in c.RESTS_ON_WHAT_WAS_SEEN:
            return f.Version, Field(description=told)
        return f.Version | None, Field(default=None, description="The `version` the person saw; 409 where it changed.")
    is_optional = field.default is not dataclasses.MISSING
    shape = _shape(hint, field.name, is_optional and field.default == "")
    if is_optional:
        return shape.type, field.default if field.default != () else Field(default_factory=list)
    return shape.type, ...


def built(cls: Any, body: BaseModel) -> Any:
    """The dataclass of the engine that this checked body says."""
    return cls(**arguments(cls, body))


def arguments(cls: Any, body: BaseModel) -> dict[str, Any]:
    """The arguments for a dataclass of the engine: what the body holds, its defaults for the rest."""
    given = {name: getattr(body, name) for name in _builders(cls)}
    return {name: _builders(cls)[name](value) for name, value in given.items() if value is not None}


@cache
def _builders(cls: Any) -> dict[str, Callable[[Any], Any]]:
    hints = typing.get_type_hints(cls)
    return {name: _shape(hints[name], name).build for name in body_of(cls).model_fields if name in hints}


def command_of(body: BaseModel, by: c.Actor, at: datetime) -> c.Command:
    """The command this body asks for, in the name of whoever asks, now."""
    cls = c.KINDS[getattr(body, "kind")]  # noqa: B009 -- only the bodies made here have a kind
    command: c.Command = cls(by=by, at=at, **arguments(cls, body))
    return command


if TYPE_CHECKING:

    class AnyCommand(f.Body):
        """Any of the bodies, told apart by `kind`."""

        kind: str
        command_id: UUID
        expected_version: int | None

else:
    AnyCommand = Annotated[Union[tuple(body_of(cls) for cls in OFFERED)], Field(discriminator="kind")]  # noqa: UP007


# A new case

if TYPE_CHECKING:
    ApplicantKind = str
    IdType = str
    Channel = str
    ProvidedBody = f.Body
    SignedBody = f.Body
    LateBody = f.Body
else:
    ApplicantKind, IdType, Channel = Literal[applicant.KINDS], Literal[applicant.ID_TYPES], Literal[CHANNELS]
    ProvidedBody, LateBody, SignedBody = body_of(Provided), body_of(c.LateEntry), body_of(Declaration)


class Applicant(f.Body):
    """Who applies. The numbers are checked by their own standards (GB 11643-1999, GB 32100-2015)."""

    kind: ApplicantKind
    name: f.Needed
    id_type: IdType
    id_number: f.Needed
    phone: f.Needed
    address: f.Needed
    contact: f.Line = Field(default="", description="Whom to call, where it is somebody else.")
    service_address: f.Line = Field(default="", description="Where papers are served (送达地址), where it is another.")

    def particulars(self) -> dict[str, str]:
        """What was given, as the engine takes it: what was left empty is left out."""
        return {name: value for name, value in self.model_dump().items() if value}


class NewCase(f.Body):
    """An application. An incomplete one is taken too: what is missing is asked for once, in writing."""

    item: f.Code = Field(description="The code of the item's variant (业务办理项编码 or 实施编码).")
    applicant: Applicant
    answers: f.Answers = Field(default_factory=dict, description="By question id: text, whole number, or yes and no.")
    provided: Annotated[list[ProvidedBody], MaxLen(f.MOST)] = Field(default_factory=list)
    channel: Channel | None = Field(default=None, description="How it came; by default what the asker is.")
    e_service: f.Flag = Field(default=False, description="The applicant agrees to be served electronically.")
    declared: f.Flag = Field(
        default=False,
        description="The applicant has confirmed the declaration (声明) of the application form; its text is recorded.",
    )
    commitment: SignedBody | None = Field(
        default=None, description="The applicant signed the item's commitment (告知承诺): `told` of its guide."
    )
    gaps: Annotated[list[f.Code], MaxLen(f.MOST)] = Field(
        default_factory=list, description="Materials that will follow the acceptance (容缺), as the guide lets them."
    )
    gaps_told: SignedBody | None = Field(
        default=None, description="The text the applicant signed for them: `told` of the guide's `gaps`."
    )
    late: LateBody | None = Field(default=None, description="补录, by staff only.")


def submission_of(body: NewCase, by: c.Actor, at: datetime) -> c.Submit:
    """The command that hands this application in."""
    particulars = body.applicant.particulars()
    late = None if body.late is None else built(c.LateEntry, body.late)
    return c.Submit(
        command_id=uuid4(),
        at=at,
        by=by,
        late=late,
        applicant=c.Personal(particulars, find_by=particulars["id_number"]),
        answers=c.Personal(body.answers),
        provided=tuple(built(Provided, each) for each in body.provided),
        channel=body.channel or channel_of(by),
        e_service=body.e_service,
        declaration=words.declaration() if body.declared else None,
        commitment=None if body.commitment is None else built(Declaration, body.commitment),
        gaps=tuple(body.gaps),
        gaps_told=None if body.gaps_told is None else built(Declaration, body.gaps_told),
    )


def channel_of(by: c.Actor) -> str:
    """How an application came, where the body does not say it."""
    if by.kind.value == "staff":
        return "window" if "clerk" in by.posts else "agent"
    return "agent" if by.kind.value == "agent" else "online"


def people_named(command: c.Command) -> list[tuple[str, Person]]:
    """Every member of staff a command names, with the path of its field: they must be somebody."""
    found = [("late.second", Person(command.late.second))] if command.late else []
    if isinstance(command, c.NameThirdParties):
        return found
    for each in dataclasses.fields(command):
        value = getattr(command, each.name)
        if isinstance(value, Person):
            found.append((each.name, value))
        elif isinstance(value, tuple):
            found += [(f"{each.name}.{nth}", one) for nth, one in enumerate(value) if isinstance(one, Person)]
    return found


def files_named(provided: tuple[Provided, ...], late: c.LateEntry | None) -> list[tuple[str, FileRef]]:
    """Every file a body names, as (field path, reference)."""
    found = [("late.scan", late.scan)] if late else []
    return found + [
        (f"provided.{nth}.files.{number}", file)
        for nth, each in enumerate(provided)
        for number, file in enumerate(each.files)
    ]
