"""Checks every template and every translation under src/banjie without rendering a page.

A template must compile; the templates it extends or includes by name must exist; its first line must be a
comment that says what it shows; and it may hold no inline style or script, which the Content-Security-Policy
blocks, and no word of a language outside the tags that translate it. A translation file must parse, leave no text
untranslated or fuzzy, and keep the placeholders of its original; every text marked for translation must stand in it.
"""

import ast
import io
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import django
import polib
from django.template import TemplateDoesNotExist, TemplateSyntaxError, engines
from django.template.base import FilterExpression, Node, Template
from django.template.loader_tags import ExtendsNode, IncludeNode
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "banjie"

DJANGO_SYNTAX = re.compile(r"{#.*?#}|{%\s*comment\b.*?%}.*?{%\s*endcomment\s*%}|{%.*?%}|{{.*?}}", re.DOTALL)
FIRST_LINE = re.compile(r"{#\s*\w.*#}\s*$|{%\s*comment\b.*%}")
TAG = re.compile(r"<[a-zA-Z](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
INLINE_ATTRIBUTE = re.compile(r"\s(style|on[a-z]+|hx-on[\w:.-]*)(?=[\s=>])", re.IGNORECASE)
SCRIPT_URL = re.compile(r"=\s*[\"']?\s*javascript:", re.IGNORECASE)
STYLE_ELEMENT = re.compile(r"<style\b", re.IGNORECASE)
SCRIPT_ELEMENT = re.compile(r"<script\b", re.IGNORECASE)
# A script with an address, a nonce, or a type that browsers do not run is none of the policy's business.
SCRIPT_ALLOWED = re.compile(r"\s(src|nonce)\s*=|\stype\s*=\s*[\"']application/(ld\+)?json[\"']", re.IGNORECASE)
TRANSLATED = re.compile(r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}", re.DOTALL)
UNSPOKEN = re.compile(r"<(script|style|code|kbd)\b.*?</\1>|<!--.*?-->|<!doctype[^>]*>|&\w+;", re.DOTALL | re.IGNORECASE)
SPOKEN_ATTRIBUTE = re.compile(r"\s(?:title|alt|placeholder|aria-label|label)=(\"[^\"]*\"|'[^']*')")
EITHER_TAG = re.compile(rf"{TAG.pattern}|</[a-zA-Z][^>]*>")
WORD = re.compile(r"[A-Za-z]{2,}|[\u3400-\u9fff]")
# Names of formats and standards, each language's own name, and the demo's mark, which stands in both on purpose.
IN_EVERY_LANGUAGE = re.compile(r"\b(?:PDF|XLSX|YAML|QR|JSON|GB/T|English|demo)\b|简体中文|演示")
# The style guide shows samples, a sample of a form is as the office has it, and the page of a fault speaks both.
IN_ONE_LANGUAGE = re.compile(r"/styleguide/|/web/sample\.html$|/500\.html$")
PLACEHOLDER = re.compile(r"%\(\w+\)[#0 +-]*[\d.]*[a-z]|%[#0 +-]*[\d.]*[a-z]|{\w*}")

STRING = r"u?(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")"
GETTEXT_CALL = re.compile(rf"\b(?:gettext|ngettext|pgettext|npgettext|_)\((?:{STRING}[ ,]*)+")

# The functions that mark a text in Python, and the places of the text and of its context among the arguments.
MARKING_FUNCTIONS = {
    "_": (0, None),
    "gettext": (0, None),
    "gettext_lazy": (0, None),
    "gettext_noop": (0, None),
    "ngettext": (0, None),
    "ngettext_lazy": (0, None),
    "pgettext": (1, 0),
    "pgettext_lazy": (1, 0),
    "npgettext": (1, 0),
    "npgettext_lazy": (1, 0),
}

# A text as gettext knows it: its context, if it has one, and its original.
Key = tuple[str | None, str]


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banjie.config.settings")
    django.setup()
    templates = sorted(path for folder in PACKAGE.rglob("templates") for path in folder.rglob("*") if path.is_file())
    catalogues = sorted(PACKAGE.rglob("*.po"))
    faults = [fault for path in templates for fault in template_faults(path)]
    faults += translation_faults(catalogues, templates)
    for fault in faults:
        print(fault)
    print(f"{len(templates)} templates and {len(catalogues)} translation files checked, {len(faults)} faults.")
    return 1 if faults else 0


def template_faults(path: Path) -> Iterator[str]:
    """Say what is wrong with one template, as "file:line: fault"."""
    shown = path.relative_to(ROOT)
    source = path.read_text(encoding="utf-8")
    if not FIRST_LINE.match(source.partition("\n")[0]):
        yield f"{shown}:1: the first line must be a comment that says what the template shows"
    if path.suffix in (".html", ".svg"):
        for line, fault in inline_faults(source):
            yield f"{shown}:{line}: {fault}"
        if not IN_ONE_LANGUAGE.search(path.as_posix()):
            for line, word in untranslated_words(source):
                yield f"{shown}:{line}: not marked for translation: {word!r}"
    yield from compile_faults(path)


def compile_faults(path: Path) -> Iterator[str]:
    shown = path.relative_to(ROOT)
    folder = next(parent for parent in path.parents if parent.name == "templates")
    name = path.relative_to(folder).as_posix()
    try:
        engine = engines["django"].engine
        template = engine.get_template(name)
    except TemplateSyntaxError as error:
        yield f"{shown}: {error}"
        return
    except TemplateDoesNotExist:
        yield f"{shown}: no app in INSTALLED_APPS offers this template"
        return
    if Path(template.origin.name) != path:
        yield f"{shown}: hidden by {template.origin.name}; templates belong in templates/<room>/"
    for needed in named_templates(template):
        try:
            engine.get_template(needed)
        except TemplateDoesNotExist:
            yield f"{shown}: there is no template {needed}"
        except TemplateSyntaxError:
            continue  # reported where that template itself is checked


def named_templates(template: Template) -> Iterator[str]:
    """Return the names of the templates that this one extends or includes, where they are written out."""
    for node in all_nodes(template.nodelist):
        expression: FilterExpression | None = None
        if isinstance(node, ExtendsNode):
            expression = node.parent_name
        elif isinstance(node, IncludeNode):
            expression = node.template
        # A name from a variable is known only when the page is rendered.
        if expression is not None and not expression.filters and isinstance(expression.var, str):
            yield expression.var


def all_nodes(nodes: list[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        for attribute in node.child_nodelists:
            yield from all_nodes(getattr(node, attribute, None) or [])


def inline_faults(source: str) -> Iterator[tuple[int, str]]:
    """Return line and fault of everything that the Content-Security-Policy would block."""
    # Template syntax may hold < > and quotes of its own; the newlines stay, to keep the line numbers right.
    html = DJANGO_SYNTAX.sub(lambda match: " " + "\n" * match[0].count("\n"), source)
    for match in TAG.finditer(html):
        line = html.count("\n", 0, match.start()) + 1
        tag = match[0]
        attributes = QUOTED.sub('""', tag)
        for attribute in INLINE_ATTRIBUTE.finditer(attributes):
            yield line, f"inline attribute {attribute[1]}: use a class, or a script file"
        if SCRIPT_URL.search(tag):
            yield line, "javascript: address: use a script file"
        if STYLE_ELEMENT.match(tag):
            yield line, "<style>: put the rules into a style sheet"
        if SCRIPT_ELEMENT.match(tag) and not SCRIPT_ALLOWED.search(tag):
            yield line, "<script> without src: put the script into a file"


def untranslated_words(source: str) -> Iterator[tuple[int, str]]:
    """Return line and text of everything that a reader would see in one and the same language, whichever they chose."""

    def blank(match: re.Match[str]) -> str:
        return " " + "\n" * match[0].count("\n")

    html = DJANGO_SYNTAX.sub(blank, TRANSLATED.sub(blank, source))
    html = UNSPOKEN.sub(blank, html)
    spoken = [(match.start(), match[1]) for match in SPOKEN_ATTRIBUTE.finditer(html)]
    bare = EITHER_TAG.sub(lambda match: "\0" * len(match[0]), html)
    spoken += [(match.start(), match[0]) for match in re.finditer(r"[^\0\n]+", bare)]
    for at, text in sorted(spoken):
        if WORD.search(IN_EVERY_LANGUAGE.sub("", text)):
            yield html.count("\n", 0, at) + 1, " ".join(text.split())


def translation_faults(catalogues: list[Path], templates: list[Path]) -> Iterator[str]:
    """Say what is wrong with the translation files, and which marked texts a language lacks."""
    translated: dict[str, set[Key]] = defaultdict(set)
    for path in catalogues:
        shown = path.relative_to(ROOT)
        try:
            entries = polib.pofile(str(path), check_for_duplicates=True)
        except (OSError, ValueError) as error:
            yield f"{shown}: {error}"
            continue
        # locale/<language>/LC_MESSAGES/django.po
        translated[path.parent.parent.name] |= {(entry.msgctxt, entry.msgid) for entry in entries if not entry.obsolete}
        for entry in entries:
            if not entry.obsolete and (fault := entry_fault(entry)):
                yield f"{shown}:{entry.linenum}: {fault}: {entry.msgid!r}"
    if not translated:
        return
    for place, key in marked_texts(templates):
        for language in sorted(translated):
            if key not in translated[language]:
                yield f"{place}: not translated into {language}: {key[1]!r}"


def entry_fault(entry: polib.POEntry) -> str | None:
    if entry.fuzzy:
        return "marked fuzzy, so it is not used"
    texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if not texts or not all(texts):
        return "not translated"
    allowed = set(PLACEHOLDER.findall(entry.msgid)) | set(PLACEHOLDER.findall(entry.msgid_plural))
    # A plural form may leave the number out ("one day"); nothing may invent a placeholder.
    for text in texts:
        found = set(PLACEHOLDER.findall(text))
        if found - allowed or (not entry.msgid_plural and allowed - found):
            return "placeholders differ from the original"
    return None


def marked_texts(templates: list[Path]) -> Iterator[tuple[str, Key]]:
    """Return place and key of every text marked for translation, in Python and in templates."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for line, key in marked_in_python(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(ROOT)}:{line}", key
    for path in templates:
        # Django turns a template into calls of gettext amid lines of x; only the calls are Python.
        for line in io.StringIO(templatize(path.read_text(encoding="utf-8"), origin=str(path))):
            for call in GETTEXT_CALL.findall(line):
                for _, key in marked_in_python(call.rstrip(" ,") + ")"):
                    yield str(path.relative_to(ROOT)), key


def marked_in_python(source: str) -> Iterator[tuple[int, Key]]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in MARKING_FUNCTIONS:
            continue
        text, context = MARKING_FUNCTIONS[name]
        strings = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
        if len(strings) > text and isinstance(strings[text], str):
            yield node.lineno, (strings[context] if context is not None else None, strings[text])


if __name__ == "__main__":
    sys.exit(main())
