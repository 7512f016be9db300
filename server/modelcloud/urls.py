"""Routes of the ModelCloud, below /api/v1/."""

from typing import Any

urlpatterns: list[Any] = []
