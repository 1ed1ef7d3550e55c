"""Who can log in, and as what."""

import base64
import secrets
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q

from banjie.records.accounts.kinds import Kind as Kind
from banjie.records.accounts.sessions import SessionStore
from banjie.web import clock


def new_pseudonym() -> str:
    """A name that says nothing: `p-` and 16 characters of base 32 (80 random bits)."""
    return "p-" + base64.b32encode(secrets.token_bytes(10)).decode().lower()


class Users(BaseUserManager["User"]):
    """Finds and makes accounts."""

    def create_user(
        self, username: str, password: str | None = None, kind: str = Kind.APPLICANT, **fields: str
    ) -> "User":
        """A new account. Without a password nobody can sign in to it until one is set."""
        user = self.model(username=self._known_as(username), kind=kind, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """The account of this user name, however it is capitalised; User.DoesNotExist."""
        return self.get(username=self._known_as(username or ""))

    def _known_as(self, username: str) -> str:
        return self.model.normalize_username(username.strip()).lower()


class User(AbstractBaseUser):
    """An account. Truth.

    Facts name people by `pseudonym`, made once and never changed; this table is the only bridge from it to a log-in.
    `display_name` is for staff alone, whose name an applicant may know; an applicant's name lies encrypted in a case.
    Who holds which post is the organisation's business: there are no groups and no permissions here.
    """

    username = models.CharField(max_length=150, unique=True)
    pseudonym = models.CharField(max_length=20, unique=True, default=new_pseudonym, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.APPLICANT)
    display_name = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=10, blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=clock.now, editable=False)
    password_set_at = models.DateTimeField(default=clock.now, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = Users()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="user_kind_is_known"),
            models.CheckConstraint(condition=Q(display_name="") | Q(kind=Kind.STAFF), name="only_staff_are_named"),
        ]

    def set_password(self, raw_password: str | None) -> None:
        """Another password, from now on. Save `password` and `password_set_at`."""
        super().set_password(raw_password)
        self.password_set_at = clock.now()


class Session(AbstractBaseSession):
    """Somebody's browser (see `sessions`). Truth, for hours.

    `user`: None of a visitor. `posts`: a digest of what they acted as when they signed in. `device`: kind and browser,
    for its owner to recognise. `ended`: why it is over, while it has not expired.
    """

    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sessions")
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    idle_seconds = models.IntegerField()
    posts = models.CharField(max_length=64, blank=True)
    device = models.CharField(max_length=40, blank=True)
    ended = models.CharField(max_length=30, blank=True)

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        """What reads and writes these rows."""
        return SessionStore


class PastPassword(models.Model):
    """A password a member of staff has had: its slow digest, so that it is not set again soon."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="past_passwords")
    digest = models.CharField(max_length=128)
    set_at = models.DateTimeField()


class Token(models.Model):
    """What a program signs in with. Truth: only a digest stands here; the text itself is shown once, when it is made.

    `prefix` is what a person recognises it by. `roles` narrow what it may do; an empty list leaves it all that its
    owner holds. Taking a token away is deleting its row.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    label = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    roles = models.JSONField(default=list)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)


class ResetCode(models.Model):
    """A code given at the window with which a person sets a new password. Only its digest stands here."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="reset_code")
    digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField()


class TrailLine(models.Model):
    """A line of the audit trail (审计): an index to a fact of the log. Derived by `follow`; nobody can change the fact.

    `kind`, `event`: of the stream and of the fact; `actor`: who did it, `about`: whose account, case or seal it is.
    """

    pk = models.CompositePrimaryKey("stream", "position")
    stream = models.UUIDField()
    position = models.IntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=20)
    event = models.CharField(max_length=40)
    actor = models.CharField(max_length=64, blank=True)
    about = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["-at"], name="trail_at"),
            models.Index(fields=["actor", "-at"], name="trail_actor"),
        ]
