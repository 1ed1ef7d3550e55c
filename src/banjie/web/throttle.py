"""Guessing a password takes long: five tries per user name and address in a quarter of an hour.

A try is counted before the password is looked at, so many at once gain nothing. Counted in Django's cache, and
forgotten after a right one. The key is a digest: a cache that is read tells no user names.
"""

import hashlib

from django.core.cache import cache

TRIES = 5
SECONDS = 15 * 60


def count_try(username: str, address: str) -> bool:
    """Count a try; whether it may be made."""
    key = _key(username, address)
    if cache.add(key, 1, SECONDS):
        return True
    try:
        return cache.incr(key) <= TRIES
    except ValueError:  # forgotten between the two
        return cache.add(key, 1, SECONDS)


def forgive(username: str, address: str) -> None:
    """A right password: the next mistake is the first again."""
    cache.delete(_key(username, address))


def _key(username: str, address: str) -> str:
    told_apart = f"{username.strip().casefold()}\x00{address}"
    return "sign-in-" + hashlib.sha256(told_apart.encode()).hexdigest()
