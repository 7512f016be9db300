"""``pavi://``: the tree of folders, training models and files that a Pavi server keeps.

A path's first part is a project; ``project/resnet/epoch_9.pth@v3`` and ``…@production`` name versions. Paths may begin
with ``pavi://``. Owns nodes as programs see them; bytes travel through `pavi.delivery`.
"""

from pavi.modelcloud.cloud import get, promote, quota, trash
from pavi.modelcloud.node import Folder, Node
from pavi.modelcloud.records import Change, Lineage, Quota, Version

__all__ = ["Change", "Folder", "Lineage", "Node", "Quota", "Version", "get", "promote", "quota", "trash"]
