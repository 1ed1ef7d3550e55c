"""Whoever has a command done in their name shows on the terminal, by their password, that they want it."""

import getpass
import sys

from banjie.records.accounts import password_rules
from banjie.records.accounts.models import Kind, User
from banjie.web import clock


def of(name: str, kind: Kind, called: str) -> User | None:
    """The account, if its owner has just shown who they are; None, and why on the terminal."""
    if not name:
        print(f"Say --by USER: the {called} in whose name this happens. Nothing was changed.", file=sys.stderr)
        return None
    user = User.objects.filter(username=name.strip().lower(), kind=kind, is_active=True).first()
    prompt = f"Password of {name}, to do this (nothing has been changed yet): "
    text = getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if user is None or not user.check_password(text):
        print(f"No {called} has this name and password. Nothing was changed.", file=sys.stderr)
        return None
    if password_rules.is_outdated(user, clock.now(), 0, is_demo=False):
        print(f"{name} signs in once and sets a password of their own first. Nothing was changed.", file=sys.stderr)
        return None
    return user
