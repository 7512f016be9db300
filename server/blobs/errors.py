"""What can go wrong with bytes, each with its stable code."""

from server.common import errors


class BadDigest(errors.InvalidInput):
    """A sha256 is not 64 lowercase hexadecimal digits."""

    code = "blobs.bad_sha256"


class BadSize(errors.InvalidInput):
    """A size is negative, or differs from that of the same bytes stored before."""

    code = "blobs.bad_size"


class BadPart(errors.InvalidInput):
    """A part has the wrong number or length."""

    code = "blobs.bad_part"


class LengthRequired(errors.InvalidInput):
    """A part came without Content-Length."""

    code = "blobs.length_required"


class CutShort(errors.InvalidInput):
    """The connection ended before the announced length was there; nothing of the part was kept."""

    code = "blobs.cut_short"


class DigestMismatch(errors.InvalidInput):
    """The bytes that arrived are not the ones that were announced."""

    code = "blobs.digest_mismatch"


class Incomplete(errors.Conflict):
    """An upload cannot be completed while parts are missing."""

    code = "blobs.incomplete"


class BlobTooLarge(errors.TooLarge):
    """More bytes than the server takes."""

    code = "blobs.too_large"


class TooManyUploads(errors.TooMany):
    """One user has very many uploads open."""

    code = "blobs.too_many_uploads"


class Joining(errors.Unavailable):
    """An earlier request is still joining the parts of this upload."""

    code = "blobs.joining"


class Completed(errors.Conflict):
    """A part came for an upload that is complete."""

    code = "blobs.completed"


class UnknownUpload(errors.NotFound):
    """No such upload, it has expired, or it is somebody else's."""

    code = "blobs.unknown_upload"


class UnknownBlob(errors.NotFound):
    """These bytes are not stored here."""

    code = "blobs.unknown"


class StorageUnavailable(errors.Unavailable):
    """The folder or the S3 service does not do what was asked."""

    code = "blobs.storage_unavailable"


class BytesMissing(errors.Unavailable):
    """The database knows these bytes and the storage does not: a defect or a restore from different days."""

    code = "blobs.bytes_missing"


class CorruptBlob(errors.PaviError):
    """Stored bytes no longer have their digest. The stream that noticed is aborted before its last block."""

    code = "blobs.corrupt"
