"""The events that travel in the journal beside points, and the messages that open a writer.

Owns names and shapes, as TypedDicts (no validation here: the server validates at its door, the SDK constructs).
Every event has a ``type``; a server skips types it does not know and counts them.
"""

from typing import Any, Literal, NotRequired, TypedDict

PROTOCOL_VERSION = 1

JOURNAL_MEDIA_TYPE = "application/vnd.pavi.journal"
"""Content type of a batch of slots. ``Content-Encoding`` may be identity, deflate (zlib) or gzip."""

SKIP_HEADER = "X-Pavi-Skip"
"""With an empty body: advance the watermark over that many slots, which the journal itself has lost."""


class OpenEvent(TypedDict):
    """First event of every journal, and the body of ``PUT /api/v1/writers/{writer}``: who logs, into which training.

    A journal that holds it can be sent from any machine: nothing else is needed to create the training.
    ``training`` is a UUID made by the client; the server may answer with another one (``overwrite_last_training``,
    a number, a resumed training), which the sender then uses.
    """

    type: Literal["open"]
    protocol: int
    training: str
    project: str
    time: float
    name: NotRequired[str]
    model: NotRequired[str]
    tags: NotRequired[list[str]]
    notes: NotRequired[str]
    description: NotRequired[str]
    config: NotRequired[dict[str, Any]]
    session_text: NotRequired[str]
    resume: NotRequired[Literal["allow", "must", "never"]]
    continue_training: NotRequired[str]  # id, number or numeric string of the training to continue
    overwrite_last_training: NotRequired[bool]
    compare: NotRequired[str]  # id or number of a compare to join
    rank: NotRequired[int]
    world_size: NotRequired[int]
    rank_reduce: NotRequired[Literal["mean", "max", "all"]]
    host: NotRequired[str]
    pid: NotRequired[int]
    sdk: NotRequired[str]
    python: NotRequired[str]


class ConfigEvent(TypedDict):
    """Keys to merge into the stored config (nested dicts merge, everything else replaces)."""

    type: Literal["config"]
    config: dict[str, Any]


class SummaryEvent(TypedDict):
    """Keys to merge into the stored summary."""

    type: Literal["summary"]
    summary: dict[str, Any]


class EnvironmentEvent(TypedDict):
    """What the process was: git state, command line, interpreter, packages, host. Replaces what was sent before."""

    type: Literal["environment"]
    environment: dict[str, Any]


class DetailsEvent(TypedDict):
    """A change of name, tags or notes made from the training script."""

    type: Literal["details"]
    name: NotRequired[str]
    tags: NotRequired[list[str]]
    notes: NotRequired[str]


class ConsoleEvent(TypedDict):
    """Consecutive console lines of one stream. ``first_line`` counts from 0 within (writer, stream).

    ``text`` joins the lines with ``\\n``; progress bars are already collapsed to their last state.
    """

    type: Literal["console"]
    stream: Literal["stdout", "stderr"]
    first_line: int
    lines: int
    time: float
    text: str


class RewindEvent(TypedDict):
    """Points received before this event with a step beyond ``step`` are stale: hidden, kept, recoverable.

    ``steps`` gives a limit by tag prefix instead, for tags that count in other units (``{"val/": 3}``).
    """

    type: Literal["rewind"]
    step: NotRequired[int]
    steps: NotRequired[dict[str, int]]


class SnapshotEvent(TypedDict):
    """A checkpoint file. Its bytes travel apart, as the blob ``sha256``; the event may arrive before them."""

    type: Literal["snapshot"]
    tag: str
    iteration: int
    name: str
    size: int
    sha256: str


MediaKind = Literal[
    "image",
    "figure",
    "video",
    "audio",
    "histogram",
    "text",
    "table",
    "pr_curve",
    "graph",
    "embedding",
    "mesh",
    "tensor",
    "trace",
    "layout",
]
"""What can be looked at beside scalars. ``docs/media.md`` gives ``meta`` and ``body`` of each."""

MAX_MEDIA_BODY_BYTES = 64 * 1024
"""A body that takes more, written as JSON, travels as a file beside the journal instead (``application/json``)."""


class MediaEvent(TypedDict):
    """One thing to look at, at a step. Either ``body`` (small data) or the blob ``sha256`` holds it, never both.

    A blob travels apart and may arrive later, as a snapshot's. ``index`` orders several things of one tag and step.
    """

    type: Literal["media"]
    kind: MediaKind
    tag: str
    step: int
    time: float
    index: NotRequired[int]
    meta: NotRequired[dict[str, Any]]
    body: NotRequired[Any]
    sha256: NotRequired[str]
    size: NotRequired[int]
    media_type: NotRequired[str]
    name: NotRequired[str]


class LossEvent(TypedDict):
    """Records that never reached the journal, counted since the last such event."""

    type: Literal["loss"]
    points: int
    reason: str


class FinishEvent(TypedDict):
    """The writer is done. ``crashed`` carries what ended it."""

    type: Literal["finish"]
    status: Literal["finished", "crashed"]
    reason: NotRequired[str]
    exit_code: NotRequired[int]


class Pace(TypedDict):
    """How the server wants to be written to: seconds between batches, and whether somebody watches."""

    interval: float
    watched: bool


class OpenedTraining(TypedDict):
    id: str
    number: int
    name: str
    project: str
    url: str


class Opened(TypedDict):
    """Answer to opening a writer. ``watermark`` is the slot up to which the server has everything."""

    training: OpenedTraining
    watermark: int
    pace: Pace


class Refused(TypedDict):
    """A tag that the server does not take, and how many points of the batch went with it."""

    tag: str
    code: str
    message: str
    points: int


class Accepted(TypedDict):
    """Answer to a batch, first time or repeated: everything below ``watermark`` is durable."""

    watermark: int
    pace: Pace
    refused: NotRequired[list[Refused]]
