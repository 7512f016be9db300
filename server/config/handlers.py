"""What is answered where no view could: the error envelope below ``/api/``, a plain sentence elsewhere."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from server.common import errors


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  # Django's
    """404 for an address that is no route."""
    return _answer(request, errors.NotFound("There is no such address. /api/v1/docs lists those that there are."))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  # Django's
    """400 for a request that Django itself refuses."""
    return _answer(request, errors.InvalidInput("The request cannot be read."))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a defect of ours, which the server's log holds under the request's id."""
    return _answer(request, errors.PaviError("The server made a mistake. Its log says more under this request's id."))


def _answer(request: HttpRequest, error: errors.PaviError) -> HttpResponse:
    if not request.path.startswith("/api/"):
        return HttpResponse(error.message, status=error.status, content_type="text/plain; charset=utf-8")
    request_id = request.META.get("pavi.request_id", "")
    return JsonResponse(errors.envelope(error, request_id), status=error.status)
