"""HTTP of the 2018 protocol: one address, POST, no header that says who calls. Answers are plain text."""

from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from server.accounts import sessions
from server.compat import messages, services
from server.compat.errors import BadMessage, MessageTooLarge

MAX_BODY_BYTES = 3 * 1024 * 1024
"""A config and a model as text, in one event of at most 4 MiB; log messages take a few hundred bytes."""


@csrf_exempt
@require_POST
def log(request: HttpRequest) -> HttpResponse:
    """Connect: 200 and the instance id as plain text. Log: 200. ``?project=`` names the project of new trainings."""
    message = messages.read(_body(request))
    client = request.headers.get("User-Agent", "")
    if isinstance(message, messages.Log):
        services.log(message)
        return _answer("ok")
    actor = sessions.identify(request, username=message.username, secret=message.password)
    project = request.GET.get("project", "")
    return _answer(services.connect(actor=actor, message=message, project=project, client=client))


def _body(request: HttpRequest) -> bytes:
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        raise BadMessage("Content-Length must be a number.") from None
    if length > MAX_BODY_BYTES:
        raise MessageTooLarge(f"A message may have {MAX_BODY_BYTES} bytes.", limit=MAX_BODY_BYTES)
    try:
        body = request.body
    except (UnreadablePostError, RawPostDataException):
        raise BadMessage("The body broke off. Send the message again.") from None
    if len(body) > MAX_BODY_BYTES:
        raise MessageTooLarge(f"A message may have {MAX_BODY_BYTES} bytes.", limit=MAX_BODY_BYTES)
    return body


def _answer(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})
