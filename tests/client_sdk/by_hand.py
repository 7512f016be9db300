"""Logs into a platform with plain HTTP and protocol records, so that tests of reading need no writing SDK."""

import hashlib
import os
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import requests

from pavi.protocol import JOURNAL_MEDIA_TYPE, pack_event, pack_point, pack_tag
from tests.platform import RunningPlatform


class Writer:
    """One process that logs into one training."""

    def __init__(
        self, platform: RunningPlatform, *, token: str | None = None, training: str | None = None, **opening: Any
    ) -> None:
        self._api = f"{platform.url}/api/v1"
        self._session = platform.session(token)
        self.id = str(uuid.uuid4())
        self._tags: dict[str, int] = {}
        self._slots = 0
        answer = self._session.put(
            f"{self._api}/writers/{self.id}",
            json={
                "type": "open",
                "protocol": 1,
                "training": training or _uuid7(),
                "project": "default",
                "time": time.time(),
                **opening,
            },
            timeout=30,
        )
        _check(answer)
        self.training: dict[str, Any] = answer.json()["training"]

    def points(self, tag: str, points: Sequence[tuple[int, float, float]]) -> None:
        """Logs ``(step, time, value)``."""
        data = b""
        if tag not in self._tags:
            self._tags[tag] = len(self._tags)
            data = pack_tag(self._tags[tag], tag, time.time())
        self._send(data + b"".join(pack_point(self._tags[tag], *point) for point in points))

    def event(self, **event: Any) -> None:
        """Logs an event."""
        self._send(pack_event(event, event.get("time", time.time())))

    def finish(self) -> None:
        """Ends it well."""
        self.event(type="finish", status="finished")

    def snapshot(self, tag: str, iteration: int, name: str, content: bytes) -> str:
        """Uploads a checkpoint file and logs it. Returns its sha256."""
        sha256 = self.blob(content)
        self.event(type="snapshot", tag=tag, iteration=iteration, name=name, size=len(content), sha256=sha256)
        return sha256

    def blob(self, content: bytes) -> str:
        """Uploads bytes. Returns their sha256."""
        sha256 = hashlib.sha256(content).hexdigest()
        upload = self._json("POST", "blobs/uploads", json={"sha256": sha256, "size": len(content)})
        if not upload["complete"]:
            size = upload["part_size"]
            for number, start in enumerate(range(0, len(content), size), start=_FIRST_PART):
                part = content[start : start + size]
                _check(
                    self._session.put(f"{self._api}/blobs/uploads/{upload['id']}/parts/{number}", data=part, timeout=60)
                )
            self._json("POST", f"blobs/uploads/{upload['id']}/complete")
        return sha256

    def _send(self, data: bytes) -> None:
        answer = self._session.post(
            f"{self._api}/ingest/{self.training['id']}/{self.id}",
            params={"seq": self._slots},
            data=data,
            headers={"Content-Type": JOURNAL_MEDIA_TYPE},
            timeout=60,
        )
        _check(answer)
        self._slots = answer.json()["watermark"]

    def _json(self, method: str, path: str, **options: Any) -> Any:
        answer = self._session.request(method, f"{self._api}/{path}", timeout=60, **options)
        _check(answer)
        return answer.json()


_FIRST_PART = 1


def post(platform: RunningPlatform, path: str, body: Mapping[str, Any], token: str | None = None) -> Any:
    """POSTs JSON below /api/v1."""
    answer = platform.session(token).post(f"{platform.url}/api/v1/{path}", json=body, timeout=30)
    _check(answer)
    return answer.json()


def _check(answer: requests.Response) -> None:
    assert answer.ok, f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text[:500]}"


def _uuid7() -> str:
    value = int(time.time() * 1000) << 80 | int.from_bytes(os.urandom(10), "big")
    return str(uuid.UUID(int=value & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62))
