"""What Asterisk does with the texts that are pasted into it, and a machine on which any other program leaves a trace.

The rules are those of Asterisk's documentation and source (`MixMonitor`, `FILTER`, `app.c`): the dial plan replaces
each `${…}` once; MixMonitor parts its arguments at commas and takes quotes and backslashes out of them; in its command
each `^{…}` is then replaced by a variable, and the whole is given to `/bin/sh -c`.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SHELLS = [
    ["/bin/sh"],
    ["/bin/dash"],
    ["/bin/bash"],
    ["/bin/bash", "--posix"],
    ["/bin/busybox", "sh"],
    ["/bin/mksh"],
]
# Each once, also where /bin/sh is another's name.
THERE = list({(Path(one).resolve(), *more): [one, *more] for one, *more in SHELLS if Path(one).exists()}.values())
# What an attacker's text might start; none of them is needed by a script of ours.
TRAPS = ("touch", "id", "sh", "bash", "cat", "rm", "wget", "nc", "python3", "logger")
_FAKE = """#!{python} -IS
import json, os, sys
name, here = os.path.basename(sys.argv[0]), {folder!r}
said = {{"name": name, "arguments": [os.fsencode(one).decode("latin-1") for one in sys.argv[1:]]}}
if name == "curl":
    said["config"] = sys.stdin.read()
    for one in sys.argv[1:]:
        if one.startswith("file=@"):
            said["sound"] = open(one[6:].split(";")[0], "rb").read().decode("latin-1")
with open(os.path.join(here, "ran"), "a") as ran:
    ran.write(json.dumps(said) + chr(10))
if name == "curl":
    answers = open(os.path.join(here, "answers")).read().split()
    with open(os.path.join(here, "answers"), "w") as left:
        left.write(" ".join(answers[1:]))
    print('{{"status": "as told"}} ' + (answers[0] if answers else "200"), end="")
"""


@dataclass(frozen=True)
class Run:
    """One program that was started; `arguments` in the bytes that it was given."""

    name: str
    arguments: tuple[bytes, ...]
    config: str = ""
    sound: bytes = b""

    def field(self, name: str) -> bytes:
        """What was sent under a name, where curl reads nothing into it."""
        begin = f"{name}=".encode()
        pairs = zip(self.arguments, self.arguments[1:], strict=False)
        (found,) = [
            text[len(begin) :] for option, text in pairs if option == b"--form-string" and text.startswith(begin)
        ]
        return found


class TelephoneSystem:
    """A folder that is the whole PATH: our client's curl and sleep, and traps for everything else."""

    def __init__(self, folder: Path) -> None:
        self.monitor = folder / "monitor"
        self.home = folder / "home"
        self._programs = folder / "programs"
        self._notes = folder / "notes"
        for one in (self.monitor, self.home, self._programs, self._notes):
            one.mkdir()
        for name in ("curl", "sleep", *TRAPS):
            made = self._programs / name
            made.write_text(_FAKE.format(python=sys.executable, folder=str(self._notes)))
            made.chmod(0o755)
        self.answer("200")

    def answer(self, *statuses: str) -> None:
        """What the box answers, one after another; 000 is no answer."""
        (self._notes / "answers").write_text(" ".join(statuses))

    def install(self, text: str) -> Path:
        """Save a snippet's script, with this system's folder for recordings."""
        script = self._programs / "vbot-post"
        made = text.split("\n\n", maxsplit=1)[0].replace("/var/spool/asterisk/monitor", str(self.monitor))
        script.write_text(f"{made}\n")
        script.chmod(0o700)
        return script

    def run(self, shell: Sequence[str], command: str) -> subprocess.CompletedProcess[bytes]:
        """As Asterisk runs a command when a recording is closed."""
        # A file that begins with #! names its shell itself: here it is the one that is tried.
        command = command.replace("/usr/local/bin/vbot-post", " ".join([*shell, str(self._programs / "vbot-post")]))
        return subprocess.run(
            [*shell, "-c", command],
            cwd=self.home,
            env={"PATH": str(self._programs)},
            capture_output=True,
            timeout=600,
            check=False,
        )

    def recording(self, name: str) -> Path:
        """A recording under FreePBX's name for it; a slash in the name makes folders, as it does there."""
        made = self.monitor / "2026" / "11" / "26" / name
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_bytes(b"RIFF of the call")
        return made

    @property
    def ran(self) -> list[Run]:
        """What was started, but for the shell itself."""
        notes = self._notes / "ran"
        told = [json.loads(line) for line in notes.read_text().splitlines()] if notes.exists() else []
        return [
            Run(
                one["name"],
                tuple(argument.encode("latin-1") for argument in one["arguments"]),
                one.get("config", ""),
                one.get("sound", "").encode("latin-1"),
            )
            for one in told
        ]

    @property
    def names(self) -> list[str]:
        return [one.name for one in self.ran]

    @property
    def strangers(self) -> list[str]:
        """Files that nobody but an attacker makes."""
        return [str(one) for one in self.home.rglob("*")]


def evaluated(text: str, variables: Mapping[str, str], sign: str = "$") -> str:
    """Each `${…}` replaced, once; within it first."""
    made, rest = "", text
    while (begin := rest.find(sign + "{")) >= 0:
        end = _closing(rest, begin + 1)
        made += rest[:begin] + _value(evaluated(rest[begin + 2 : end], variables), variables)
        rest = rest[end + 1 :]
    return made + rest


def _closing(text: str, opening: int) -> int:
    depth = 0
    for place in range(opening, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return place
    raise AssertionError(f"no end: {text}")


def _value(name: str, variables: Mapping[str, str]) -> str:
    if name.startswith("FILTER("):
        allowed, _, text = name.removeprefix("FILTER(").removesuffix(")").partition(",")
        return "".join(re.findall(f"[{allowed}]", text, re.ASCII))
    return variables.get(name, "")


def mixmonitor(data: str, variables: Mapping[str, str]) -> tuple[str, str, str]:
    """File, options and the command that is given to a shell, of `MixMonitor(data)`."""
    parts, within = [""], False
    for letter in evaluated(data, variables):
        if letter == '"':
            within = not within
        elif letter == "," and not within and len(parts) < 3:
            parts.append("")
        elif letter != "\\":
            parts[-1] += letter
    file, options, command = parts
    return file, options, after_recording(command, file, variables)


def after_recording(command: str, file: str, variables: Mapping[str, str]) -> str:
    """What MixMonitor gives to a shell when `file` is closed."""
    return evaluated(command, {**variables, "MIXMONITOR_FILENAME": file}, sign="^")


def dial_plan(lines: Sequence[str], variables: Mapping[str, str]) -> tuple[str, str, str]:
    """What `same => n,…` lines come to: the arguments of their MixMonitor."""
    known = dict(variables)
    for line in lines:
        application, _, data = line.removeprefix("same => n,").removesuffix(")").partition("(")
        if application == "Set":
            name, _, value = data.partition("=")
            known[name] = evaluated(value, known)
        elif application == "MixMonitor":
            return mixmonitor(data, known)
    raise AssertionError("it never records")
