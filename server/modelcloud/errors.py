"""What can go wrong in the ModelCloud.

InvalidInput
├── BadPath
├── BadAlias
└── BadPlace         a folder was named where a file is needed, or the other way round
PermissionDenied
├── ReadOnly
└── OwnersOnly
NotFound
└── NoSuchNode       also a version, an alias, and what is not the caller's to see
Conflict
├── Duplicate        the name is taken; ``details["path"]`` says where
├── NotUploaded      the caller has not sent these bytes
├── ParentGone       restore elsewhere: ``to``
├── AliasPoints      an alias of a model points at what would go away
└── NotTrashed
TooLarge
└── QuotaExceeded    ``details``: used, allowed, needed
Unreadable           422: a file that does not hold what its format promises
"""

from server.common import errors


class BadPath(errors.InvalidInput):
    code = "modelcloud.bad_path"


class BadAlias(errors.InvalidInput):
    code = "modelcloud.bad_alias"


class BadPlace(errors.InvalidInput):
    code = "modelcloud.bad_place"


class ReadOnly(errors.PermissionDenied):
    code = "modelcloud.read_only"


class OwnersOnly(errors.PermissionDenied):
    code = "modelcloud.owners_only"


class NoSuchNode(errors.NotFound):
    code = "modelcloud.no_such_node"


class Duplicate(errors.Conflict):
    code = "modelcloud.duplicate"


class NotUploaded(errors.Conflict):
    code = "modelcloud.not_uploaded"


class ParentGone(errors.Conflict):
    code = "modelcloud.parent_gone"


class AliasPoints(errors.Conflict):
    code = "modelcloud.alias_points"


class NotTrashed(errors.Conflict):
    code = "modelcloud.not_trashed"


class QuotaExceeded(errors.TooLarge):
    code = "modelcloud.quota"


class Unreadable(errors.PaviError):
    """The bytes are not what their format promises; the message says where."""

    status = 422
    code = "modelcloud.unreadable"
