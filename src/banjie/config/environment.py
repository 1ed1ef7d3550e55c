"""Settings from the environment, through typed helpers that are loud when a value is wrong."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit


class Misconfigured(Exception):
    """A setting that cannot be used: names the variable, what is wrong, and what would be right."""


def text(name: str, default: str) -> str:
    """The variable as it stands, or the default."""
    return os.environ.get(name, default)


def flag(name: str, default: bool) -> bool:
    """1/0, true/false, yes/no, on/off; anything else is refused."""
    given = os.environ.get(name, "").strip().lower()
    if not given:
        return default
    if given in ("1", "true", "yes", "on"):
        return True
    if given in ("0", "false", "no", "off"):
        return False
    raise Misconfigured(f"{name}={given!r}: say yes or no")


def whole(name: str, default: int) -> int:
    """A whole number."""
    given = os.environ.get(name, "").strip()
    try:
        return int(given) if given else default
    except ValueError:
        raise Misconfigured(f"{name}={given!r}: say a whole number") from None


def several(name: str, default: list[str]) -> list[str]:
    """Values separated by commas."""
    given = os.environ.get(name, "")
    return [each.strip() for each in given.split(",") if each.strip()] or default


def peer(name: str) -> dict[str, str]:
    """A peer over HTTP from NAME_URL, NAME_KEY and NAME_SECRET; empty where no address is given.

    Refused: http to another machine, an address with a user or a query, and a peer without a secret of 16 characters.
    """
    url = os.environ.get(f"{name}_URL", "").strip().rstrip("/")
    if not url:
        return {}
    parts = urlsplit(url)
    here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not (parts.scheme == "https" or here) or not parts.hostname or parts.query or parts.username or parts.fragment:
        raise Misconfigured(f"{name}_URL={url!r}: say https://… (http only on this machine), without a user or a query")
    secret = os.environ.get(f"{name}_SECRET", "")
    if len(secret) < 16:
        raise Misconfigured(f"{name}_SECRET: the secret shared with {parts.hostname}, at least 16 characters")
    return {"url": url, "key": os.environ.get(f"{name}_KEY", "banjie"), "secret": secret}


def posts(name: str) -> frozenset[str] | None:
    """Posts separated by commas; "nobody" for none of them, None where nobody has said."""
    given = several(name, [])
    return None if not given else frozenset(given) - {"nobody"}


def folder(name: str, default: Path) -> Path:
    """An absolute folder; made when it is not there, readable by its owner alone."""
    path = Path(os.environ.get(name) or default).expanduser().resolve()
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def database(url: str) -> dict[str, Any]:
    """Django's database settings from sqlite:////path/file or postgresql://user:password@host:port/name.

    A PostgreSQL on a Unix socket: postgresql://user@/name?host=/path/of/socket.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "banjie.store.sqlite",
            "NAME": unquote(parts.path),
            # Whoever closes the last connection carries the write-ahead log over and deletes it: not once a request.
            "CONN_MAX_AGE": 600,
            "OPTIONS": {"timeout": 20},
        }
    if parts.scheme in ("postgresql", "postgres"):
        query = dict(each.split("=", 1) for each in parts.query.split("&") if "=" in each)
        return {
            "ENGINE": "banjie.store.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(query.pop("host", "") or parts.hostname or ""),
            "PORT": query.pop("port", "") or str(parts.port or ""),
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {key: unquote(value) for key, value in query.items()},
        }
    raise Misconfigured(f"BANJIE_DATABASE_URL begins with {parts.scheme!r}: say sqlite:////path or postgresql://…")
