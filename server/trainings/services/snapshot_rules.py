"""Which snapshots stay: sets the rules of a training or a project, and forgets what they do not keep.

Rules never touch what is pinned, what an app above needs (`server.trainings.extensions`), what has no bytes yet, or the
snapshots of the iteration that was saved last.
"""

import logging
import math
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from server.accounts import services as accounts
from server.accounts.principal import Principal, Role
from server.trainings import access, extensions
from server.trainings.models import Snapshot, SnapshotRules, Training
from server.trainings.selectors.projects import find_project
from server.trainings.selectors.snapshots import KeepBest, Rules, rules_of, rules_of_project, values_at
from server.trainings.services import snapshots

_log = logging.getLogger("pavi.trainings")


def set_training_rules(*, actor: Principal, ref: str, rules: Rules) -> Rules:
    """Gives a training rules of its own, or (``inherited``) those of its project, and applies them at once.

    Needs the member's role.

    Raises:
        NoSuchTraining, ReadOnly
    """
    training = access.find_training(viewer=actor, ref=ref, role=Role.MEMBER)
    with transaction.atomic():
        if rules.inherited:
            SnapshotRules.objects.filter(training=training).delete()
        else:
            SnapshotRules.objects.update_or_create(training=training, defaults=_columns(rules))
        accounts.record(
            actor=actor,
            action="training.snapshot_rules",
            target=f"{training.number} {training.name}",
            scope=training.project_id,
            details=_columns(rules) if not rules.inherited else {},
        )
    apply_to(training.id)
    return rules_of(training)


def set_project_rules(*, actor: Principal, project_id: UUID, rules: Rules) -> Rules:
    """Sets the rules of those trainings of a project that have none of their own; the background applies them.

    Needs the owner's role.

    Raises:
        NoSuchProject, ReadOnly
    """
    project = find_project(viewer=actor, project_id=project_id)
    access.require(viewer=actor, project=project, role=Role.OWNER)
    with transaction.atomic():
        SnapshotRules.objects.update_or_create(project=project, defaults=_columns(rules))
        Snapshot.objects.filter(training__project=project, held=True).update(fresh=True)
        accounts.record(
            actor=actor,
            action="project.snapshot_rules",
            target=project.name,
            scope=project.id,
            details=_columns(rules),
        )
    return rules_of_project(project)


def apply_due(*, limit: int = 1_000) -> int:
    """Applies rules to the trainings that got bytes of snapshots since they were last applied.

    Returns:
        How many snapshots were forgotten.
    """
    due = Snapshot.objects.filter(fresh=True).order_by().values_list("training_id", flat=True).distinct()
    return sum(apply_to(training_id) for training_id in list(due[:limit]))


def apply_to(training_id: UUID) -> int:
    """Forgets the snapshots of a training that its rules do not keep; how many."""
    training = Training.objects.filter(id=training_id).first()
    if training is None:
        return 0
    Snapshot.objects.filter(training=training, fresh=True).update(fresh=False)
    rules = rules_of(training)
    if rules.keep_last is None and rules.keep_best is None:
        return 0
    stored = list(Snapshot.objects.filter(training=training, held=True).order_by("-created_at", "-id"))
    surplus = _surplus(training, rules, stored)
    used = extensions.snapshots_in_use([one.id for one in surplus]) if surplus else frozenset()
    return sum(snapshots.forget(one.id) for one in surplus if one.id not in used)


def _surplus(training: Training, rules: Rules, stored: Sequence[Snapshot]) -> list[Snapshot]:
    """Of snapshots, the last saved first, those that no rule keeps. Files of one iteration stay and go together."""
    iterations = list(dict.fromkeys(one.iteration for one in stored))
    kept = set(iterations[: max(1, rules.keep_last or 0)])
    if rules.keep_best is not None:
        kept |= _best(training, rules.keep_best, stored)
    surplus = [one for one in stored if one.iteration not in kept and not one.pinned]
    if surplus:
        _log.info("%d snapshots of training %d are beyond its rules", len(surplus), training.number)
    return surplus


def _best(training: Training, best: KeepBest, stored: Sequence[Snapshot]) -> set[int]:
    """The iterations at which the metric was best, and those at which it has no value: nothing says that they are
    not. NaN is worse than anything; of equals the earlier is the better."""
    sign = -1.0 if best.mode == "max" else 1.0
    ranked: dict[int, float] = {}
    unknown: set[int] = set()
    for one, values in zip(stored, values_at(training, stored, [best.metric]), strict=True):
        value = values.get(best.metric)
        if value is None:
            unknown.add(one.iteration)
        else:
            ranked[one.iteration] = math.inf if math.isnan(value) else sign * value
    order = sorted(ranked, key=lambda iteration: (ranked[iteration], iteration))
    return {*order[: best.count], *unknown}


def _columns(rules: Rules) -> dict[str, int | str | None]:
    best = rules.keep_best or KeepBest("", "max", 1)
    return {
        "keep_last": rules.keep_last,
        "best_metric": best.metric,
        "best_mode": best.mode,
        "best_count": best.count,
    }
