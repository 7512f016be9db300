"""Routes that other people's clients call, outside /api/v1/."""

from typing import Any

urlpatterns: list[Any] = []
