"""HTTP of accounts: who am I, sessions, tokens, the audit log."""

from django.utils.decorators import method_decorator
from django.views.decorators.csrf import ensure_csrf_cookie
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts import selectors, serializers, services, sessions
from server.accounts.authentication import SessionAuthentication
from server.accounts.principal import Principal


def caller(request: Request) -> Principal:
    """Who is asking; views behind ``IsAuthenticated`` always have one."""
    principal = request.user
    assert isinstance(principal, Principal)  # noqa: S101  # both authenticators answer with one
    return principal


@method_decorator(ensure_csrf_cookie, name="dispatch")
class MeView(APIView):
    """Who is asking. Also hands browsers the CSRF cookie that `login` needs, even with 401."""

    @extend_schema(operation_id="me", responses=serializers.MeSerializer)
    def get(self, request: Request) -> Response:
        """Who am I?"""
        return Response(serializers.MeSerializer(caller(request)).data)


class LoginView(APIView):
    """Starts a browser session."""

    authentication_classes = []
    permission_classes = []

    @extend_schema(operation_id="login", request=serializers.LoginSerializer, responses=serializers.MeSerializer)
    def post(self, request: Request) -> Response:
        """Sign a browser in; needs the CSRF token, as every unsafe method of a browser does."""
        SessionAuthentication().enforce_csrf(request)
        body = serializers.LoginSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        principal = sessions.sign_in(request._request, **body.validated_data)
        return Response(serializers.MeSerializer(principal).data)


class LogoutView(APIView):
    """Ends a browser session."""

    authentication_classes = [SessionAuthentication]

    @extend_schema(operation_id="logout", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """Sign the browser out."""
        sessions.sign_out(request._request)
        return Response(status=204)


class TokensView(APIView):
    """The caller's tokens."""

    @extend_schema(operation_id="tokens_list", responses=serializers.TokensSerializer)
    def get(self, request: Request) -> Response:
        """My tokens, newest first; never the tokens themselves."""
        items = selectors.tokens_of(viewer=caller(request))
        return Response(serializers.TokensSerializer({"items": items}).data)

    @extend_schema(
        operation_id="tokens_create",
        request=serializers.CreateTokenSerializer,
        responses={201: serializers.NewTokenSerializer},
    )
    def post(self, request: Request) -> Response:
        """Make a token. It is shown in this answer and never again."""
        body = serializers.CreateTokenSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        token = services.create_token(user_id=caller(request).user_id, **body.validated_data)
        return Response(serializers.NewTokenSerializer(token).data, status=201)


class TokenView(APIView):
    """One token of the caller."""

    @extend_schema(operation_id="tokens_revoke", responses={204: None})
    def delete(self, request: Request, token_id: int) -> Response:
        """Revoke a token of mine."""
        services.revoke_token(actor=caller(request), token_id=token_id)
        return Response(status=204)


class AuditView(APIView):
    """The audit log."""

    @extend_schema(
        operation_id="audit_list",
        parameters=[serializers.AuditQuerySerializer],
        responses=serializers.AuditPageSerializer,
    )
    def get(self, request: Request) -> Response:
        """What was done, newest first: all of it for administrators, else mine and that of projects that I own."""
        query = serializers.AuditQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        items, more = selectors.audit(viewer=caller(request), **query.validated_data)
        return Response(serializers.AuditPageSerializer({"items": items, "next": more}).data)
