"""Networks: the families of timm and torchvision by name, with a stem for small images where that is asked for."""

from importlib import import_module
from typing import Any

from torch import nn

from classifier.config import ConfigError

__all__ = ["build"]


def build(
    classes: int,
    channels: int,
    *,
    type: str,  # noqa: A002  # the word of the configuration
    library: str = "timm",
    small_images: bool = False,
    kwargs: dict[str, Any] | None = None,
) -> nn.Module:
    """Makes a network with new weights.

    Args:
        classes: outputs.
        channels: of the images.
        type: the library's name for it, such as ``resnet18``.
        library: ``timm``, or ``torchvision`` for what timm does not have (shufflenet).
        small_images: keep the resolution where photographs are first shrunk: the first convolution has stride 1 and
            the first pooling goes. For images of about 32 pixels or fewer.
        kwargs: what the library's constructor takes besides.

    Raises:
        ConfigError: there is no such network, or it does not take these arguments.
    """
    if library not in _LIBRARIES:
        raise ConfigError(f"model: library {library!r} is unknown; there are {', '.join(_LIBRARIES)}")
    made = import_module(library)
    try:
        model = _LIBRARIES[library](made, type, classes, channels, kwargs or {})
    except (TypeError, ValueError, RuntimeError) as error:
        raise ConfigError(f"model: {library} does not make {type!r}: {error}") from error
    if small_images:
        _keep_resolution(model)
    return model


def _timm(timm: Any, name: str, classes: int, channels: int, options: dict[str, Any]) -> nn.Module:
    return timm.create_model(name, num_classes=classes, in_chans=channels, **options)


def _torchvision(torchvision: Any, name: str, classes: int, channels: int, options: dict[str, Any]) -> nn.Module:
    if channels != 3:
        raise ValueError("torchvision's networks take 3 channels; set data.channels")
    return torchvision.models.get_model(name, weights=None, num_classes=classes, **options)


_LIBRARIES = {"timm": _timm, "torchvision": _torchvision}


def _keep_resolution(model: nn.Module) -> None:
    first = next(module for module in model.modules() if isinstance(module, nn.Conv2d))
    first.stride = (1, 1)
    for name, module in model.named_modules():
        if isinstance(module, nn.MaxPool2d):
            parent, _, own = name.rpartition(".")
            setattr(model.get_submodule(parent), own, nn.Identity())
            return
