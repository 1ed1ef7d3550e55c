"""The Django app of the people who log in."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Accounts and tokens."""

    name = "banjie.records.accounts"
    label = "accounts"
