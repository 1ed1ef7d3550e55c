"""What happens to accounts, as facts in the one log: signing in, lock-outs, passwords, second factors, grants.

Each account has a stream of kind "account". Nobody can switch this off: what is not recorded does not happen. Of
applicants only what concerns the safety of their account is recorded, not each time they sign in. No address is
recorded: the log of requests says which pages were asked for, and it knows none either.
"""

from datetime import datetime
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

from django.db import transaction

from banjie.engine.codec import canonical, microseconds
from banjie.records.accounts.models import Kind, User
from banjie.store.log.append import append
from banjie.web import clock

STREAM_KIND = "account"
EVENTS = (
    "signed_in",
    "locked_out",
    "password_changed",
    "second_factor_reset",
    "sessions_ended",
    "closed",
    "opened_again",
    "opened",
    "trail_exported",
)


def stream_of(pseudonym: str) -> UUID:
    """The stream of an account."""
    return uuid5(NAMESPACE_OID, f"account/{pseudonym}")


def record(user: User, event: str, by: str, at: datetime, command_id: UUID | None = None, **told: str | int) -> None:
    """A fact about an account; part of the caller's transaction where there is one. ValueError for an unknown event."""
    if event not in EVENTS:
        raise ValueError(f"nothing like {event!r} happens to an account")
    when = microseconds(at)
    body = canonical({"at": when, "by": by, "account": user.pseudonym, **told})
    with transaction.atomic():
        append(
            stream_of(user.pseudonym), STREAM_KIND, [(event, body)], command_id=command_id or uuid4(), at=when, actor=by
        )


def signed_in(user: User) -> None:
    """A member of staff or an administrator is there."""
    if user.kind != Kind.APPLICANT:
        record(user, "signed_in", user.pseudonym, clock.now())


def locked_out(username: str, minutes: int) -> None:
    """So many wrong passwords for a user name that it rests; nothing where nobody is called that."""
    user = User.objects.filter(username=username.strip().lower()).first()
    if user is not None:
        record(user, "locked_out", "", clock.now(), minutes=minutes)
