"""Alert rules and dashboard, as Prometheus itself reads them. That their metrics exist: test_monitored_metrics.py."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

MONITORING = Path(__file__).parents[2] / "packaging" / "monitoring"
RULES, TESTS = MONITORING / "vbot.rules.yml", MONITORING / "vbot.rules.test.yml"
DASHBOARD = json.loads((MONITORING / "vbot.dashboard.json").read_text())
PROMTOOL = shutil.which("promtool")
with_promtool = pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (Debian: apt install promtool)")


def promtool(*arguments: str | Path) -> None:
    done = subprocess.run(
        [str(PROMTOOL), *map(str, arguments)],
        cwd=MONITORING,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def alerts() -> dict[str, str]:
    """Each rule's text by its name."""
    parts = re.split(r"(?m)^ +- alert: ", RULES.read_text())[1:]
    return {part.split("\n", 1)[0]: part for part in parts}


@with_promtool
def test_prometheus_reads_the_rules() -> None:
    promtool("check", "rules", RULES)


@pytest.mark.slow
@with_promtool
def test_each_alert_fires_at_its_fault_and_none_without() -> None:
    promtool("test", "rules", TESTS)


@with_promtool
def test_prometheus_reads_each_query_of_the_dashboard(tmp_path: Path) -> None:
    queries = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
    rules = [{"record": f"query_{number}", "expr": query} for number, query in enumerate(queries)]
    file = tmp_path / "queries.yml"
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))  # JSON is YAML
    promtool("check", "rules", file)


@pytest.mark.parametrize("name", alerts())
def test_an_alert_says_how_bad_it_is_what_is_wrong_and_what_to_do_and_is_tried(name: str) -> None:
    rule = alerts()[name]
    assert re.search(r"severity: (warning|critical)\b", rule)
    assert "$labels.instance" in rule.split("summary:")[1].split("description:")[0]
    assert len(rule.split("description:")[1].strip()) > 10
    assert f'alertname="{name}"' in TESTS.read_text()


def test_the_dashboards_panels_are_each_there_once_beside_each_other() -> None:
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = set()
    for panel in panels:
        place = panel["gridPos"]
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert x < 24
                assert (x, y) not in places, panel["title"]
                places.add((x, y))
