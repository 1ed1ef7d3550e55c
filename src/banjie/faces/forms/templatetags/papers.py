"""The papers of a case, for those who handle it: {% load papers %}{% papers_at_the_desk page as papers %}."""

from django import template

from banjie.faces.forms.page import CasePage
from banjie.faces.forms.paper_files import NOT_AT_THE_DESK, PaperFile, files_of

register = template.Library()


@register.simple_tag
def papers_at_the_desk(page: CasePage) -> list[PaperFile]:
    """The papers that were made out in this case, the newest first."""
    return files_of(page, NOT_AT_THE_DESK)
