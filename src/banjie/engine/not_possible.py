"""The program's own "no": a code and facts; the words stand in one catalogue per language, keyed by the code."""

from typing import Any


class NotPossible(Exception):
    """A request that cannot be carried out now.

    `code` names the reason; `facts` are the values its sentence needs (codes, dates, numbers: never personal data).
    Every code has words in every language: what happened, and the next step.
    """

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code}({told})" if told else self.code


class BadInput(NotPossible):
    """Input that cannot be taken as it is: each problem with the path of its field and a code with words.

    `problems`: ((field path, code), …); all of them at once, so that nobody corrects one thing at a time.
    """

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("bad_input", fields=", ".join(field for field, _ in problems))
        self.problems = problems
