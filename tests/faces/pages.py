"""Reading pages as a person would: the words on them, and the forms with what already stands in their fields."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.http import HttpResponse
from django.test import Client


@dataclass(slots=True)
class Form:
    """A form: where it is sent to, and what stands in its fields."""

    address: str
    values: dict[str, object] = field(default_factory=dict)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style", "title")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style", "title")

    def handle_data(self, data: str) -> None:
        if not self._hidden and data.strip():
            self.words.append(" ".join(data.split()))


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._in_form = False
        self._area = ""
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
            self._in_form = True
        elif not self._in_form:
            return
        elif tag == "input":
            kind = given.get("type", "text")
            if kind in ("checkbox", "radio") and "checked" not in given:
                return
            if name and kind not in ("file", "submit"):
                self._add(name, given.get("value", "on" if kind == "checkbox" else ""))
        elif tag == "textarea":
            self._area = name
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self._add(self._select, given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._in_form = False
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area and data.strip():
            self._add(self._area, data.removeprefix("\n"))

    def _add(self, name: str, value: str) -> None:
        values = self.forms[-1].values
        before = values.get(name)
        if before is None:
            values[name] = value
        elif isinstance(before, list):
            before.append(value)
        else:
            values[name] = [before, value]


def text_of(response: HttpResponse) -> str:
    """The words a reader sees, single-spaced."""
    parser = _Words()
    parser.feed(response.content.decode())
    return " ".join(parser.words)


def forms_of(response: HttpResponse) -> dict[str, Form]:
    """The forms of a case page by the kind of command they ask for, with `/step` where it is for one step."""
    parser = _Forms()
    parser.feed(response.content.decode())
    found = {}
    for form in parser.forms:
        if "command_id" in form.values:
            kind = form.address.rstrip("/").rpartition("/")[2].replace("-", "_")
            step = form.values.get("step")
            found[f"{kind}/{step}" if step else kind] = form
    return found


def all_forms_of(response: HttpResponse) -> list[Form]:
    """Every form of a page, in order."""
    parser = _Forms()
    parser.feed(response.content.decode())
    return parser.forms


class _Errors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.errors: dict[str, str] = {}
        self._field = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "error" in given.get("class", "").split():
            self._field = given.get("id", "").removeprefix("f-").removesuffix("_error")

    def handle_data(self, data: str) -> None:
        if self._field and data.strip():
            self.errors[self._field] = data.strip()
            self._field = ""


def errors_of(response: HttpResponse) -> dict[str, str]:
    """What is wrong, by the field it stands beside."""
    parser = _Errors()
    parser.feed(response.content.decode())
    return parser.errors


def press(client: Client, address: str, kind: str, **typed: object) -> str:
    """Open a case page, fill in the form of this kind (`kind/step` for one step) and send it; the words that follow."""
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    forms = forms_of(response)
    assert kind in forms, f"{kind} is not offered, only {sorted(forms)}"
    sent = client.post(forms[kind].address, {**forms[kind].values, **typed}, follow=True)
    assert sent.status_code == 200, text_of(sent)
    return text_of(sent)
