"""Sets what projects may use."""

from django.conf import settings
from django.db import transaction

from server.accounts import services as accounts
from server.accounts.principal import Principal, Role
from server.modelcloud.errors import OwnersOnly
from server.modelcloud.selectors import places
from server.modelcloud.selectors.quotas import Quota, of
from server.modelcloud.services import trees


def set_quota(*, actor: Principal, project: str, allowed: int | None) -> Quota:
    """Sets the bytes that a project may use. What it uses beyond that stays, and nothing more comes in.

    An owner may set less than the server's default; only an administrator more.

    Args:
        allowed: bytes; 0 is no limit, None the server's default.

    Raises:
        NoSuchNode, OwnersOnly
    """
    scope = places.find_project(viewer=actor, text=project, for_admin=True)
    default = int(settings.MODEL_QUOTA)
    if not actor.is_admin:
        if scope.role is not Role.OWNER:
            raise OwnersOnly(f"Only owners of the project and administrators set its quota. Ask {scope.owner}.")
        if default and allowed is not None and not 0 < allowed <= default:
            raise OwnersOnly(f"The server allows a project {default:,} bytes; only an administrator gives it more.")
    with transaction.atomic():
        tree = trees.lock(scope.id)[scope.id]
        before, tree.allowed = tree.allowed, allowed
        tree.save(update_fields=["allowed"])
        accounts.record(
            actor=actor,
            action="modelcloud.quota_set",
            target=f"{scope.owner}/{scope.name}",
            scope=scope.id,
            details={"from": before, "to": allowed},
        )
    return of(scope)
