"""One journal's delivery as the pump sees it: what is due when, what stands in the way, and when it is over.

Owns the reaction to trouble. Used by the pump's thread; the attributes are read by any.
"""

import logging
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pavi import settings
from pavi.exception import (
    ApiError,
    BadSetting,
    JournalDamaged,
    NotLoggedIn,
    ServerUnavailable,
    ServerUnreachable,
    TooManyRequests,
)
from pavi.journal.reader import open_journal
from pavi.protocol import OpenedTraining

if TYPE_CHECKING:
    from pavi.delivery.client import Client
    from pavi.delivery.sender import Sender

__all__ = ["Delivery"]

_log = logging.getLogger("pavi")

_POLL_S = 0.1
_HEARTBEAT_S = 30.0
_FIRST_BACKOFF_S, _MOST_BACKOFF_S, _URGENT_BACKOFF_S = 0.5, 30.0, 1.0
_MOST_RETRY_AFTER_S = 300.0
_LOGIN_POLL_S, _SAME_TOKEN_S = 2.0, 60.0
_RECEIPT_EVERY_S = 2.0
_said: set[str] = set()


class Delivery:
    """A journal on its way.

    Attributes:
        folder: the journal's.
        opened: the training as the server knows it; None until it answered.
        sent: slots that are durable on the server.
        files: files beside the journal that still wait.
        moves: grows with every success: who waits sees progress.
        trouble: why nothing moves, in words; None when it does.
        over: nothing more will be sent: complete after its end, or refused.
        refused: whether the server does not want it.
        ending: set by the owner when nothing more is written: the delivery is over when it is complete.
        urgent: set by the owner while somebody waits: the server's pace does not matter now.
        due: monotonic time of the next step.
    """

    def __init__(
        self,
        folder: Path,
        server: str,
        *,
        on_opened: Callable[[OpenedTraining], None] | None = None,
        adopted: bool = False,
    ) -> None:
        self.folder = folder
        self.opened: OpenedTraining | None = None
        self.sent = 0
        self.files = 0
        self.moves = 0
        self.trouble: str | None = None
        self.over = False
        self.refused = False
        self.ending = adopted
        self.urgent = False
        self.due = 0.0
        self._server = server
        self._on_opened = on_opened
        self._adopted = adopted
        self._client: Client | None = None
        self._sender: Sender | None = None
        self._failures = 0
        self._next_batch = 0.0
        self._last_contact = 0.0
        self._saved_at = 0.0
        self._wrong_token: str | None = None
        self._ask_again_at = 0.0

    def hasten(self) -> None:
        """Somebody waits: neither pace nor a long backoff counts now. Any thread."""
        self.urgent = True
        self.due = 0.0

    def advance(self) -> None:
        """One step. Whatever goes wrong is turned into when to try again, or into the end of it."""
        try:
            self._step()
        except ServerUnreachable as error:
            self._wait(str(error), self._backoff())
        except NotLoggedIn as error:
            self._ask_for_login(str(error))
        except (ServerUnavailable, TooManyRequests) as error:
            self._wait(str(error), max(min(error.retry_after or 0.0, _MOST_RETRY_AFTER_S), self._backoff()))
        except BadSetting as error:  # the saved login: whoever mends it is noticed
            _say_once(f"settings:{error}", str(error))
            self._wait(str(error), _LOGIN_POLL_S)
        except (ApiError, JournalDamaged) as error:
            self._give_up(str(error))
        except Exception as error:  # noqa: BLE001  # a full disk, a server that answers nonsense: nothing may stop the rest
            _log.debug("a step of %s failed", self.folder, exc_info=True)
            self._wait(repr(error), self._backoff())

    def _step(self) -> None:
        sender = self._sender or self._begin()
        if sender is None:
            return
        now = time.monotonic()
        if sender.opened is None:
            self._open(sender)
        elif (self.urgent or now >= self._next_batch) and sender.send_batch():
            # Catch up at full speed; once up to date, as the server asks. A loop that logs all the time always has
            # something pending: it is up to date when that does not fill a batch.
            behind = sender.behind or (self.ending and sender.pending > 0)
            self._next_batch = 0.0 if behind else now + sender.pace["interval"]
        elif self._files(sender) and sender.uploads.step():
            self._files(sender)
        elif now - self._last_contact >= _HEARTBEAT_S and not self.ending:
            sender.heartbeat()
        else:
            self._rest(sender, now)
            return
        self._moved(sender)

    def _begin(self) -> "Sender | None":
        from pavi.delivery.client import Client
        from pavi.delivery.sender import Sender

        token = settings.token_for(self._server)
        if token is None:
            self._ask_for_login("you are not logged in")
            return None
        if token == self._wrong_token and time.monotonic() < self._ask_again_at:
            self.due = time.monotonic() + _LOGIN_POLL_S
            return None
        self._client = Client(self._server, token)
        self._sender = Sender(open_journal(self.folder), self._client)
        return self._sender

    def _open(self, sender: "Sender") -> None:
        self.opened = sender.open()
        if self._on_opened is not None:
            self._on_opened(self.opened)

    def _files(self, sender: "Sender") -> int:
        self.files = len(sender.uploads.pending())
        return self.files

    def _moved(self, sender: "Sender") -> None:
        now = time.monotonic()
        self.trouble, self._failures = None, 0
        self.sent = sender.watermark
        self.moves += 1
        self._last_contact = now
        self.due = now
        if now - self._saved_at >= _RECEIPT_EVERY_S:
            self._saved_at = now
            sender.save()

    def _rest(self, sender: "Sender", now: float) -> None:
        self.sent = sender.watermark
        if self.ending and sender.complete:
            sender.save()
            self._close()
            return
        self.due = now + _POLL_S

    def _wait(self, trouble: str, seconds: float) -> None:
        self.trouble = trouble
        self.due = time.monotonic() + seconds

    def _backoff(self) -> float:
        self._failures += 1
        most = _URGENT_BACKOFF_S if self.urgent else _MOST_BACKOFF_S
        longest = min(most, _FIRST_BACKOFF_S * 2.0 ** min(self._failures - 1, 16))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311  # spreads clients, protects nothing

    def _ask_for_login(self, trouble: str) -> None:
        """The journal waits; a login that is saved meanwhile is picked up."""
        if self._client is not None:
            self._wrong_token = self._client.token
            self._ask_again_at = time.monotonic() + _SAME_TOKEN_S
            self._client.close()
        self._client = self._sender = None
        _say_once(
            f"login:{self._server}",
            f"{trouble.rstrip('.')} at {self._server}. Run `pavi login`: until then everything is kept in "
            f"{self.folder.parent.parent}, and nothing is lost.",
        )
        self._wait(trouble, _LOGIN_POLL_S)

    def _give_up(self, trouble: str) -> None:
        self.refused = True
        self.trouble = trouble
        if not self._adopted:
            _log.warning(
                "%s does not take this training: %s The journal stays in %s; `pavi sync` tries again.",
                self._server,
                trouble,
                self.folder,
            )
        self._close()

    def _close(self) -> None:
        self.over = True
        if self._sender is not None:
            self._sender.journal.close()
        if self._client is not None:
            self._client.close()


def _say_once(key: str, text: str) -> None:
    if key not in _said:
        _said.add(key)
        _log.warning("%s", text)
