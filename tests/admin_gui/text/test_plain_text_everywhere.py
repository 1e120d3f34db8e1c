"""Nothing in the desktop program may leave it to Qt to find markup in a text: this reads its source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import admin_gui

SOURCE = Path(admin_gui.__file__).parent
# The one place where each may stand.
ALLOWED = {
    "QLabel": "widgets/plain_label.py",
    "setTextFormat": "widgets/plain_label.py",
    # Which takes the marks out of what it shows.
    "QSystemTrayIcon": "shell/notices/tray_icon.py",
}
# What reads markup, or draws a text as such; none of it is needed. Plain fields and QPlainTextEdit read none.
READS_MARKUP = {
    *("QTextEdit", "QTextBrowser", "QTextDocument", "QStaticText", "QGraphicsTextItem", "TextItem", "LabelItem"),
    *("QMessageBox", "QErrorMessage", "QProgressDialog", "QInputDialog", "QWhatsThis", "QWizard"),
    *("setHtml", "insertHtml", "appendHtml", "setMarkdown", "setWhatsThis", "setStatusTip", "setLabelText"),
    "setOpenExternalLinks",
}
# Makes labels of its own out of strings.
MAKES_LABELS = frozenset({"addRow", "QFormLayout"})


def faults(text: str, where: str) -> list[str]:
    """What is wrong in one module, as `where:line: word`."""
    tree = ast.parse(text)
    return [f"{where}:{line}: {word}" for line, word in (*_forbidden(tree, where), *_tooltips(tree))]


def _forbidden(tree: ast.Module, where: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.ImportFrom) else []
        names += [node.attr] if isinstance(node, ast.Attribute) else [node.id] if isinstance(node, ast.Name) else []
        for name in names:
            if name in READS_MARKUP | MAKES_LABELS or (name in ALLOWED and ALLOWED[name] != where):
                yield node.lineno, name


def _tooltips(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Texts of tooltips are our own words, or go through `plain_tooltip`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            text = _tooltip_of(node, node.func.attr)
            if text is not None and not _is_safe(text):
                yield node.lineno, node.func.attr
        if (
            isinstance(node, ast.FunctionDef)
            and _names(node) >= {"ToolTipRole"}
            and "plain_tooltip" not in _names(node)
        ):
            yield node.lineno, "ToolTipRole"


def _tooltip_of(call: ast.Call, method: str) -> ast.expr | None:
    place = {"setToolTip": 0, "showText": 1}.get(method)
    if place is None and "ToolTipRole" in {word for one in call.args for word in _names(one)}:
        return call.args[-1]
    return None if place is None else call.args[place]


def _is_safe(text: ast.expr) -> bool:
    if isinstance(text, ast.IfExp):
        return _is_safe(text.body) and _is_safe(text.orelse)
    if isinstance(text, ast.Call):
        called = text.func.attr if isinstance(text.func, ast.Attribute) else getattr(text.func, "id", "")
        return called == "plain_tooltip" or (called == "tr" and isinstance(text.args[0], ast.Constant))
    return isinstance(text, ast.Constant)


def _names(tree: ast.AST) -> set[str]:
    found = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return found | {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


@pytest.mark.slow
def test_every_label_and_every_tooltip_of_the_program_is_plain() -> None:
    modules = sorted(SOURCE.rglob("*.py"))
    assert len(modules) > 100

    found = [fault for one in modules for fault in faults(one.read_text("utf-8"), one.relative_to(SOURCE).as_posix())]

    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "from PySide6.QtWidgets import QLabel",
        "title = QtWidgets.QLabel(name)",
        "class Label(QLabel): ...",
        "label.setTextFormat(Qt.TextFormat.RichText)",
        "QMessageBox.critical(self, title, told)",
        "browser.setHtml(reply)",
        "form.addRow(customer.company_name, field)",
        "self.setToolTip(name)",
        'self.setToolTip(self.tr("Open %1").replace("%1", name))',
        'self.setToolTip(name if name else "")',
        'self.setToolTip(f"{name}")',
        "QToolTip.showText(at, name, self)",
        "item.setData(Qt.ItemDataRole.ToolTipRole, name)",
        "def data(self, index, role):\n    if role == Qt.ItemDataRole.ToolTipRole:\n        return self.name",
    ],
)
def test_what_would_read_markup_is_found(text: str) -> None:
    assert faults(text, "pages/new.py")


@pytest.mark.parametrize(
    "text",
    [
        "label = PlainLabel(name)",
        'self.setToolTip(self.tr("Copy") if there else "")',
        "self.setToolTip(plain_tooltip(name))",
        "QToolTip.showText(at, plain_tooltip(name), self)",
        "def data(self, role):\n    if role == Qt.ItemDataRole.ToolTipRole:\n        return plain_tooltip(self.name)",
    ],
)
def test_what_is_plain_is_let_be(text: str) -> None:
    assert faults(text, "pages/new.py") == []
