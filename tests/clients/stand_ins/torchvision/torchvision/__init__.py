"""Stands where torchvision would: mmcv imports it at load time, and the CPU build of torch has no matching one."""

__version__ = "0.0.0"
