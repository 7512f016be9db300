"""What can go wrong with other people's protocols.

InvalidInput
└── BadMessage
NotFound
└── UnknownInstance
TooLarge
└── MessageTooLarge
"""

from server.common import errors


class BadMessage(errors.InvalidInput):
    """A body that is no message of the protocol."""

    code = "compat.bad_message"


class UnknownInstance(errors.NotFound):
    """Nobody connected with this id, or it may not log any more."""

    code = "compat.unknown_instance"


class MessageTooLarge(errors.TooLarge):
    code = "compat.too_large"
