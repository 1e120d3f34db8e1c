"""What the product is made of may be passed on: the licence of each distribution that an installation brings along."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from email.message import Message
from functools import cache
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import cast

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"
# What is only for developing (`dev`) is not passed on.
SHIPPED_EXTRAS = ("worker", "gui")

# Ask for a copyright notice at most (SPDX names).
PERMISSIVE = {
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CNRI-Python",
    "ISC",
    "MIT",
    "MIT-0",
    "PSF-2.0",
    "Unlicense",
    "Zlib",
}
# Ask for more, and what they ask is done: why, by distribution. Each is installed unchanged, as a package of its own
# that its user can replace, which is what the LGPL wants; a bundle of the product must be a folder that leaves it so.
ARGUED = {
    "certifi": ("MPL-2.0", "a list of authorities; the MPL is about this file alone, and we do not change it"),
    "dramatiq": ("LGPL-3.0-or-later", "a library that we import"),
    "pyside6-essentials": (
        "LGPL-3.0-only",
        "Qt for Python, of the three licences offered; Qt's own libraries lie beside",
    ),
    "shiboken6": ("LGPL-3.0-only", "as PySide6"),
    "soxr": ("LGPL-2.1-or-later", "a library that we import"),
    "tqdm": ("MPL-2.0", "the MPL is about its files alone, and we do not change them"),
    "zeroconf": ("LGPL-2.1-or-later", "a library that we import"),
}
# The CUDA build of torch brings NVIDIA's libraries, under NVIDIA's own terms, which let them be passed on with a
# program; whoever installs that build takes them from NVIDIA. The CPU build has none.
NVIDIA = re.compile(r"nvidia-|cuda-|triton$")

CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}
# Where the old free text is all that there is and is no SPDX name.
TEXTS = {"Apache 2.0 License": "Apache-2.0"}


@cache
def installed() -> dict[str, Distribution]:
    """Every installed distribution, by its name as indexes spell it."""
    return {canonicalize_name(one.metadata["Name"]): one for one in distributions()}


def shipped() -> list[str]:
    """The names of what an installation of the product brings along on this machine."""
    project = tomllib.loads(PYPROJECT.read_text())["project"]
    lines = [
        *project["dependencies"],
        *(one for extra in SHIPPED_EXTRAS for one in project["optional-dependencies"][extra]),
    ]
    there = installed()
    waiting = [(Requirement(line), "") for line in lines]
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        for wanted in ("", *requirement.extras):
            if (name, wanted) not in seen:
                seen.add((name, wanted))
                waiting += [(Requirement(line), wanted) for line in there[name].requires or ()]
    return sorted({name for name, _ in seen})


def fields_of(distribution: Distribution) -> list[tuple[str, str]]:
    """Its metadata, field by field; some names come more than once."""
    return cast(Message, distribution.metadata).items()


def licence_of(metadata: Sequence[tuple[str, str]]) -> str:
    """The licence as an SPDX expression, from whichever field says it; empty when none does."""
    fields = dict(metadata)
    if expression := fields.get("License-Expression"):
        return expression
    named = [
        value.rpartition(" :: ")[2] for key, value in metadata if key == "Classifier" and value.startswith("License")
    ]
    if known := [CLASSIFIERS[name] for name in named if name in CLASSIFIERS]:
        return " AND ".join(known)
    text = fields.get("License", "").strip()
    return TEXTS.get(text, text)


def is_permitted(expression: str, *besides: str) -> bool:
    """Whether every part that binds us asks for a notice at most, or is one of `besides`."""
    allowed = PERMISSIVE | set(besides)
    return all(
        any(choice.strip(" ()") in allowed for choice in part.split(" OR ")) for part in expression.split(" AND ")
    )


# Files of others that lie among ours: silero's weights.
BUNDLED = {"engine/turns/silero.safetensors": "MIT"}

if "torch" not in installed():
    pytest.skip("what is shipped is not all installed: there is no torch", allow_module_level=True)

NAMES = [name for name in shipped() if not NVIDIA.match(name)]


@pytest.mark.parametrize("name", NAMES)
def test_it_may_be_passed_on(name: str) -> None:
    expression = licence_of(fields_of(installed()[name]))

    assert is_permitted(expression, *ARGUED.get(name, ())[:1]), f"{name} is under {expression!r}"


@pytest.mark.parametrize("file", BUNDLED)
def test_the_licence_of_what_is_bundled_comes_along(file: str) -> None:
    project = tomllib.loads(PYPROJECT.read_text())["project"]
    licence = (PYPROJECT.parent / file).with_suffix(".LICENSE")
    packed = [found for pattern in project["license-files"] for found in PYPROJECT.parent.glob(pattern)]

    assert licence in packed
    assert f"{BUNDLED[file]} License" in licence.read_text()
    assert is_permitted(BUNDLED[file])
    assert BUNDLED[file] in project["license"].split(" AND ")


def test_what_was_argued_is_still_needed() -> None:
    there = installed()
    assert [name for name in ARGUED if is_permitted(licence_of(fields_of(there[name])))] == []
    assert set(ARGUED) <= set(NAMES)


@pytest.mark.parametrize(
    ("metadata", "permitted"),
    [
        ([("License-Expression", "MIT")], True),
        ([("License-Expression", "GPL-3.0-only")], False),
        ([("License-Expression", "GPL-2.0-only OR MIT")], True),
        ([("License-Expression", "MIT AND (GPL-2.0-only OR AGPL-3.0-only)")], False),
        ([("License-Expression", "BSD-3-Clause AND (MIT OR Apache-2.0)")], True),
        ([("Classifier", "License :: OSI Approved :: MIT License")], True),
        ([("Classifier", "License :: OSI Approved :: GNU General Public License v3 (GPLv3)")], False),
        ([("License", "BSD-3-Clause")], True),
        ([("License", "see LICENSE")], False),
        ([], False),
    ],
)
def test_gpl_alone_and_what_says_nothing_are_refused(metadata: list[tuple[str, str]], permitted: bool) -> None:
    assert is_permitted(licence_of(metadata)) is permitted
