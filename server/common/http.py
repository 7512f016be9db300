"""HTTP manners shared by all views: the request id, and every exception as the one error envelope."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from rest_framework import exceptions as drf
from rest_framework.response import Response

from server.common import errors

_log = logging.getLogger("pavi.http")


class RequestIdMiddleware:
    """Gives each request an id, answers it in ``X-Request-Id``, and renders errors raised outside DRF views."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META["pavi.request_id"] = request_id = errors.new_request_id()
        response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        error = as_pavi_error(exception)
        if error is None:
            return None
        return JsonResponse(
            errors.envelope(error, request.META.get("pavi.request_id", "")),
            status=error.status,
            headers=_headers(error),
        )


def as_pavi_error(exception: Exception) -> errors.PaviError | None:
    """The same failure as one of ours; None when it is a defect of the server."""
    if isinstance(exception, errors.PaviError):
        return exception
    if isinstance(exception, (OperationalError, InterfaceError)):
        _log.error("database unavailable: %s", exception)
        return errors.Unavailable("The database does not answer. Try again in a few seconds.", retry_after=2.0)
    if isinstance(exception, (Http404, ObjectDoesNotExist)):
        return errors.NotFound("There is nothing here, or it is not yours to see.")
    if isinstance(exception, DjangoPermissionDenied):
        return errors.PermissionDenied(str(exception) or "This is not allowed for you.")
    if isinstance(exception, drf.ValidationError):
        return errors.InvalidInput("Some values cannot be used.", fields=exception.detail)
    if isinstance(exception, (drf.NotAuthenticated, drf.AuthenticationFailed)):
        return errors.NotAuthenticated(str(exception.detail))
    if isinstance(exception, drf.APIException):
        error = errors.PaviError(str(exception.detail), code=f"common.{exception.default_code}")
        error.status = exception.status_code  # type: ignore[misc]  # one instance differs from its class
        return error
    return None


def exception_handler(exception: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's hook: every error in the envelope; None lets Django report a defect."""
    error = as_pavi_error(exception)
    if error is None:
        return None
    request = context.get("request")
    request_id = request.META.get("pavi.request_id", "") if request is not None else ""
    return Response(errors.envelope(error, request_id), status=error.status, headers=_headers(error))


def _headers(error: errors.PaviError) -> dict[str, str]:
    if isinstance(error, errors.Unavailable):
        return {"Retry-After": f"{error.retry_after:g}"}
    if error.status == 401:
        return {"WWW-Authenticate": 'Token realm="pavi"'}
    return {}
