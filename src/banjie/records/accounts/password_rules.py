"""What a password of staff must be, beyond what everybody's must (等保三级: 身份鉴别).

NIST SP 800-63B says otherwise since 2017: no classes of characters, no change after a while, for both make people
choose worse ones. The rules here are those by which a Chinese installation is assessed, for staff alone; a citizen's
password must be long and not a common one. How many days a password of staff lasts is a setting (0: for ever).
"""

import string
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from banjie.records.accounts.models import Kind, PastPassword, User

CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
LEAST_CLASSES = 3
HISTORY = 5
LONGEST_EVER = timedelta(days=365 * 40)
"""No password is that old but one that somebody else has set, for once (`keeping.LONG_AGO`)."""


class Classes:
    """Three of four: small letters, capitals, digits, anything else."""

    def validate(self, password: str, user: User | None = None) -> None:
        """ValidationError where there are fewer."""
        if user is None or getattr(user, "kind", "") == Kind.APPLICANT:
            return
        found = sum(any(each in known for each in password) for known in CLASSES)
        found += any(each not in "".join(CLASSES) for each in password)
        if found < LEAST_CLASSES:
            raise ValidationError(_("Three of: small letters, capitals, digits, other signs."), code="password_classes")

    def get_help_text(self) -> str:
        """In words."""
        return _("Three of: small letters, capitals, digits, other signs.")


class History:
    """None of the last five."""

    def validate(self, password: str, user: User | None = None) -> None:
        """ValidationError where it was one of the last."""
        if user is None or user.pk is None or user.kind == Kind.APPLICANT:
            return
        past = list(
            PastPassword.objects.filter(user=user).order_by("-set_at").values_list("digest", flat=True)[:HISTORY]
        )
        if any(check_password(password, each) for each in {user.password, *past}):
            raise ValidationError(_("You have used this password lately."), code="password_used_before")

    def password_changed(self, password: str, user: User | None = None) -> None:
        """Keep the slow digest of what was set, and no more than the last five."""
        if user is None or user.pk is None or user.kind == Kind.APPLICANT or not user.has_usable_password():
            return
        PastPassword.objects.create(user=user, digest=user.password, set_at=user.password_set_at)
        kept = PastPassword.objects.filter(user=user).order_by("-set_at").values_list("pk", flat=True)[:HISTORY]
        PastPassword.objects.filter(user=user).exclude(pk__in=list(kept)).delete()

    def get_help_text(self) -> str:
        """In words."""
        return _("You have used this password lately.")


def is_outdated(user: User, at: datetime, days: int, is_demo: bool) -> bool:
    """Whether a member of staff must set another password before going on; never an applicant.

    After so many days (0: never), though not in a demo; and at once where somebody else has set it.
    """
    if user.kind == Kind.APPLICANT:
        return False
    age = at - user.password_set_at
    return age > LONGEST_EVER or (bool(days) and not is_demo and age > timedelta(days=days))
