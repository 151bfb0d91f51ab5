"""The rows of keys."""

from .to_device import ToDeviceRows

__all__ = ["ToDeviceRows"]
