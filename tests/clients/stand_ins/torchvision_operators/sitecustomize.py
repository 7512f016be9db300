"""Lets torchvision be imported beside the CPU build of torch, for which there is no torchvision of its own.

Its compiled operators do not load there; two are named at import time, so they are declared first. Nothing that the
tests run calls them. On ``PYTHONPATH``, this is found by the interpreter as it starts.
"""

import importlib.abc
import sys

_libraries = []  # a declaration lives as long as its library


class _Declare(importlib.abc.MetaPathFinder):
    """Declares the operators when torchvision is looked for, and finds nothing itself."""

    def find_spec(self, name, path=None, target=None):
        if name == "torchvision" and not _libraries:
            import torch

            library = torch.library.Library("torchvision", "DEF")
            library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
            library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
            _libraries.append(library)


sys.meta_path.insert(0, _Declare())
