"""Sessions: who is signed in where, since when, and when that ends. One row holds all of it, read with the session.

A session ends on signing out, after idling, at the latest SESSION_COOKIE_AGE after signing in, when its owner's posts
change, when the password changes, when the account is closed, when its owner ends it on their page, and where a member
of staff has signed in elsewhere too often. An ended row stays until it expires, so that the next page can say why.
"""

from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string

from banjie.records.accounts.kinds import Kind
from banjie.store.log.queries import installation
from banjie.web import clock
from banjie.web.request import stands_as

SEEN_EVERY = timedelta(seconds=60)
"""So often a session notes that its owner is still there: no page costs a statement for it more often."""

ENDS = ("idle", "posts_changed", "ended_by_owner", "signed_in_elsewhere", "ended_by_administrator")


Base: Any = db.SessionStore


class SessionStore(Base):  # type: ignore[misc]
    """A session of Django, in a row that also knows whose it is. `ended`: why there is nothing in it any more."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.ended = ""
        self.posts = ""
        self._row: Any = None
        self._told: dict[str, Any] = {}

    @classmethod
    def get_model_class(cls) -> Any:
        """The rows. Django reads this module before there are models."""
        return apps.get_model("accounts", "Session")

    def begin(self, idle_seconds: int, posts: str, device: str) -> None:
        """Somebody has signed in: how long they may idle, as whom, and with what."""
        self._told = {"idle_seconds": idle_seconds, "posts": posts, "device": device}
        self.posts = posts
        self.modified = True

    def end(self, why: str) -> None:
        """End this session now, and say why on the next page."""
        if self.session_key:
            end(self.model.objects.filter(session_key=self.session_key), why)
        self.ended = why
        self._session_key = None
        self._session_cache: dict[str, Any] = {}
        self.modified = False

    def _get_session_from_db(self) -> Any:
        row = super()._get_session_from_db()
        if row is None:
            return None
        now = clock.now()
        if not row.ended and row.user_id and now - row.seen_at > timedelta(seconds=row.idle_seconds):
            end(self.model.objects.filter(pk=row.pk), "idle")
            row.ended = "idle"
        if row.ended:
            self.ended = row.ended
            self._session_key = None
            return None
        if row.user_id and now - row.seen_at > SEEN_EVERY:
            self.model.objects.filter(pk=row.pk).update(seen_at=now)
            row.seen_at = now
        self._row, self.posts = row, row.posts
        return row

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """The row as it is to be: an account that is new in this session begins its time anew."""
        row, before, now = super().create_model_instance(data), self._row, clock.now()
        owner = data.get("_auth_user_id")
        row.user_id = int(owner) if owner else None
        row.began_at = row.seen_at = now
        if before is not None and before.user_id == row.user_id:
            row.began_at, row.device = before.began_at, before.device
            row.idle_seconds, row.posts = before.idle_seconds, before.posts
        else:
            row.idle_seconds = settings.IDLE_SECONDS
        for name, value in self._told.items():
            setattr(row, name, value)
        if row.user_id:
            row.expire_date = row.began_at + timedelta(seconds=settings.SESSION_COOKIE_AGE)
        return row

    def save(self, must_create: bool = False) -> None:
        """Keep it. A session that was ended meanwhile stays ended: UpdateError."""
        if self.session_key is None:
            self.create()
            return
        row = self.create_model_instance(self._get_session(no_load=must_create))
        if must_create:
            try:
                with transaction.atomic():
                    row.save(force_insert=True)
            except IntegrityError:
                raise CreateError from None
        else:
            told = {field.attname: getattr(row, field.attname) for field in row._meta.fields if not field.primary_key}
            if not self.model.objects.filter(pk=row.pk, ended="").update(**told):
                raise UpdateError
        self._row = row


def begin(request: Any, user: Any) -> None:
    """A session that has just signed somebody in: it knows from now on as whom, and others may have to end for it."""
    is_applicant = user.kind == Kind.APPLICANT
    idle = settings.IDLE_SECONDS_PUBLIC if is_applicant else settings.IDLE_SECONDS
    actor = import_string(settings.ACTOR_RESOLVER)(user)
    request.session.begin(idle, stands_as(actor), device_of(request.META.get("HTTP_USER_AGENT", "")))
    # The accounts of a demo are everybody's: whoever comes next must not turn the others out.
    if not is_applicant and not installation().demo:
        request.session.save()
        rows = of(user, clock.now()).exclude(session_key=request.session.session_key).order_by("-seen_at")
        beyond = list(rows.values_list("pk", flat=True)[max(settings.STAFF_SESSIONS - 1, 0) :])
        if beyond:
            end(type(request.session).get_model_class().objects.filter(pk__in=beyond), "signed_in_elsewhere")


def of(user: Any, at: datetime) -> Any:
    """The sessions of an account that are open."""
    rows = SessionStore.get_model_class().objects.filter(user_id=user.pk, ended="", expire_date__gt=at)
    return rows.order_by("-seen_at")


def name_of(row: Any) -> str:
    """What a session is called on a page: its key opens it, and so never stands in an address."""
    return salted_hmac("banjie.sessions.name", row.session_key, algorithm="sha256").hexdigest()[:16]


def end(rows: Any, why: str) -> int:
    """End these sessions, with all that was in them; how many. They open nothing from their next request on."""
    if why not in ENDS:
        raise ValueError(f"a session does not end because of {why!r}")
    count: int = rows.filter(ended="").update(ended=why, session_data="")
    return count


def sweep(at: datetime) -> int:
    """Delete the rows of sessions that are over; how many."""
    count: int = SessionStore.get_model_class().objects.filter(expire_date__lt=at).delete()[0]
    return count


def device_of(agent: str) -> str:
    """What somebody recognises a browser of theirs by; no more of what it says about itself is kept."""
    browser = next((each for each in ("MicroMessenger", "Edg", "Firefox", "Chrome", "Safari") if each in agent), "")
    kind = "phone" if any(each in agent for each in ("Mobile", "Android", "iPhone")) else "computer"
    return f"{kind}|{browser}"
