"""Breaks the time limits one small way at a time, and says which breaks no fast test notices: `make mutate`.

    .venv/bin/python tools/mutate.py [timelimits calendar clocks] [--show]

Each mutant changes one operator, number, comparison, truth value or statement of one function. The tests are collected
once; for each mutant a forked child puts the changed code in the place of the function's own and runs them until one
fails. A mutant that none notices survives: either a test is missing, or the change makes no difference (`EQUIVALENT`).
The last lines are the score of each module and the survivors. Exit 1 below 95 % in a module that was asked for.

A mutation framework would write a thousand copies of the package to disk and start Python for each; this needs none.
"""

import argparse
import ast
import copy
import importlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
ENGINE = ROOT / "src" / "banjie" / "engine"
ENOUGH = 0.95
UNITS = (
    "tests/engine/test_calendar.py",
    "tests/engine/test_timelimits_vectors.py",
    "tests/properties/test_conformance.py",
)
TESTS = {
    "calendar": UNITS,
    "timelimits": (*UNITS, "tests/engine/test_defects.py", "tests/engine/test_limits.py"),
    "clocks": (
        "tests/engine/test_clocks.py",
        "tests/engine/test_defects.py",
        "tests/engine/test_readings.py",
        "tests/engine/test_limits.py",
        "tests/engine/test_pauses.py",
        "tests/engine/test_deeming.py",
        "tests/engine/test_hearing.py",
        "tests/engine/test_forwarding.py",
        "tests/engine/test_scenarios.py",
        "tests/engine/test_renewal.py",
        "tests/engine/test_gaps.py",
        "tests/engine/test_commitment.py",
        "tests/engine/test_bundle.py",
        "tests/engine/test_receipt.py",
        "tests/engine/test_examination.py",
        "tests/engine/test_lights.py",
        "tests/engine/test_reckoning.py",
        "tests/engine/test_forecast.py",
        "tests/engine/test_voices.py",
        "tests/engine/test_endings.py",
        "tests/engine/test_decision.py",
    ),
}
"""The fast tests of each module, those that notice most first."""

CPU_SECONDS = 60
"""How much a mutant may compute: a clock that never ends is noticed too, and a slow machine is no reason."""

FALLS_BACK = "the look-up without the short way gives the same day, a little later"
CUT = "a pause that touches a session or is empty takes no minute of it out, cut or not"
LATER = "the pauses are in order, and those after one that comes too late come too late as well"
TOGETHER = "the two are set by the same fact: there is never one without the other"
EQUIVALENT: dict[str, str] = {
    "Calendar.working_day_after: index = day.toordinal() - self.first [Sub → Add]": FALLS_BACK,
    "Calendar.working_day_after: if index >= 0: [if → False]": FALLS_BACK,
    "Calendar.working_day_after: if index >= 0: [GtE → Gt]": FALLS_BACK,
    "Calendar.working_day_after: if index >= 0: [0 → 1]": FALLS_BACK,
    "due: if limit.unit is Unit.WORKING_DAY and not pauses and limit.number: [if → False]": FALLS_BACK,
    "_merged: if not pauses: [if → False]": FALLS_BACK,
    "used: if on <= start: [LtE → Lt]": "on day 0 itself the count is 0 either way",
    "spent: spans = takewhile(lambda span: span[0] < end, "
    "_running_from(start, calendar, hours, wall_clock, end.date())) [Lt → LtE]": "what opens at the end adds nothing",
    "spent: return sum((min(closed, end) - opened for opened, closed in _without(spans, stands) if opened < end), "
    "timedelta()) [Lt → LtE]": "what begins at the end adds nothing",
    "_nth_working_day: break [break → continue]": LATER,
    "_nth_day: break [break → continue]": LATER,
    "_merged: if span.resumed <= stopped: [LtE → Lt]": "an empty pause takes nothing out wherever it stands",
    "_merged: if merged and stopped <= merged[-1].resumed: [LtE → Lt]": "two pauses that touch take out what one would",
    "_running_from: if closed > start: [if → True]": "what is over before the start is cut afterwards",
    "_without: if stopped > opened: [Gt → GtE]": "a session of no length has no minute",
    "_without: if resumed <= opened or stopped >= closed or resumed <= stopped: [LtE → Lt]": CUT,
    "_without: if resumed <= opened or stopped >= closed or resumed <= stopped: [GtE → Gt]": CUT,
    "_without: if opened < closed: [if → True]": "a session of no length has no minute",
    "_without: if opened < closed: [Lt → LtE]": "a session of no length has no minute",
    "_clocks: if notice: [if → True]": "an application has its notice clock from the first instant",
    "_falling_due: if notice: [if → True]": "an application has its notice clock from the first instant",
    "_clocks: if state.accepted and state.accepted_on: [And → Or]": TOGETHER,
    "certificate_clock: if decision is None or state.decided_on is None: [Or → And]": TOGETHER,
    "notice_clock: if state.notice_at is None or state.notice_limit is None: [Or → And]": TOGETHER,
    "_running_from: if closed > start: [Gt → GtE]": "a session that closes at the start has no minute, and is cut",
}
"""Mutants that change nothing anybody could see, by name, each with the reason."""

COMPARED: dict[type, tuple[type, ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
CALCULATED: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
}
SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True)
class Mutant:
    """One change: where, what, and the changed module. `name` is stable while the line stays as it is."""

    function: str
    line: int
    change: str
    source: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """The function, the line's own text and the change."""
        return f"{self.function}: {self.source} [{self.change}]"


def mutants(path: Path) -> Iterator[Mutant]:
    """Every mutant of a module's functions, top to bottom."""
    text = path.read_text(encoding="utf-8")
    lines, tree = text.splitlines(), ast.parse(text)
    for name, function in _functions(tree, ""):
        for node in _inside(function):
            for change, edit in _edits(node):
                changed = copy.deepcopy(tree)
                twin = _twin(tree, changed, node)
                edit(twin)
                line = getattr(node, "lineno", function.lineno)
                yield Mutant(name, line, change, lines[line - 1].strip(), ast.fix_missing_locations(changed))


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            yield prefix + child.name, child
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.")


def _inside(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """What runs when the function does: no default, annotation, decorator, docstring or text of an error."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop(0)
        yield node
        if isinstance(node, ast.Raise):
            continue
        for name, value in ast.iter_fields(node):
            if name not in ("annotation", "returns", "decorator_list"):
                found = value if isinstance(value, list) else [value]
                waiting += [each for each in found if isinstance(each, ast.AST)]


def _twin(tree: ast.AST, other: ast.AST, node: ast.AST) -> Any:
    for mine, theirs in zip(ast.walk(tree), ast.walk(other), strict=True):
        if mine is node:
            return theirs
    raise LookupError(node)


def _edits(node: ast.AST) -> Iterator[tuple[str, Any]]:
    match node:
        case ast.Compare(ops=[op]) if type(op) in COMPARED:
            for other in COMPARED[type(op)]:
                yield f"{type(op).__name__} → {other.__name__}", lambda twin, new=other: setattr(twin, "ops", [new()])
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in CALCULATED:
            new = CALCULATED[type(op)]
            yield f"{type(op).__name__} → {new.__name__}", lambda twin: setattr(twin, "op", new())
        case ast.BoolOp(op=op):
            other_op = ast.Or if isinstance(op, ast.And) else ast.And
            yield f"{type(op).__name__} → {other_op.__name__}", lambda twin: setattr(twin, "op", other_op())
        case ast.UnaryOp(op=ast.Not()):
            yield "not → ", lambda twin: setattr(twin, "op", ast.UAdd()) or _as_bool(twin)
        case ast.UnaryOp(op=ast.USub()):
            yield "- → +", lambda twin: setattr(twin, "op", ast.UAdd())
        case ast.Constant(value=bool(value)):
            yield f"{value} → {not value}", lambda twin: setattr(twin, "value", not value)
        case ast.Constant(value=int(value)):
            yield f"{value} → {value + 1}", lambda twin: setattr(twin, "value", value + 1)
        case ast.Constant(value=str(value)) if value:
            yield f"{value!r} → ''", lambda twin: setattr(twin, "value", f"{value}?")
        case ast.Call(func=ast.Name(id=name)) if name in SWAPPED:
            yield f"{name} → {SWAPPED[name]}", lambda twin: setattr(twin.func, "id", SWAPPED[name])
        case ast.If() | ast.IfExp():
            for value in (True, False):
                yield f"if → {value}", lambda twin, v=value: setattr(twin, "test", ast.Constant(v))
        case ast.Break():
            yield "break → continue", lambda twin: _become(twin, ast.Continue)
        case ast.Continue():
            yield "continue → break", lambda twin: _become(twin, ast.Break)
        case ast.Return(value=value) if value is not None and not isinstance(value, ast.Constant):
            yield "return → None", lambda twin: setattr(twin, "value", ast.Constant(None))


def _as_bool(twin: Any) -> None:
    """`not x` as the truth of x, which `+x` would not be of a list."""
    call = ast.Call(func=ast.Name(id="bool", ctx=ast.Load()), args=[twin.operand], keywords=[])
    twin.op, twin.operand = ast.UAdd(), call


def _become(twin: Any, cls: type) -> None:
    twin.__class__ = cls


# Putting a mutant in place


def codes(code: CodeType) -> Iterator[CodeType]:
    """Every code object inside a module's."""
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from codes(each)


def functions(module: ModuleType) -> dict[str, FunctionType]:
    """The functions and methods of a module by qualified name."""
    found = {}
    for value in vars(module).values():
        if isinstance(value, FunctionType) and value.__module__ == module.__name__:
            found[value.__qualname__] = value
        if isinstance(value, type) and value.__module__ == module.__name__:
            for member in vars(value).values():
                inner = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
                if isinstance(inner, FunctionType):
                    found[inner.__qualname__] = inner
    return found


def put_in_place(mutant: Mutant, module: ModuleType, path: Path) -> None:
    """Let the function of this name run the mutant's code from now on, wherever it was imported to."""
    changed = {each.co_qualname: each for each in codes(compile(mutant.tree, str(path), "exec"))}
    function = functions(module)[mutant.function]
    function.__code__ = changed[mutant.function]


class Mutating:
    """Runs the collected tests once as they are, and once for each mutant in a child of its own."""

    def __init__(self, name: str, show: bool, again: str) -> None:
        self.name, self.show, self.again = name, show, again
        self.survivors: list[Mutant] = []
        self.total = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of pytest's own loop."""
        path, module = ENGINE / f"{self.name}.py", importlib.import_module(f"banjie.engine.{self.name}")
        if session.testsfailed or not self._noticed_nothing(session, None, module, path):
            print("the tests fail without any mutant", flush=True)
            return True
        found = [each for each in mutants(path) if each.function in functions(module)]
        if self.again:
            found = [each for each in found if each.name in self.again]
        for number, mutant in enumerate(found, start=1):
            if self._noticed_nothing(session, mutant, module, path):
                self.survivors.append(mutant)
                if self.show:
                    print(f"{self.name}.py:{mutant.line} {mutant.name}", flush=True)
            if number % 25 == 0:
                print(f"{self.name}: {number} of {len(found)}", flush=True)
        self.total = len(found)
        return True

    def _noticed_nothing(self, session: Any, mutant: Mutant | None, module: Any, path: Any) -> bool:
        pid = os.fork()
        if pid == 0:
            code = 2
            try:
                code = self._child(session, mutant, module, path)
            finally:
                os._exit(code)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0

    def _child(self, session: Any, mutant: Mutant | None, module: Any, path: Any) -> int:
        """0 where every test passed."""
        nothing = os.open(os.devnull, os.O_WRONLY)
        if mutant:
            os.dup2(nothing, 1)
            os.dup2(nothing, 2)
            signal.setitimer(signal.ITIMER_VIRTUAL, CPU_SECONDS)
            put_in_place(mutant, module, path)
        session.config.option.maxfail = 1
        for item, following in zip(session.items, [*session.items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed:
                if not mutant:
                    print(f"fails: {item.nodeid}", flush=True)
                return 1
        return 0


def one(name: str, show: bool, again: str = "") -> bool:
    """Whether enough mutants of a module are noticed; the score and the survivors are printed."""
    mutating = Mutating(name, show, again)
    pytest.main(
        ["-x", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:terminal", *TESTS[name]],
        plugins=[mutating],
    )
    if not mutating.total:
        return False
    known = [each for each in mutating.survivors if each.name in EQUIVALENT]
    missed = [each for each in mutating.survivors if each.name not in EQUIVALENT]
    score = (mutating.total - len(missed) - len(known)) / (mutating.total - len(known))
    print(f"{name}.py: {mutating.total} mutants, {len(known)} equivalent, {len(missed)} survive: {score:.1%}")
    for each in missed:
        print(f"  {name}.py:{each.line} {each.name}")
    return score >= ENOUGH


def main() -> int:
    """Break, run, tell."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("modules", nargs="*", default=list(TESTS), choices=[*TESTS, []])
    asked.add_argument("--again", type=Path, help="only those that survived in this output of an earlier run")
    asked.add_argument("--show", action="store_true", help="print each survivor when it is found")
    given = asked.parse_args()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    enough = True
    for name in given.modules:
        if len(given.modules) > 1:  # each module in a process of its own: the tests of one are collected there alone
            arguments = [sys.executable, __file__, name, *(["--show"] if given.show else [])]
            enough = subprocess.run(arguments, check=False).returncode == 0 and enough
        else:
            enough = one(name, given.show, given.again.read_text(encoding="utf-8") if given.again else "")
    return 0 if enough else 1


if __name__ == "__main__":
    raise SystemExit(main())
