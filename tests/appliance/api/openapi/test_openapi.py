"""GET /api/openapi.json: whole, valid, and true of what the api does."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from appliance.api.application import ROUTES
from appliance.api.http.error_replies import HTTP_STATUS
from appliance.api.http.handler import Handler
from appliance.api.http.operation import Caller
from appliance.api.openapi.document import INTERNAL, described_methods, openapi_document, path_of
from appliance.api.services import PublishedLimits
from appliance.domain.call import CallState
from appliance.domain.token import Role
from appliance.errors import Obsolete
from appliance.services.calls.submission import Submission
from appliance.storage.tables import calls, deliveries
from appliance.webhooks import events
from appliance.webhooks.events import WebhookBody
from tests.appliance.api.conftest import Api
from tests.appliance.api.forms import CONTENT_TYPE, a_form
from tests.appliance.builders import NOON, a_call, a_delivery

PUBLIC = [(pattern, handler) for pattern, handler in ROUTES if not pattern.startswith(INTERNAL)]
LIMITS = PublishedLimits(100, 10, 512 * 1024 * 1024, (10.0, 60.0, 300.0), 15.0)

# Words of the published contract.
CONTRACT_ERRORS = {
    "400": "Invalid request parameters",
    "401": "Invalid API key",
    "403": "Insufficient permissions",
    "404": "Resource not found",
    "500": "Internal server error",
}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi_document(ROUTES, LIMITS)


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_it_is_a_valid_openapi_document(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    validate(document)


@pytest.mark.parametrize(("pattern", "handler"), PUBLIC, ids=[pattern for pattern, _ in PUBLIC])
def test_each_public_route_is_described(pattern: str, handler: type[Handler], document: dict[str, Any]) -> None:
    methods = {method for method, _ in described_methods(handler)}

    assert set(document["paths"][path_of(pattern, handler)]) == methods


def test_a_route_that_nobody_described_is_no_document() -> None:
    class Forgotten(Handler):
        async def get(self) -> None: ...

    with pytest.raises(LookupError, match=r"Forgotten\.get"):
        openapi_document([*ROUTES, (r"/api/forgotten", Forgotten)], LIMITS)


def test_what_api_and_workers_say_to_each_other_is_not_published(document: dict[str, Any]) -> None:
    assert not [path for path in document["paths"] if path.startswith(INTERNAL)]


def test_each_field_parameter_and_header_has_a_sentence(document: dict[str, Any]) -> None:
    lacking = [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field, described in schema.get("properties", {}).items()
        if not re.search(r"\.$", described.get("description", ""))
    ]
    lacking += [
        f"{name} {parameter['name']}"
        for name, operation in [*operations(document), ("webhook", document["webhooks"]["call"]["post"])]
        for parameter in operation["parameters"]
        if not parameter["description"].endswith(".")
    ]
    lacking += [name for name, operation in operations(document) if not operation["summary"].endswith(".")]
    lacking += [name for name, header in document["components"]["headers"].items() if not header["description"]]
    assert lacking == []


def test_each_error_has_an_example_with_its_exact_body(document: dict[str, Any]) -> None:
    for name, response in document["components"]["responses"].items():
        examples = response["content"]["application/json"]["examples"]
        assert examples[name]["value"]["status"] == "error", name
    shown = {
        example["value"]["message"]
        for response in document["components"]["responses"].values()
        for example in response["content"]["application/json"]["examples"].values()
    }
    assert shown >= {message for error, (_, message) in HTTP_STATUS.items() if error is not Obsolete}


@pytest.mark.parametrize(("status", "message"), CONTRACT_ERRORS.items())
def test_the_published_errors_are_shown_word_for_word(status: str, message: str, document: dict[str, Any]) -> None:
    shown = [
        example["value"]
        for _, operation in operations(document)
        for code, response in operation["responses"].items()
        if code == status and response["content"]  # HEAD has none
        for example in _resolved(document, response)["content"]["application/json"]["examples"].values()
    ]

    assert {"status": "error", "message": message} in shown


def _resolved(document: dict[str, Any], thing: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in thing:
        return document["components"]["responses"][thing["$ref"].rpartition("/")[2]]
    return thing


def test_the_form_is_that_which_is_parsed(document: dict[str, Any]) -> None:
    form = document["components"]["schemas"]["ProcessCallForm"]
    known = set(Submission.__dataclass_fields__) - {"idempotency_key", "call_started_at", "warnings"} | {"started_at"}
    known |= {"file", "caller_file", "called_file", "encoding", "sample_rate", "channels"}
    is_form = Draft202012Validator({**form, "properties": {}}).is_valid

    assert set(form["properties"]) == known
    legs = ("caller_file", "called_file")
    numbers = {"caller_number": "1", "called_number": "2"}
    files = [("file",), legs, legs[:1], ("file", *legs[:1]), ("file", *legs), ()]
    assert [is_form(numbers | dict.fromkeys(names, "")) for names in files] == [True, True, *[False] * 4]
    assert form["required"] == ["caller_number", "called_number"]


def test_each_field_of_the_form_may_be_empty(document: dict[str, Any]) -> None:
    form = document["components"]["schemas"]["ProcessCallForm"]
    texts = {name: field for name, field in form["properties"].items() if name != "metadata"}  # which is JSON

    takes_empty = {name for name, field in texts.items() if Draft202012Validator(field).is_valid("")}
    assert takes_empty == set(texts)  # an empty number is one that is withheld


def test_the_form_says_which_parts_are_no_plain_text(document: dict[str, Any]) -> None:
    content = document["paths"]["/api/process-call"]["post"]["requestBody"]["content"]["multipart/form-data"]

    assert set(content["encoding"]) == {"file", "caller_file", "called_file", "metadata"}
    assert "audio/wav" in content["encoding"]["file"]["contentType"]
    assert content["encoding"]["metadata"]["contentType"] == "application/json"


def test_the_webhook_is_described_with_every_field_of_its_body(document: dict[str, Any]) -> None:
    webhook = document["webhooks"]["call"]["post"]
    examples = webhook["requestBody"]["content"]["application/json"]["examples"]

    for event, example in examples.items():
        assert example["value"]["event"] == event
        assert list(example["value"]) == list(WebhookBody.__struct_fields__)
        assert check(document, "WebhookBody", example["value"]) == []
    assert {parameter["name"] for parameter in webhook["parameters"]} >= {
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
    }


def test_a_webhook_that_was_made_fits_its_schema(document: dict[str, Any]) -> None:
    assert check(document, "WebhookBody", msgspec.json.decode(events.test_body("call-1", 1, NOON))) == []


def test_each_example_of_an_answer_fits_its_schema(document: dict[str, Any]) -> None:
    found = [
        (name, problem)
        for name, operation in operations(document)
        for response in operation["responses"].values()
        for content in _resolved(document, response)["content"].values()
        if "example" in content
        for problem in check(document, content["schema"]["$ref"].rpartition("/")[2], content["example"])
    ]

    assert found == []


def test_routes_with_a_rate_limit_say_so_in_their_headers(document: dict[str, Any]) -> None:
    headers = document["paths"]["/api/process-call"]["post"]["responses"]["200"]["headers"]

    assert {"X-Request-ID", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} <= set(headers)
    assert "X-RateLimit-Limit" not in document["paths"]["/health"]["get"]["responses"]["200"]["headers"]


def test_who_may_call_is_a_security_requirement(document: dict[str, Any]) -> None:
    paths = document["paths"]

    assert paths["/health"]["get"]["security"] == []
    assert paths["/api/process-call"]["post"]["security"] == [{"apiKey": []}]
    assert paths["/api/customers"]["post"]["security"] == [{"bearer": []}]
    assert paths["/api/calls"]["get"]["security"] == [{"apiKey": []}, {"bearer": []}]


OPERATIONS = [
    (pattern, method, described.caller)
    for pattern, handler in PUBLIC
    for method, described in described_methods(handler)
]


@pytest.mark.parametrize(
    ("pattern", "method", "caller"), OPERATIONS, ids=[f"{method} {pattern}" for pattern, method, _ in OPERATIONS]
)
async def test_who_may_call_is_who_is_let_in(api: Api, pattern: str, method: str, caller: Caller) -> None:
    path = re.sub(r"\([^()]*\)", "12345", pattern)
    _, key = await api.customer()
    credentials: dict[str, dict[str, str]] = {
        "nobody": {},
        "customer": {"key": key},
        "viewer": {"bearer": await api.token(Role.VIEWER)},
        "admin": {"bearer": await api.token(Role.ADMIN)},
    }

    let_in = {
        name
        for name, credential in credentials.items()
        if (await api.request(method.upper(), path, **credential)).status not in (401, 403)  # type: ignore[arg-type]
    }

    assert (
        let_in
        == {
            Caller.ANYBODY: {"nobody", "customer", "viewer", "admin"},
            Caller.LOCAL_OR_OPERATOR: {"nobody", "customer", "viewer", "admin"},  # the test itself is local
            Caller.CUSTOMER: {"customer"},
            Caller.OPERATOR: {"viewer", "admin"},
            Caller.ADMIN: {"admin"},
            Caller.EITHER: {"customer", "viewer", "admin"},
        }[caller]
    )


async def test_it_is_open_to_all_and_the_same_that_is_made_from_the_routes(api: Api) -> None:
    answer = await api.request("GET", "/api/openapi.json")

    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.json()["paths"].keys() == openapi_document(ROUTES, LIMITS)["paths"].keys()


async def test_real_answers_fit_what_is_said_of_them(api: Api, document: dict[str, Any]) -> None:
    customer, key = await api.customer()
    admin = await api.token()
    await api.database.write(
        lambda tx: calls.insert(tx, a_call("done", customer_id=customer.id, state=CallState.FAILED))
    )
    await api.database.write(lambda tx: deliveries.insert(tx, a_delivery("sent", customer_id=customer.id)))
    form = {"Content-Type": CONTENT_TYPE}
    asked: list[tuple[str, str, str, dict[str, Any]]] = [
        ("GET", "/health", "HealthReply", {}),
        ("POST", "/api/process-call", "CallAcceptedReply", {"key": key, "body": a_form(), "headers": form}),
        ("POST", "/api/process-call", "ErrorReply", {"key": key, "body": a_form(None), "headers": form}),
        ("GET", "/api/calls", "CallsReply", {"key": key}),
        ("GET", "/api/calls/done", "CallReply", {"bearer": admin}),
        ("GET", "/api/customers", "CustomersReply", {"bearer": admin}),
        ("GET", "/api/customers?limit=1", "CustomersReply", {"bearer": admin}),
        ("GET", f"/api/customers/{customer.id}", "CustomerReply", {"bearer": admin}),
        ("GET", "/api/deliveries", "DeliveriesReply", {"bearer": admin}),
        ("GET", "/api/tokens", "TokensReply", {"bearer": admin}),
        ("GET", "/api/system", "SystemReply", {"bearer": admin}),
        ("GET", "/api/log", "LogReply", {"bearer": admin}),
        ("GET", "/api/stats", "StatisticsReply", {"bearer": admin}),
        ("GET", "/api/stats?by=customer", "StatisticsReply", {"bearer": admin}),
        ("GET", "/api/stats/insights", "InsightsReply", {"bearer": admin}),
        ("GET", "/api/stats/endpoints", "EndpointsReply", {"bearer": admin}),
        ("GET", "/api/tags", "TagsReply", {"bearer": admin}),
        ("GET", "/api/audit", "AuditReply", {"bearer": admin}),
        ("GET", "/api/backups", "BackupsReply", {"bearer": admin}),
        ("DELETE", "/api/calls/done", "ErasureReply", {"bearer": admin}),
        ("GET", "/api/calls/none", "ErrorReply", {"bearer": admin}),
        ("GET", "/api/calls", "ErrorReply", {}),
    ]
    for method, path, shape, options in asked:
        answer = await api.request(method, path, **options)
        assert (answer.status == 200) is (shape != "ErrorReply"), (method, path, answer.text)
        assert check(document, shape, answer.json()) == [], (method, path)


def check(document: dict[str, Any], shape: str, value: Any) -> list[str]:
    """What of the value is not as the named schema says; a field that nobody described counts too."""
    schemas = document["components"]["schemas"]
    validator = Draft202012Validator({"$ref": f"#/components/schemas/{shape}", "components": document["components"]})
    problems = [error.message for error in validator.iter_errors(value)]
    return problems + sorted(set(value) - set(schemas[shape]["properties"]))


def test_the_examples_of_deletions_say_what_was_deleted_and_of_a_customer_what_goes_with_it(
    document: dict[str, Any],
) -> None:
    deleted = {path: methods["delete"] for path, methods in document["paths"].items() if "delete" in methods}
    said = {
        path: one["responses"]["200"]["content"]["application/json"]["example"].get("message")
        for path, one in deleted.items()
    }
    assert said == {
        "/api/audit/{line_id}": "What named a person is erased",
        "/api/calls/{call_id}": None,
        "/api/customers/{customer_id}": "Customer deleted successfully",
        "/api/tokens/{token_id}": "Token revoked",
    }
    assert "erases at once" in deleted["/api/customers/{customer_id}"]["description"]
