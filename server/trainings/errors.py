"""What can go wrong with projects, trainings and compares.

InvalidInput
├── BadOpening
├── BadFilter        carries column, line and hint
└── BadColumn
PermissionDenied
└── ReadOnly
NotFound
├── NoSuchProject
├── NoSuchTraining
├── NothingToResume
├── NoSuchCompare
└── NoSuchSnapshot
Conflict
├── ProjectExists
├── TrainingExists
├── OwnerStays
├── SnapshotPinned
└── SnapshotPending
"""

from server.common import errors


class BadOpening(errors.InvalidInput):
    code = "trainings.bad_opening"


class BadFilter(errors.InvalidInput):
    """A filter expression that cannot be understood; the message shows where, under a caret."""

    code = "trainings.bad_filter"

    def __init__(self, problem: str, *, expression: str, line: int, column: int, hint: str = "") -> None:
        lines = expression.splitlines() or [""]
        shown = lines[min(line, len(lines)) - 1]
        start = max(0, column - 61)  # a window around the caret, for long expressions
        text = f"{problem}\n{shown[start : start + 120]}\n{' ' * (column - 1 - start)}^"
        super().__init__(f"{text}\n{hint}" if hint else text, line=line, column=column, hint=hint)


class BadColumn(errors.InvalidInput):
    code = "trainings.bad_column"


class ReadOnly(errors.PermissionDenied):
    code = "trainings.read_only"


class NoSuchProject(errors.NotFound):
    code = "trainings.no_such_project"


class NoSuchTraining(errors.NotFound):
    code = "trainings.no_such_training"


class NothingToResume(errors.NotFound):
    code = "trainings.nothing_to_resume"


class NoSuchCompare(errors.NotFound):
    code = "trainings.no_such_compare"


class NoSuchSnapshot(errors.NotFound):
    code = "trainings.no_such_snapshot"


class ProjectExists(errors.Conflict):
    code = "trainings.project_exists"


class TrainingExists(errors.Conflict):
    code = "trainings.exists"


class OwnerStays(errors.Conflict):
    code = "trainings.owner_stays"


class SnapshotPinned(errors.Conflict):
    code = "trainings.snapshot_pinned"


class SnapshotPending(errors.Conflict):
    code = "trainings.snapshot_pending"
