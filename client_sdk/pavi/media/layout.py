"""Charts that a script puts together from its scalars: TensorBoard's custom scalars."""

from collections.abc import Mapping
from typing import Any

from pavi.media.shape import Encoded, Media, NotShown

__all__ = ["Layout"]


class Layout(Media):
    """Charts by category.

    Args:
        value: category → title → ``["Multiline", [tags]]`` or ``["Margin", [value, lower, upper]]``, all tags of
            scalars.
    """

    kind = "layout"

    def __init__(self, value: Mapping[str, Mapping[str, Any]]) -> None:
        super().__init__()
        self.value = value

    def _encode(self) -> Encoded:
        if not isinstance(self.value, Mapping):
            raise NotShown("is no mapping from category to charts")
        body: dict[str, dict[str, Any]] = {}
        for category, charts in self.value.items():
            if not isinstance(charts, Mapping):
                raise NotShown(f"has a category {category!r} that is no mapping from title to chart")
            body[str(category)] = {str(title): _chart(title, chart) for title, chart in charts.items()}
        return Encoded(self.kind, {}, body=body)


def _chart(title: str, chart: Any) -> list[Any]:
    try:
        kind, tags = chart
        tags = [str(tag) for tag in ([tags] if isinstance(tags, str) else tags)]
    except (TypeError, ValueError):
        raise NotShown(f'has a chart {title!r} that is not ["Multiline" or "Margin", [tags]]') from None
    if kind not in ("Multiline", "Margin"):
        raise NotShown(f"has a chart {title!r} of the kind {kind!r}; there are 'Multiline' and 'Margin'")
    if kind == "Margin" and len(tags) != 3:
        raise NotShown(f"has a chart {title!r} of {len(tags)} tags; a margin has 3: value, lower, upper")
    return [kind, tags]
