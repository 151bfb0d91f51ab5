"""The rows of receipts, and the newest of them in memory."""

from .rows import ReceiptRows

__all__ = ["ReceiptRows"]
