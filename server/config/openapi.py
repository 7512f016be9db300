"""The OpenAPI description: security schemes, the one error envelope for every operation, and the ingest endpoint,
which Django never sees. `docs/openapi.yaml` is generated from it; a check keeps the two the same."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

ERROR = {"$ref": "#/components/schemas/Error"}
PREFIX = "/api/v1"
METHODS = {"get", "put", "post", "patch", "delete"}

ERROR_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "Every error, of every endpoint.",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "details", "request_id"],
            "properties": {
                "code": {"type": "string", "description": "Stable, for programs.", "examples": ["trainings.exists"]},
                "message": {"type": "string", "description": "For people: what is wrong and what to do next."},
                "details": {"type": "object", "additionalProperties": {}},
                "request_id": {"type": "string", "description": "Quoted in the server's log."},
            },
        }
    },
}

ACCEPTED_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "Answer to a batch, first time or repeated: everything below `watermark` is durable.",
    "required": ["watermark", "pace"],
    "properties": {
        "watermark": {"type": "integer"},
        "pace": {"$ref": "#/components/schemas/Pace"},
        "refused": {
            "type": "array",
            "description": "Tags that the server does not take, and how many points of the batch went with each.",
            "items": {
                "type": "object",
                "required": ["tag", "code", "message", "points"],
                "properties": {
                    "tag": {"type": "string"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                    "points": {"type": "integer"},
                },
            },
        },
    },
}

COLUMNS_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["series"],
    "properties": {
        "series": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tag", "steps", "values"],
                "properties": {
                    "tag": {"type": "string", "minLength": 1},
                    "steps": {"type": "array", "items": {"type": "integer", "format": "int64"}},
                    "times": {"type": "array", "items": {"type": "number"}, "description": "Unix seconds."},
                    "values": {
                        "type": "array",
                        "items": {
                            "anyOf": [
                                {"type": ["number", "null"]},
                                {"enum": ["NaN", "Infinity", "-Infinity"]},
                            ]
                        },
                        "description": "null is NaN.",
                    },
                },
            },
        }
    },
}

CONFLICT = {"description": "It starts beyond the watermark (`scalars.gap`, with the watermark)."}


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Programs."""

    target_class = "server.accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:  # noqa: ARG002  # its signature
        return {"type": "http", "scheme": "bearer", "description": "A token, as `pavi login` or the settings make it."}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Browsers."""

    target_class = "server.accounts.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:  # noqa: ARG002  # its signature
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "pavi_session",
            "description": "The browser's session; unsafe methods also need the header `X-CSRFToken`.",
        }


def complete(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:  # noqa: ARG001
    """Postprocessing hook of drf-spectacular: adds what views cannot say."""
    schemas = result["components"].setdefault("schemas", {})
    schemas["Error"] = ERROR_SCHEMA
    schemas["Accepted"] = ACCEPTED_SCHEMA
    result["paths"][f"{PREFIX}/ingest/{{training}}/{{writer}}"] = {"post": _ingest_slots()}
    result["paths"][f"{PREFIX}/ingest/{{training}}"] = {"post": _ingest_columns()}
    result["paths"] = dict(sorted(result["paths"].items()))
    _steady(result)
    failure = {"description": "An error.", "content": {"application/json": {"schema": ERROR}}}
    for path in result["paths"].values():
        for method, operation in path.items():
            if method in METHODS:
                operation["responses"].setdefault("4XX", failure)
                operation["responses"].setdefault("503", {**failure, "description": "Try again after `Retry-After`."})
    return result


def _steady(part: Any) -> None:
    """Sorts defaults that were sets: their order changes from process to process."""
    if isinstance(part, dict):
        if isinstance(part.get("default"), list | set | tuple):
            part["default"] = sorted(part["default"])
        for inner in part.values():
            _steady(inner)
    elif isinstance(part, list):
        for inner in part:
            _steady(inner)


def _parameter(
    name: str, where: str, schema: dict[str, Any], description: str, required: bool = True
) -> dict[str, Any]:
    return {"name": name, "in": where, "required": required, "schema": schema, "description": description}


def _ingest_slots() -> dict[str, Any]:
    number = {"type": "integer", "minimum": 0}
    return {
        "operationId": "ingest_slots",
        "summary": "Store a batch of a writer's journal, exactly once.",
        "description": "The batch is its position: `seq` counts the journal's slots from its beginning. A batch that "
        "was stored before is answered with the same success; an empty body is a heartbeat.",
        "tags": ["ingest"],
        "security": [{"token": []}],
        "parameters": [
            _parameter("training", "path", {"type": "string", "format": "uuid"}, "The training."),
            _parameter("writer", "path", {"type": "string", "format": "uuid"}, "The writer, opened before."),
            _parameter("seq", "query", number, "First slot of the batch."),
            _parameter(
                "Content-Encoding",
                "header",
                {"enum": ["identity", "deflate", "gzip"]},
                "How the body is compressed; 16 MiB at most before and after.",
                required=False,
            ),
            _parameter(
                "X-Pavi-Skip",
                "header",
                number,
                "With an empty body: slots the journal itself has lost.",
                required=False,
            ),
        ],
        "requestBody": {
            "content": {
                "application/vnd.pavi.journal": {
                    "schema": {"type": "string", "format": "binary", "description": "32-byte slots, little-endian."}
                }
            }
        },
        "responses": {"200": _accepted(), "409": {**CONFLICT, "content": {"application/json": {"schema": ERROR}}}},
    }


def _ingest_columns() -> dict[str, Any]:
    return {
        "operationId": "ingest_columns",
        "summary": "Store points as JSON columns, for curl and other languages.",
        "tags": ["ingest"],
        "security": [{"token": []}],
        "parameters": [
            _parameter("training", "path", {"type": "string", "format": "uuid"}, "The training, opened before."),
            _parameter(
                "Idempotency-Key",
                "header",
                {"type": "string", "format": "uuid"},
                "A repeat with the same key stores nothing twice.",
                required=False,
            ),
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": COLUMNS_SCHEMA}}},
        "responses": {"200": _accepted()},
    }


def _accepted() -> dict[str, Any]:
    return {
        "description": "Durable.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Accepted"}}},
    }
