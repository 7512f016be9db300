"""What can go wrong with media.

NotFound
└── NoSuchItem
Conflict
└── ItemPending
PaviError
├── NoPicture    415  nothing that a thumbnail could be made of
└── BadPicture   422  the picture is damaged or too large to decode
"""

from server.common import errors


class NoSuchItem(errors.NotFound):
    code = "media.no_such_item"


class ItemPending(errors.Conflict):
    code = "media.pending"


class NoPicture(errors.PaviError):
    status = 415
    code = "media.no_picture"


class BadPicture(errors.PaviError):
    status = 422
    code = "media.bad_picture"
