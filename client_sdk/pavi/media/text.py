"""Words: plain text or Markdown."""

import json
from typing import Any

from pavi.media.shape import Encoded, Media
from pavi.protocol import MAX_MEDIA_BODY_BYTES

__all__ = ["MAX_TEXT_BYTES", "Text"]

MAX_TEXT_BYTES = 1024 * 1024


class Text(Media):
    """A text.

    Args:
        value: the text; anything else is turned into one. Cut at 1 MiB of UTF-8.
        caption: one line of text beside it.
        markdown: whether it is Markdown.
    """

    kind = "text"

    def __init__(self, value: Any, caption: str | None = None, *, markdown: bool = True) -> None:
        super().__init__(caption)
        self.value = value
        self.markdown = markdown

    def _encode(self) -> Encoded:
        value = self.value
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        data = text.encode("utf-8", "replace")
        warnings: tuple[str, ...] = ()
        if len(data) > MAX_TEXT_BYTES:
            warnings = (f"has {len(data):,} bytes; it is cut at {MAX_TEXT_BYTES:,}. add_snapshot_file keeps all of it",)
            data = data[:MAX_TEXT_BYTES].decode("utf-8", "ignore").encode()
        meta = {"markdown": bool(self.markdown)}
        body = {"text": data.decode()}
        if len(json.dumps(body, ensure_ascii=False).encode()) <= MAX_MEDIA_BODY_BYTES:
            return Encoded(self.kind, meta, body=body, warnings=warnings)
        return Encoded(self.kind, meta, data=data, media_type="text/markdown", warnings=warnings)
