"""What is open to all: health, the OpenAPI page, the documentation, and metrics on loopback."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.end_to_end.contract import TIMESTAMP
from tests.support.appliance import RunningAppliance

pytestmark = pytest.mark.slow


def test_health_has_exactly_the_three_published_fields(appliance: RunningAppliance) -> None:
    for _ in range(5):  # a busy machine may keep it from seeing its own worker just then
        appliance.wait_until_healthy()
        before = datetime.now(UTC)
        answer = appliance.request("GET", "/health")
        after = datetime.now(UTC)
        if answer.json()["status"] == "healthy":
            break

    assert answer.status_code == 200
    body = answer.json()
    assert list(body) == ["status", "version", "timestamp"]
    assert body["status"] == "healthy"
    assert body["version"] == "1.0.0"
    assert TIMESTAMP.match(body["timestamp"])
    slack = timedelta(seconds=2)
    assert before - slack <= datetime.fromisoformat(body["timestamp"]) <= after + slack


def test_without_queue_and_worker_the_api_is_degraded_and_still_accepts(api_alone: RunningAppliance) -> None:
    answer = api_alone.request("GET", "/health")

    assert answer.status_code == 200
    assert list(answer.json()) == ["status", "version", "timestamp"]
    assert answer.json()["status"] == "degraded"


def test_health_ignores_a_wrong_credential(appliance: RunningAppliance) -> None:
    assert appliance.request("GET", "/health", key="unknown", bearer="unknown").status_code == 200


def test_the_openapi_page_describes_every_published_route(appliance: RunningAppliance) -> None:
    answer = appliance.request("GET", "/api/openapi.json")

    assert answer.status_code == 200
    page = answer.json()
    assert page["openapi"].startswith("3.")
    described = {(path, method) for path, methods in page["paths"].items() for method in methods}
    paths = {path.replace("{id}", "{customer_id}") for path, _ in described}
    assert {"/api/process-call", "/api/customers", "/api/customers/{customer_id}", "/health"} <= paths
    assert ("/api/process-call", "post") in described


def test_the_documentation_is_open_to_all(appliance: RunningAppliance) -> None:
    answer = appliance.request("GET", "/docs")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")


def test_metrics_are_open_on_loopback(appliance: RunningAppliance) -> None:
    answer = appliance.request("GET", "/metrics")

    assert answer.status_code == 200
    assert "# TYPE " in answer.text
