"""What goes over the WebSocket and, between processes, over Redis: shapes and limits. All messages are JSON objects.

From the page: `Subscribe`, `Unsubscribe`. To the page, by ``type``:

=============== =====================================================================================
``subscribed``  ``id``, ``missing``: points stored from now on are pushed; ``missing`` trainings are not there
``points``      ``training``, ``series``: a list of ``{tag, rank, steps, times, values}``
``changed``     ``training``, ``what``: event types such as ``finish``, ``summary``, ``console``
``refetch``     ``training``, ``tags`` (null: all): more came than is pushed; ask the query route
``paused``      pushing stopped; ``resumed`` follows, and then everything is to be fetched once
``gone``        ``training``: it may no longer be watched
``error``       ``id``, ``code``, ``message``
=============== =====================================================================================

Values that JSON does not know are the strings ``"NaN"``, ``"Infinity"``, ``"-Infinity"``.
"""

from typing import Annotated, Any, TypedDict
from uuid import UUID

import msgspec
from msgspec import Meta

MAX_MESSAGE_BYTES = 128 * 1024
MAX_SUBSCRIPTIONS = 200
MAX_TRAININGS = 1_000
"""Different trainings that one connection watches."""

CLOSE_SIGNED_OUT = 4401
CLOSE_TOO_SLOW = 4008
"""The page did not read what was sent: it should poll instead."""
CLOSE_MISBEHAVED = 4029

SubscriptionId = Annotated[str, Meta(min_length=1, max_length=64)]


class Subscribe(msgspec.Struct, tag_field="type", tag="subscribe", frozen=True):
    """Watch trainings. ``tags`` are names or globs (``train/*``); an earlier subscription of that id is replaced."""

    id: SubscriptionId
    trainings: Annotated[tuple[UUID, ...], Meta(min_length=1, max_length=MAX_TRAININGS)]
    tags: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=512)], ...], Meta(max_length=100)] = ("*",)


class Unsubscribe(msgspec.Struct, tag_field="type", tag="unsubscribe", frozen=True):
    """Stop watching."""

    id: SubscriptionId


Request = Subscribe | Unsubscribe
_requests: msgspec.json.Decoder[Request] = msgspec.json.Decoder(Request)


class Columns(TypedDict):
    """Points of one series, in the order of receipt."""

    tag: str
    rank: int
    steps: list[int]
    times: list[float | str]
    values: list[float | str]


class News(msgspec.Struct, frozen=True):
    """What one ingest process tells of one training, over Redis."""

    series: list[Columns] = []
    what: list[str] = []
    lost: bool = False
    """More was stored than is told here."""


_news: msgspec.json.Decoder[News] = msgspec.json.Decoder(News)


class BadRequest(ValueError):
    """A message from the page that cannot be used."""


def parse_request(text: str) -> Request:
    """A page's message.

    Raises:
        BadRequest: saying what is wrong with it.
    """
    try:
        return _requests.decode(text)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise BadRequest(str(error)) from None


def pack_news(news: News) -> bytes:
    """For Redis."""
    return msgspec.json.encode(news)


def parse_news(data: bytes) -> News:
    """From Redis."""
    return _news.decode(data)


def dump(message: dict[str, Any]) -> str:
    """For the page."""
    return msgspec.json.encode(message).decode()
