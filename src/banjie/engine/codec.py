"""Facts as bytes: short kind names and canonical JSON, never class paths.

Canonical: sorted keys, no spaces, UTF-8 in NFC, no floats; instants are integers of UTC microseconds, days ISO dates,
identifiers hex. A field that equals its default is left out, so a field added later with a default reads old bytes.
The same shapes read the rulebook's data (`from_plain`), loudly: an unknown or missing key is a ValueError with its
path.
"""

import dataclasses
import json
import types
import typing
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union
from uuid import UUID

OFFICE_ZONE = timezone(timedelta(hours=8), "Asia/Shanghai")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
BROKEN = (KeyError, TypeError, ValueError, AttributeError, OverflowError)

_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)

T = TypeVar("T")
Coder = Callable[[Any], Any]


def canonical(plain: Any) -> bytes:
    """The one byte string of a plain value (dict, list, str, int, bool, None)."""
    text = _CANONICAL.encode(plain)
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return text.encode()


def microseconds(instant: datetime) -> int:
    """UTC microseconds since 1970, exactly."""
    return (instant - EPOCH) // MICROSECOND


def instant(microseconds_utc: int) -> datetime:
    """The instant of these UTC microseconds, in the office's zone (China has one: UTC+8, no summer time)."""
    return (EPOCH + timedelta(microseconds=microseconds_utc)).astimezone(OFFICE_ZONE)


def to_plain(value: Any) -> Any:
    """A dataclass of the engine as a plain dict, defaults left out."""
    shape: Any = type(value)
    return _encoder(shape)(value)


def from_plain(cls: type[T], plain: Any, where: str = "") -> T:
    """A dataclass of the engine from a plain dict; ValueError with the path of what is wrong."""
    shape: Any = cls
    try:
        result: T = _decoder(shape)(plain)
    except BROKEN as problem:
        raise ValueError(f"{where or cls.__name__}: {problem}") from problem
    return result


@cache
def _encoder(hint: Any) -> Coder:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        inner = [each for each in arguments if each is not type(None)]
        one = _encoder(inner[0])
        return lambda value: None if value is None else one(value)
    if origin is tuple:
        each_of = _encoder(arguments[0])
        return lambda value: [each_of(each) for each in value]
    if origin is frozenset:
        member = _encoder(arguments[0])
        return lambda value: sorted(member(each) for each in value)
    if origin in (Mapping, dict):
        held = _encoder(arguments[1])
        return lambda value: {key: held(each) for key, each in value.items()}
    if hint in (str, int, bool) or hint is Any:
        return _same
    if hint is datetime:
        return microseconds
    if hint is date or hint is time:
        return lambda value: value.isoformat()
    if hint is UUID:
        return lambda value: value.hex
    if isinstance(hint, type) and issubclass(hint, Enum):
        return lambda value: value.value
    if dataclasses.is_dataclass(hint):
        return _dataclass_encoder(hint)
    raise TypeError(f"{hint} cannot stand in a fact")


def _same(value: Any) -> Any:
    return value


def _dataclass_encoder(cls: Any) -> Coder:
    hints = typing.get_type_hints(cls)
    parts = [(field.name, _encoder(hints[field.name]), _default(field)) for field in dataclasses.fields(cls)]

    def encode(value: Any) -> dict[str, Any]:
        plain = {}
        for name, coder, default in parts:
            held = getattr(value, name)
            if held is default or held == default:
                continue
            plain[name] = coder(held)
        return plain

    return encode


@cache
def _decoder(hint: Any) -> Coder:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        inner = [each for each in arguments if each is not type(None)]
        one = _decoder(inner[0])
        return lambda plain: None if plain is None else one(plain)
    if origin is tuple:
        each_of = _decoder(arguments[0])
        return lambda plain: tuple(each_of(each) for each in _list(plain))
    if origin is frozenset:
        member = _decoder(arguments[0])
        return lambda plain: frozenset(member(each) for each in _list(plain))
    if origin in (Mapping, dict):
        held = _decoder(arguments[1])
        return lambda plain: {key: held(each) for key, each in plain.items()}
    if hint in (str, int, bool):
        return _exactly(hint)
    if hint is Any:
        return _same
    if hint is datetime:
        return instant
    if hint is date:
        return lambda plain: plain if type(plain) is date else date.fromisoformat(plain)
    if hint is time:
        return time.fromisoformat
    if hint is UUID:
        return UUID
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    if dataclasses.is_dataclass(hint):
        return _dataclass_decoder(hint)
    raise TypeError(f"{hint} cannot stand in a fact")


def _list(plain: Any) -> Any:
    if not isinstance(plain, list | tuple):
        raise TypeError(f"a list was expected, not {plain!r}")
    return plain


def _exactly(cls: type) -> Coder:
    def same(plain: Any) -> Any:
        if type(plain) is not cls:
            raise TypeError(f"{cls.__name__} was expected, not {plain!r}")
        return plain

    return same


def _dataclass_decoder(cls: Any) -> Coder:
    hints = typing.get_type_hints(cls)
    coders = {field.name: _decoder(hints[field.name]) for field in dataclasses.fields(cls)}
    needed = frozenset(field.name for field in dataclasses.fields(cls) if _default(field) is dataclasses.MISSING)

    def decode(plain: Any) -> Any:
        if not isinstance(plain, Mapping):
            raise TypeError(f"{cls.__name__} was expected, not {plain!r}")
        if not needed <= plain.keys() <= coders.keys():
            unknown, missing = plain.keys() - coders.keys(), needed - plain.keys()
            raise ValueError(f"{cls.__name__}: unknown {sorted(unknown)}, missing {sorted(missing)}")
        arguments = {}
        for name, held in plain.items():
            try:
                arguments[name] = coders[name](held)
            except BROKEN as problem:
                raise ValueError(f"{name}: {problem}") from problem
        return cls(**arguments)

    return decode


def _default(field: Any) -> Any:
    if field.default is not dataclasses.MISSING:
        return field.default
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return dataclasses.MISSING
