"""Where bytes come from: a training's facts, copied when a version is made because the training may go."""

import hashlib
import json
from dataclasses import replace
from uuid import UUID

from server.accounts.principal import Principal
from server.modelcloud.errors import NoSuchNode
from server.modelcloud.selectors.versions import Lineage
from server.trainings import errors as training_errors
from server.trainings.selectors import trainings


def of_training(*, viewer: Principal, ref: str, iteration: int | None = None) -> Lineage:
    """The lineage of bytes that come from a training.

    Raises:
        NoSuchNode: no such training, or it is not the viewer's to see.
    """
    try:
        found = trainings.training(viewer=viewer, ref=ref)
    except training_errors.NoSuchTraining as error:
        raise NoSuchNode(str(error)) from None
    git = found.environment.get("git")
    commit = git.get("commit") if isinstance(git, dict) else None
    config = json.dumps(found.config, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return Lineage(
        id=found.row.id,
        number=found.row.number,
        name=found.row.name,
        iteration=iteration,
        snapshot=None,
        commit=commit if isinstance(commit, str) else "",
        config_sha256=hashlib.sha256(config.encode()).hexdigest() if found.config else "",
    )


def of_snapshot(*, viewer: Principal, ref: str, snapshot_id: UUID, iteration: int) -> Lineage:
    """The lineage of a snapshot's bytes.

    Raises:
        NoSuchNode
    """
    return replace(of_training(viewer=viewer, ref=ref, iteration=iteration), snapshot=snapshot_id)
