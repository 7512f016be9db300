"""The plain pages. Each asks selectors on behalf of the signed-in viewer and renders a template."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from server.accounts import sessions
from server.accounts.errors import TooManyLogins, WrongLogin
from server.accounts.principal import Principal
from server.accounts.selectors import principal_of
from server.common.errors import InvalidInput, NotFound, PaviError
from server.media import selectors as media
from server.pages import comparing, table
from server.pages.presentation import config_rows, config_text
from server.trainings.selectors import compares as compare_selectors
from server.trainings.selectors import trainings as training_selectors

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
TRACE_SECURITY_POLICY = CONTENT_SECURITY_POLICY + f"; style-src 'self' {EMPTY_STYLE}; connect-src 'self' blob:"
"""The viewer writes its rules into a style element that is there and empty: the hash allows that and no more. It
fetches what the page's script made of the trace."""
CONSOLE_LINES = 200


class NotATrace(NotFound):
    """The item is something else."""

    code = "pages.not_a_trace"


Parameters = ParamSpec("Parameters")
Page = Callable[Concatenate[HttpRequest, Principal, Parameters], HttpResponse]


def page(view: Page[Parameters]) -> Callable[Concatenate[HttpRequest, Parameters], HttpResponse]:
    """A page for people who are signed in; others are sent to the login. Errors are pages as well."""

    @require_GET
    @ensure_csrf_cookie
    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: Parameters.args, **kwargs: Parameters.kwargs) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return redirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}")
        try:
            response = view(request, principal_of(user), *args, **kwargs)
        except PaviError as error:
            response = _show(request, "error.html", {"error": error}, status=error.status)
        return response

    return wrapped


@page
def trainings(request: HttpRequest, viewer: Principal) -> HttpResponse:
    """The table of trainings."""
    wanted = table.Wanted.of(request.GET)
    problem: InvalidInput | None = None
    try:
        shown = table.read(viewer=viewer, wanted=wanted)
    except InvalidInput as error:  # a wrong filter: say so beside it, keep what was typed
        problem, shown = error, table.nothing(viewer=viewer)
    return _show(
        request,
        "trainings.html",
        {"table": shown, "wanted": wanted, "problem": problem, "server": settings.PUBLIC_URL},
        status=400 if problem else 200,
    )


@page
def training(request: HttpRequest, viewer: Principal, ref: str) -> HttpResponse:
    """One training."""
    whole = training_selectors.training(viewer=viewer, ref=ref)
    console = training_selectors.console_lines(viewer=viewer, ref=ref, first=-CONSOLE_LINES, limit=CONSOLE_LINES)
    return _show(
        request,
        "training.html",
        {
            "training": whole,
            "row": whole.row,
            "config": config_rows(whole.config),
            "summary": config_rows(whole.summary),
            "environment": config_rows(whole.environment),
            "config_text": config_text(whole),
            "console": console,
            "charts": comparing.chart_data([whole.row]),
        },
    )


@page
def trace(request: HttpRequest, viewer: Principal, ref: str, item: str) -> HttpResponse:
    """A profiler trace of a training in its viewer, which fetches the file from the API."""
    found = media.file(viewer=viewer, ref=ref, item_id=item)
    if found.kind != "trace":
        raise NotATrace("This is no profiler trace. The page of its training shows what it is.")
    profile = f"/api/v1/trainings/{quote(ref)}/media/{item}/file"
    response = _show(request, "trace.html", {"profile": profile, "title": found.name})
    response["Content-Security-Policy"] = TRACE_SECURITY_POLICY
    return response


@page
def models(request: HttpRequest, viewer: Principal, path: str = "") -> HttpResponse:
    """A place in the ModelCloud. Its script asks the API what is there, and whether the viewer may see it."""
    return _show(request, "models.html", {"path": path.strip("/")})


@page
def compare(request: HttpRequest, viewer: Principal) -> HttpResponse:
    """Any trainings side by side: ``?trainings=12,15``."""
    refs = [ref for given in request.GET.getlist("trainings") for ref in given.split(",") if ref.strip()]
    return _show_compare(request, comparing.of_refs(viewer=viewer, refs=refs))


@page
def saved_compare(request: HttpRequest, viewer: Principal, ref: str) -> HttpResponse:
    """A compare that somebody saved."""
    return _show_compare(request, comparing.of_saved(viewer=viewer, ref=ref))


@page
def compares(request: HttpRequest, viewer: Principal) -> HttpResponse:
    """Saved compares, newest first."""
    found, more = compare_selectors.list_compares(viewer=viewer, limit=100, cursor=request.GET.get("cursor"))
    return _show(request, "compares.html", {"compares": found, "next": more})


@ensure_csrf_cookie
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The login form, for sessions of browsers."""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    if request.method == "GET":
        return _show(request, "login.html", {"next": target})
    username = request.POST.get("username", "")
    try:
        sessions.sign_in(request, username=username, password=request.POST.get("password", ""))
    except (WrongLogin, TooManyLogins) as error:
        return _show(request, "login.html", {"next": target, "error": error, "username": username}, status=error.status)
    return HttpResponseRedirect(target)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    sessions.sign_out(request)
    return redirect(settings.LOGIN_URL)


def _show_compare(request: HttpRequest, shown: comparing.Comparison) -> HttpResponse:
    return _show(request, "compare.html", {"compare": shown, "charts": comparing.chart_data(shown.trainings)})


def _show(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    response = render(request, template, context, status=status)
    response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response["Referrer-Policy"] = "same-origin"
    add_never_cache_headers(response)  # what somebody saw must not come out of a cache after signing out
    return response
