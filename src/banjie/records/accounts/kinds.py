"""What kind of person an account is for."""

from django.db import models


class Kind(models.TextChoices):
    """What kind of person an account is for: exactly one, so the three administrators (三权分立) exclude one another.

    The operator (系统管理员) runs the machine and sees no case. The security administrator (安全管理员) keeps accounts
    and posts. The audit administrator (审计管理员) reads what all of them did, and changes nothing.
    """

    APPLICANT = "applicant"
    STAFF = "staff"
    OPERATOR = "operator"
    SECURITY = "security"
    AUDIT = "audit"


ADMINISTRATORS = (Kind.OPERATOR, Kind.SECURITY, Kind.AUDIT)
