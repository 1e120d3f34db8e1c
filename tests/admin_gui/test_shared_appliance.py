"""Files keep apart on the appliance that they share: of two customers of one name each is called otherwise.

A choice lists them as "Later Ltd (#7)" and "Later Ltd (#9)", and who looks for "Later Ltd" waits in vain: in one order
of the files, and not in another.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

FOLDER = Path(__file__).parent
# What makes a customer of a name that stands in the test.
MAKES = {"new_customer", "tell", "type_new"}


def names_given(source: str) -> set[str]:
    """What a file calls customers of the shared appliance; nothing where it has an appliance of its own."""
    tree = ast.parse(source)
    functions = {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}
    if "appliance" in functions:
        return set()
    return {name for call in ast.walk(tree) if isinstance(call, ast.Call) for name in _names_in(call)}


def _names_in(call: ast.Call) -> set[str]:
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if called not in MAKES:
        return set()
    given = [one.value for one in call.keywords if one.arg in ("company_name", "company")]
    given += call.args if called == "type_new" else []
    return {one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def test_no_two_files_give_customers_one_name() -> None:
    givers: dict[str, list[str]] = defaultdict(list)
    for file in sorted(FOLDER.rglob("test_*.py")):
        for name in names_given(file.read_text()):
            givers[name.casefold()].append(file.relative_to(FOLDER).as_posix())
    assert len(givers) > 40, "they were looked at"
    assert {name: files for name, files in givers.items() if len(files) > 1} == {}


def test_a_name_that_is_given_is_found() -> None:
    assert names_given('appliance.new_customer(company_name="A Ltd", name="Ada")') == {"A Ltd"}
    assert names_given('type_new(qtbot, window, "B Ltd")\ntell(appliance, company="C Ltd")') == {"B Ltd", "C Ltd"}
    assert names_given('def appliance(): ...\nappliance.new_customer(company_name="A Ltd")') == set()
