"""Reading back what was logged: trainings, their series, console, snapshots and exports.

Owns shapes for people and programs that read. Does not log, and keeps nothing between two questions.
"""

from pavi.api.api import Api
from pavi.api.compares import StoredCompare
from pavi.api.login import login
from pavi.api.projects import Project
from pavi.api.series import Series
from pavi.api.shortcuts import get_latest_scalar, get_scalar, get_training_url
from pavi.api.snapshots import DownloadDamaged, Snapshot
from pavi.api.trainings import StoredTraining

__all__ = [
    "Api",
    "DownloadDamaged",
    "Project",
    "Series",
    "Snapshot",
    "StoredCompare",
    "StoredTraining",
    "get_latest_scalar",
    "get_scalar",
    "get_training_url",
    "login",
]
