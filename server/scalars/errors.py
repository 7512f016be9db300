"""What can go wrong in the series store, with stable codes.

PaviError
├── InvalidInput
│   ├── MalformedBatch    scalars.malformed
│   ├── BadQuery          scalars.bad_query
│   └── BadRank           scalars.bad_rank
├── NotFound
│   ├── UnknownWriter     scalars.unknown_writer
│   ├── UnknownTraining   scalars.unknown_training
│   └── UnknownSeries     scalars.unknown_series
├── Conflict
│   ├── Gap               scalars.gap
│   └── WriterTaken       scalars.writer_taken
├── TooLarge
│   └── BatchTooLarge     scalars.too_large
└── Unavailable
    └── Busy              scalars.busy
"""

from server.common import errors


class MalformedBatch(errors.InvalidInput):
    """A batch is not a sequence of whole, well-formed records. ``details.slot`` counts from the batch's first slot."""

    code = "scalars.malformed"


class BadQuery(errors.InvalidInput):
    """A read asks for something that makes no sense."""

    code = "scalars.bad_query"


class BadRank(errors.InvalidInput):
    code = "scalars.bad_rank"


class UnknownWriter(errors.NotFound):
    code = "scalars.unknown_writer"


class UnknownTraining(errors.NotFound):
    code = "scalars.unknown_training"


class UnknownSeries(errors.NotFound):
    code = "scalars.unknown_series"


class Gap(errors.Conflict):
    """A batch starts beyond what the server has. ``details.watermark`` is where to cut again."""

    code = "scalars.gap"


class WriterTaken(errors.Conflict):
    """A writer id belongs to another training."""

    code = "scalars.writer_taken"


class BatchTooLarge(errors.TooLarge):
    code = "scalars.too_large"


class Busy(errors.Unavailable):
    """The queue of waiting batches is full."""

    code = "scalars.busy"
