"""Every sentence that the appliance can tell a desktop, read out of its sources as templates: "must be one of %1"."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
_LOGGERS = ("logger", "logging", "re", "warnings")
# What is given to these is no sentence of ours: a query, a pattern, an option, a place in the documentation.
_NO_SENTENCES = {
    *("Meta", "Operation", "add_argument", "add_parser", "compile", "execute", "executemany", "fetchall", "print"),
    *("debug", "info", "warning", "error", "exception", "log", "critical", "progress"),
}
_WORDS = re.compile(r"[a-z]{3,}")
_SOMETHING = "{something}"
_PLACE = re.compile(r"\{[a-z_]+(:[^{}]*)?\}")
_MOST_FORMS = 16


@dataclass(frozen=True)
class Told:
    """A template, and where it stands."""

    module: str
    line: int
    template: str


def told_in(module: str) -> Iterator[Told]:
    """The sentences of a module, and the parts that sentences are made of."""
    tree = ast.parse((ROOT / module).read_text())
    passed_over = _passed_over(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) == "counted":
            for noun in node.args[1:]:
                if isinstance(noun, ast.Constant):
                    passed_over.add(id(noun))
                    yield Told(module, node.lineno, f"%1 {noun.value}")
        if id(node) in passed_over:
            continue
        if isinstance(node, ast.JoinedStr):
            passed_over |= _parts(node)
            forms = list(itertools.islice(_forms(node), _MOST_FORMS))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            forms = [_numbered(node.value)]
        else:
            continue
        for form in forms:
            template = normal(form)
            if " " in template and _WORDS.search(template):
                yield Told(module, node.lineno, template)


def normal(text: str) -> str:
    """Without what stands around a sentence: its full stop, brackets, what parts it from the one before."""
    text = text.strip()
    text = text.removeprefix(";").removeprefix(":").removeprefix(",").strip()
    if text.startswith("(") and text.endswith(")") and text.count("(") == 1:
        text = text[1:-1]
    return text.removesuffix(".") if not text.endswith("..") else text


def _forms(node: ast.JoinedStr) -> Iterator[str]:
    """A template for each way in which its choices of words fall out."""
    ways: list[tuple[str | None, ...]] = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            ways.append((str(part.value),))
        elif isinstance(part, ast.FormattedValue) and (words := _choice(part.value)):
            ways.append(words)
        else:
            ways.append((None,))  # a place
    for way in itertools.product(*ways):
        yield _numbered("".join(_SOMETHING if part is None else part for part in way))


def _numbered(text: str) -> str:
    """With %1, %2 … in its places, also in those that format() fills."""
    numbers = itertools.count(1)
    return _PLACE.sub(lambda _: f"%{next(numbers)}", text)


def _choice(value: ast.expr) -> tuple[str, ...]:
    """The words of `'one' if … else 'many'`."""
    if not isinstance(value, ast.IfExp):
        return ()
    ends = value.body, value.orelse
    words = [one.value for one in ends if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return tuple(words) if len(words) == len(ends) else ()


def _parts(node: ast.JoinedStr) -> set[int]:
    found: set[int] = set()
    for part in node.values:
        if isinstance(part, ast.Constant):
            found.add(id(part))
        elif isinstance(part, ast.FormattedValue):
            if part.format_spec is not None:
                found |= {id(one) for one in ast.walk(part.format_spec)}
            if _choice(part.value):
                found |= {id(one) for one in ast.walk(part.value)}
    return found


def _passed_over(tree: ast.Module) -> set[int]:
    """Docstrings, types, and what is given to logs, queries and parsers."""
    found: set[int] = set()
    for node in ast.walk(tree):
        branches: list[ast.AST] = []
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            branches.append(node.value)
        elif isinstance(node, ast.Call) and _is_no_sentence(node.func):
            branches += [*node.args, *node.keywords]
        elif isinstance(node, ast.AnnAssign | ast.arg) and node.annotation is not None:
            branches.append(node.annotation)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            branches += [*node.decorator_list, *([node.returns] if node.returns else [])]
        elif isinstance(node, ast.Assert) and node.msg is not None:
            branches.append(node.msg)
        found |= {id(one) for branch in branches for one in ast.walk(branch)}
    return found


def _is_no_sentence(function: ast.expr) -> bool:
    of = function.value if isinstance(function, ast.Attribute) else None
    return _name(function) in _NO_SENTENCES or (isinstance(of, ast.Name) and of.id in _LOGGERS)


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
