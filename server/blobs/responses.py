"""A stored blob as an HTTP answer, with byte ranges and conditions (RFC 9110). Asks nobody whether the caller may."""

import re
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header, parse_etags, quote_etag

from server.blobs import errors, services
from server.blobs.selectors import stat

_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})")


def ranged(
    request: HttpRequest,
    *,
    sha256: str,
    filename: str,
    content_type: str = "application/octet-stream",
    inline: bool = False,
) -> HttpResponseBase:
    """Answers GET or HEAD with the bytes, a range of them (206), or 304 and 416 where these are due.

    The caller has checked that the viewer may read them. Several ranges at once are answered with the whole.
    ``content_type`` is taken as the browser's truth (no sniffing), and nothing in the bytes may run as a page.

    Raises:
        UnknownBlob, BytesMissing, StorageUnavailable: before anything was sent.
    """
    info = stat(sha256=sha256)
    if info is None:
        raise errors.UnknownBlob("These bytes are not stored here.", sha256=sha256)
    etag = quote_etag(sha256)
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Content-Disposition": content_disposition_header(not inline, filename) or "attachment",
    }
    if _matches(request.headers.get("If-None-Match", ""), etag):
        return HttpResponse(status=304, headers=headers)
    start, stop, status = 0, info.size, 200
    wanted = request.headers.get("Range")
    if wanted is not None and request.headers.get("If-Range", etag) == etag:
        part = _parse_range(wanted, info.size)
        if part == (0, 0):
            return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{info.size}"})
        if part is not None:
            (start, stop), status = part, 206
            headers["Content-Range"] = f"bytes {start}-{stop - 1}/{info.size}"
    headers["Content-Length"] = str(stop - start)
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers, content_type=content_type)
    return _stream(sha256, start, stop, status, headers, content_type)


def _stream(
    sha256: str, start: int, stop: int, status: int, headers: Mapping[str, str], content_type: str
) -> StreamingHttpResponse:
    blocks = services.open(sha256=sha256, start=start, stop=stop)
    return StreamingHttpResponse(blocks, status=status, headers=dict(headers), content_type=content_type)


def _matches(header: str, etag: str) -> bool:
    tags = parse_etags(header) if header else []
    return "*" in tags or etag in (tag.removeprefix("W/") for tag in tags)


def _parse_range(header: str, size: int) -> tuple[int, int] | None:
    """The range as ``(start, stop)``; ``(0, 0)`` when it cannot be satisfied, None when it is to be ignored."""
    match = _RANGE.fullmatch(header.replace(" ", ""))
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:  # the last n bytes
        start, stop = max(0, size - int(last)), size
    else:
        start, stop = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < int(first):
            return None
    return (start, stop) if start < stop else (0, 0)
