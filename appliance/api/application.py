"""Every route, and who answers it."""

from __future__ import annotations

import logging
import re
from functools import lru_cache, partial
from http import HTTPStatus
from typing import Any

from tornado.web import Application, RequestHandler

from appliance.api.documentation.docs_page import (
    DataProtectionPage,
    DocumentationPage,
    GermanDataProtectionPage,
    OpenApiDocument,
)
from appliance.api.documentation.rendering import Documentation
from appliance.api.http.handler import Handler, UnknownRoute
from appliance.api.openapi.document import openapi_document, path_of
from appliance.api.routes.audit import Audit, AuditErasure, AuditVerification
from appliance.api.routes.backups import BackupFile, BackupList, RecoveryKeyKept, RecoveryKeyShown, VerifyBackup
from appliance.api.routes.calls import CallDetail, CallList, CallRecording, CallWords, ReprocessCall
from appliance.api.routes.customers import (
    CustomerDetail,
    CustomerList,
    EnableWebhook,
    RotateKey,
    RotateWebhookSecret,
    TestWebhook,
    WebhookCertificate,
)
from appliance.api.routes.deliveries import DeliveryDetail, DeliveryList, DeliveryRequest, RedeliverAll, RedeliverOne
from appliance.api.routes.events import EventStream
from appliance.api.routes.get_transcription import GetTranscription
from appliance.api.routes.health import Health
from appliance.api.routes.insights import InsightsPage
from appliance.api.routes.log import LogLevelPage, LogPage
from appliance.api.routes.metrics import MetricsPage
from appliance.api.routes.process_call import ProcessCall
from appliance.api.routes.revisions import CallRevision, CallRevisions
from appliance.api.routes.statistics import EndpointsPage, StatisticsPage
from appliance.api.routes.system import RestartPage, SettingsPage, SystemPage
from appliance.api.routes.tags import CallTags, TagList
from appliance.api.routes.tokens import TokenDetail, TokenList
from appliance.api.routes.workers.claims import LeaseRenewals, RecordingClaims
from appliance.api.routes.workers.queue_tunnel import QueueTunnel
from appliance.api.services import PublishedLimits, Services
from appliance.messages.joining import QUEUE_PATH
from appliance.messages.lease_renewal import LEASES_PATH
from appliance.process.local_socket import SUPERVISOR
from appliance.process.log.ring import READING
from appliance.services.health.prometheus.metrics import OTHER, Metrics

logger = logging.getLogger(__name__)

# Of a path that no route matches, enough to see what was meant.
LONGEST_LOGGED_PATH = 100
_NOT_IN_A_ROUTE = re.compile(r"[^A-Za-z/._-]")

ROUTES: list[tuple[str, type[Handler]]] = [
    (r"/health", Health),
    (r"/metrics", MetricsPage),
    (r"/docs", DocumentationPage),
    (r"/docs/data-protection", DataProtectionPage),
    (r"/docs/data-protection/de", GermanDataProtectionPage),
    (r"/api/openapi.json", OpenApiDocument),
    (r"/api/process-call", ProcessCall),
    (r"/api/get_transcription", GetTranscription),
    (r"/api/calls", CallList),
    (r"/api/calls/([^/]+)", CallDetail),
    (r"/api/calls/([^/]+)/recording", CallRecording),
    (r"/api/calls/([^/]+)/words", CallWords),
    (r"/api/calls/([^/]+)/revisions", CallRevisions),
    (r"/api/calls/([^/]+)/revisions/([^/]+)", CallRevision),
    (r"/api/calls/([^/]+)/reprocess", ReprocessCall),
    (r"/api/calls/([^/]+)/tags", CallTags),
    (r"/api/tags", TagList),
    (r"/api/customers", CustomerList),
    (r"/api/customers/([^/]+)", CustomerDetail),
    (r"/api/customers/([^/]+)/enable-webhook", EnableWebhook),
    (r"/api/customers/([^/]+)/rotate-key", RotateKey),
    (r"/api/customers/([^/]+)/rotate-webhook-secret", RotateWebhookSecret),
    (r"/api/customers/([^/]+)/test-webhook", TestWebhook),
    (r"/api/customers/([^/]+)/webhook-certificate", WebhookCertificate),
    (r"/api/deliveries", DeliveryList),
    (r"/api/deliveries/redeliver", RedeliverAll),
    (r"/api/deliveries/([^/]+)", DeliveryDetail),
    (r"/api/deliveries/([^/]+)/redeliver", RedeliverOne),
    (r"/api/deliveries/([^/]+)/request", DeliveryRequest),
    (r"/api/events", EventStream),
    (r"/api/tokens", TokenList),
    (r"/api/tokens/([^/]+)", TokenDetail),
    (r"/api/stats", StatisticsPage),
    (r"/api/stats/insights", InsightsPage),
    (r"/api/stats/endpoints", EndpointsPage),
    (r"/api/audit", Audit),
    (r"/api/audit/verification", AuditVerification),
    (r"/api/audit/([^/]+)", AuditErasure),
    (r"/api/system", SystemPage),
    (r"/api/system/settings", SettingsPage),
    (r"/api/system/restart", RestartPage),
    (r"/api/log", LogPage),
    (r"/api/log/level", LogLevelPage),
    (r"/api/backups", BackupList),
    (r"/api/backups/([^/]+)", BackupFile),
    (r"/api/backups/([^/]+)/verify", VerifyBackup),
    (r"/internal/recordings/([^/]+)", RecordingClaims),
    (LEASES_PATH, LeaseRenewals),
    (QUEUE_PATH, QueueTunnel),
    (r"/internal/recovery-key", RecoveryKeyShown),
    (r"/internal/recovery-key/kept", RecoveryKeyKept),
]


def make_application(services: Services, *, local_owner: bool = False) -> Application:
    """The Tornado application; `local_owner` for the socket that only the data folder's owner can open."""
    _documentation(services.limits)  # before anybody asks for it
    shared: dict[str, Any] = {"services": services, "local_owner": local_owner}
    return Application(
        [(path, handler, shared) for path, handler in ROUTES],
        default_handler_class=UnknownRoute,
        default_handler_args=shared,
        documentation=_documentation,
        route_of=route_of,
        log_function=partial(_note_request, services.health.metrics),
    )


@lru_cache(maxsize=4)
def _documentation(limits: PublishedLimits) -> Documentation:
    """Made once for all applications with these limits, the local socket's among them: it takes half a second."""
    return Documentation(openapi_document(ROUTES, limits))


_PATHS = {handler: path_of(pattern, handler) for pattern, handler in ROUTES}


def route_of(handler: RequestHandler) -> str:
    """The path that the handler answers for, such as `/api/calls/{call_id}`: the same whatever was asked for."""
    return _PATHS.get(type(handler), OTHER)  # type: ignore[arg-type]


def _note_request(metrics: Metrics, handler: RequestHandler) -> None:
    request = handler.request
    # How long somebody watched says nothing about how fast we answer.
    seconds = None if isinstance(handler, EventStream) else request.request_time()
    metrics.request_answered(route_of(handler), request.method, handler.get_status(), seconds)
    _log_request(handler)


def _log_request(handler: RequestHandler) -> None:
    is_look = handler.request.path == "/health" or _asks_as_supervisor(handler)
    level = logging.DEBUG if is_look else logging.INFO
    logger.log(
        level,
        "%s %s %d %.0f ms %s",
        handler.request.method,
        _loggable_path(handler),
        handler.get_status(),
        handler.request.request_time() * 1000,
        getattr(handler, "request_id", "-"),
        extra={
            **(handler.log_subject() if isinstance(handler, Handler) else {}),
            **(READING if _only_read(handler) else {}),
        },
    )


def _asks_as_supervisor(handler: RequestHandler) -> bool:
    is_local = isinstance(handler, Handler) and handler.local_owner
    return is_local and handler.request.headers.get("User-Agent") == SUPERVISOR


def _only_read(handler: RequestHandler) -> bool:
    return handler.request.method in ("GET", "HEAD") and handler.get_status() < HTTPStatus.BAD_REQUEST


def _loggable_path(handler: RequestHandler) -> str:
    """The path alone, for queries hold signatures and telephone numbers; where nothing was found, the route alone.

    What stands in the place of an id that is none may be anything, a number or a secret among it.
    """
    status = handler.get_status()
    if status < HTTPStatus.BAD_REQUEST or status == HTTPStatus.CONFLICT or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return handler.request.path
    route = route_of(handler)
    return _NOT_IN_A_ROUTE.sub("#", handler.request.path[:LONGEST_LOGGED_PATH]) if route == OTHER else route
