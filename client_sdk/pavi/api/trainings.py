"""A training, read: what it is, and the ways to its series, console, snapshots and exports."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, overload

from pavi.api.numbers import plain
from pavi.api.paths import segment
from pavi.api.series import Series, read_series
from pavi.api.snapshots import Snapshot, read_snapshot
from pavi.delivery.client import Client
from pavi.exception import NotFound

_LINES = 5_000
_PIECE = 1024 * 1024

Format = Literal["parquet", "csv", "json"]


class StoredTraining:
    """A training as the server has it, at the moment it was asked; `reload` asks again.

    What a list does not tell is fetched when it is first read. One thread at a time.
    """

    def __init__(self, client: Client, data: dict[str, Any], *, whole: bool = False) -> None:
        self._client = client
        self._data = plain(data)
        self._whole = whole

    def __getitem__(self, name: str) -> Any:
        """Any field that the server tells, by its name there.

        Raises:
            KeyError: it tells no such field.
        """
        if name not in self._data and not self._whole:
            self.reload()
        return self._data[name]

    @property
    def id(self) -> str:
        """UUID."""
        return str(self["id"])

    @property
    def number(self) -> int:
        """The short number for people."""
        return int(self["number"])

    @property
    def name(self) -> str:
        """As given by the script, or changed since."""
        return str(self["name"])

    @property
    def status(self) -> str:
        """``running``, ``finished``, ``crashed`` or ``lost``."""
        return str(self["status"])

    @property
    def project(self) -> str:
        """The name of its project."""
        found = self["project"]
        return str(found["name"] if isinstance(found, dict) else found)

    @property
    def url(self) -> str:
        """Where it is seen in a browser."""
        return str(self["url"])

    @property
    def config(self) -> dict[str, Any]:
        """The config, nested as it was given."""
        return dict(self["config"] or {})

    @property
    def summary(self) -> dict[str, Any]:
        """What the script summed up."""
        return dict(self["summary"] or {})

    @property
    def tags(self) -> list[str]:
        """Its words."""
        return list(self["tags"] or [])

    @property
    def notes(self) -> str:
        """Notes, Markdown."""
        return str(self["notes"] or "")

    @property
    def environment(self) -> dict[str, Any]:
        """Command, packages, machine, Git state: see `pavi.capture.environment.collect`."""
        return dict(self["environment"] or {})

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return datetime.fromisoformat(self["created_at"])

    @property
    def finished_at(self) -> datetime | None:
        """When it ended; None while it runs."""
        found = self["finished_at"]
        return datetime.fromisoformat(found) if found else None

    @property
    def data(self) -> dict[str, Any]:
        """Everything that the server tells about it."""
        if not self._whole:
            self.reload()
        return dict(self._data)

    @property
    def listed(self) -> dict[str, Any]:
        """What the server has told so far, without asking again: of a training out of a list, that row."""
        return dict(self._data)

    def reload(self) -> None:
        """Asks the server again."""
        self._data = {**self._data, **plain(self._client.get(f"trainings/{segment(self._data['id'])}"))}
        self._whole = True

    @overload
    def series(self) -> list[Series]: ...

    @overload
    def series(self, tag: str, rank: int | None = None) -> Series: ...

    def series(self, tag: str | None = None, rank: int | None = None) -> list[Series] | Series:
        """All its series, or the one called ``tag``.

        Args:
            tag: such as ``train/loss``.
            rank: one rank's curve of a training whose ranks log the same tags; the common curve when absent.

        Raises:
            NotFound: there is no series of that name; the message lists some that there are.
        """
        found = self._client.get("scalars/series", {"training": self.id})["items"]
        every = [read_series(self._client, self.id, item) for item in found]
        if tag is None:
            return every
        for series in every:
            if series.tag == tag and series.rank == rank:
                return series
        names = sorted({series.tag for series in every})
        known = ", ".join(names[:10]) + (", …" if len(names) > 10 else "") if names else "none yet"
        of_rank = "" if rank is None else f" of rank {rank}"
        raise NotFound(f"training {self.number} has no series {tag!r}{of_rank}; it has {known}", code="sdk.no_series")

    def console(self, stream: Literal["stdout", "stderr"] | None = None) -> Iterator[str]:
        """Its console lines, oldest first, fetched as the iteration comes to them."""
        start = 0
        while True:
            params: dict[str, Any] = {"from": start, "limit": _LINES}
            if stream is not None:
                params["stream"] = stream
            page = self._client.get(f"trainings/{segment(self.id)}/console", params)
            for line in page["items"]:
                yield str(line["text"])
            if (
                page.get("next") is None
            ):  # a page may be empty and yet not the last, when others' lines were passed over
                return
            start = page["next"]

    def snapshots(self) -> list[Snapshot]:
        """Its checkpoint files, oldest first."""
        path = f"trainings/{segment(self.id)}/snapshots"
        return [read_snapshot(self._client, path, item) for item in self._client.get(path)["items"]]

    def export(self, path: str | Path, format: Format | None = None) -> Path:  # noqa: A002  # the word users know
        """Writes every point of every series to a file, complete, in constant memory.

        Args:
            path: where to; the file appears only when it is whole.
            format: ``parquet``, ``csv`` or ``json`` (one object a line); by the path's ending when absent.

        Returns:
            The path written.

        Raises:
            ValueError: neither ``format`` nor the ending says which.
        """
        target = Path(path)
        chosen = format or target.suffix.lstrip(".").replace("jsonl", "json")
        if chosen not in ("parquet", "csv", "json"):
            raise ValueError(f"format {chosen!r} is none of parquet, csv, json")
        partial = target.with_name(f".{target.name}.part")
        accept = {"Accept": "*/*"}
        try:
            with (
                self._client.stream("scalars/export", {"training": self.id, "format": chosen}, accept) as response,
                partial.open("wb") as file,
            ):
                for piece in response.iter_content(_PIECE):
                    file.write(piece)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
        return target

    def __repr__(self) -> str:
        return f"<training {self.number} {self.name!r} {self.status}>"
