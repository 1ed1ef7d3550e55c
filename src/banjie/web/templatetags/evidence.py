"""The newest checkpoint in templates: {% load evidence %}{% newest_checkpoint as sealed %}{{ sealed.short }}."""

from django import template

from banjie.store.evidence import checkpoints

register = template.Library()


@register.simple_tag
def newest_checkpoint() -> checkpoints.Checkpoint | None:
    """What the log said last under its signature, as papers print it; None before the first checkpoint."""
    return checkpoints.newest()
