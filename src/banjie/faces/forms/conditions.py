"""When something applies, in words: the guide's conditions are written as expressions, and people read sentences.

Understands what guides use: questions, values, == != < <= > >=, in [...], &&, ||, ! and brackets. What it does not
understand is told as "only in some situations": never wrong, at most vague.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from django.utils.translation import gettext as _
from django.utils.translation import override

from banjie import words
from banjie.engine.law import Procedure, Question

TOKEN = re.compile(
    r"\s*(?:(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>\d+)|(?P<name>[A-Za-z_]\w*)|(?P<sign>&&|\|\||==|!=|<=|>=|[!<>()\[\],]))"
)
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")


class NotUnderstood(ValueError):
    """An expression with something in it that has no words here."""


def in_words(when: str, procedure: Procedure, language: str) -> str:
    """The condition as a clause, e.g. “经营方式”是“热食类”; "" where there is none."""
    return _in_words(when, procedure.questions, language) if when else ""


@lru_cache(maxsize=2048)
def _in_words(when: str, questions: tuple[Question, ...], language: str) -> str:
    with override("en" if language == "en" else "zh-hans"):
        try:
            return _Reader(_tokens(when), {each.id: each for each in questions}, language).read()
        except NotUnderstood:
            return _("only in some situations, which follow from your answers")


def _tokens(when: str) -> list[tuple[str, str]]:
    tokens, position = [], 0
    while position < len(when.rstrip()):
        match = TOKEN.match(when, position)
        if match is None or match.lastgroup is None:
            raise NotUnderstood(when)
        tokens.append((match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return tokens


class _Reader:
    """Reads an expression from its loosest operator to its tightest; each method returns words."""

    def __init__(self, tokens: list[tuple[str, str]], questions: Mapping[str, Question], language: str) -> None:
        self._tokens = tokens
        self._questions = questions
        self._language = language

    def read(self) -> str:
        text = self._either()
        if self._tokens:
            raise NotUnderstood(self._tokens[0][1])
        return text

    def _either(self) -> str:
        parts = [self._both()]
        while self._take("||"):
            parts.append(self._both())
        return _(" or ").join(parts)

    def _both(self) -> str:
        parts = [self._one()]
        while self._take("&&"):
            parts.append(self._one())
        return _(" and ").join(parts)

    def _one(self) -> str:
        if self._take("!"):
            if self._take("("):
                inner = self._bracketed()
                return _("not (%(condition)s)") % {"condition": inner}
            return self._said(self._question(), "==", "false")
        if self._take("("):
            return f"({self._bracketed()})"
        question = self._question()
        for sign in COMPARISONS:
            if self._take(sign):
                return self._said(question, sign, self._value())
        if self._take("in"):
            return self._one_of(question)
        return self._said(question, "==", "true")

    def _bracketed(self) -> str:
        inner = self._either()
        self._need(")")
        return inner

    def _one_of(self, question: Question) -> str:
        self._need("[")
        values = [self._value()]
        while self._take(","):
            values.append(self._value())
        self._need("]")
        called = _(" or ").join(self._called(question, each) for each in values)
        return _("“%(question)s” is %(value)s") % {"question": self._label(question), "value": called}

    def _said(self, question: Question, sign: str, value: str) -> str:
        told = {"question": self._label(question), "value": self._called(question, value)}
        match sign:
            case "==":
                return _("“%(question)s” is %(value)s") % told
            case "!=":
                return _("“%(question)s” is not %(value)s") % told
            case "<":
                return _("“%(question)s” is less than %(value)s") % told
            case "<=":
                return _("“%(question)s” is at most %(value)s") % told
            case ">":
                return _("“%(question)s” is more than %(value)s") % told
            case _:
                return _("“%(question)s” is at least %(value)s") % told

    def _label(self, question: Question) -> str:
        return (self._language == "en" and question.english) or question.label

    def _called(self, question: Question, value: str) -> str:
        if value in ("true", "false"):
            return words.label("misc", "yes" if value == "true" else "no", self._language)
        for choice in question.choices:
            if choice.value == value:
                return "“%s”" % ((self._language == "en" and choice.english) or choice.label)
        return value

    def _question(self) -> Question:
        kind, text = self._next()
        if kind != "name" or text not in self._questions:
            raise NotUnderstood(text)
        return self._questions[text]

    def _value(self) -> str:
        kind, text = self._next()
        if kind == "text":
            return text[1:-1]
        if kind == "number" or text in ("true", "false"):
            return text
        raise NotUnderstood(text)

    def _next(self) -> tuple[str, str]:
        if not self._tokens:
            raise NotUnderstood("")
        return self._tokens.pop(0)

    def _take(self, sign: str) -> bool:
        if self._tokens and self._tokens[0][1] == sign and self._tokens[0][0] != "text":
            self._tokens.pop(0)
            return True
        return False

    def _need(self, sign: str) -> None:
        if not self._take(sign):
            raise NotUnderstood(sign)
