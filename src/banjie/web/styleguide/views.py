"""The style page: each component under its name, with what its style sheet says of itself."""

import re
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.views.decorators.http import require_GET

from banjie.web.assets import SOURCES
from banjie.web.roles import for_role
from banjie.web.styleguide import examples, tokens

FIRST_COMMENT = re.compile(r"/\*\s*(.*?)\s*\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Component:
    """A component: its name, what it is for, and the template of its example, "" where nobody has written one."""

    name: str
    purpose: str
    template: str


def components() -> list[Component]:
    """Every component there is, by the files of its style sheets."""
    return [_component(path.stem, path.read_text("utf-8")) for path in sorted((SOURCES / "components").glob("*.css"))]


@for_role("staff")
@require_GET
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in every state, in the look that this browser has chosen."""
    colours = [
        (each, tokens.contrast(each.light, surface.light), tokens.contrast(each.dark, surface.dark))
        for surface in [tokens.colours()["surface"]]
        for each in tokens.colours().values()
    ]
    shown = {**examples.given(), "components": components(), "colours": colours}
    return render(request, "styleguide/all.html", shown)


def _component(name: str, source: str) -> Component:
    comment = FIRST_COMMENT.match(source)
    purpose = " ".join(comment[1].split()) if comment else ""
    template = f"styleguide/{name}.html"
    try:
        get_template(template)
    except TemplateDoesNotExist:
        template = ""
    return Component(name, purpose, template)
