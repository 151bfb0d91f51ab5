"""Every text that a program keeps in memory, found by walking through its objects."""

from collections import deque
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

_ENDS = (int, float, bool, type(None), type, ModuleType, FunctionType, BuiltinFunctionType)


def texts_in(root: object) -> Iterator[bytes]:
    """The texts and bytes in the object and all that hangs from it; code is not entered."""
    waiting: deque[Any] = deque([root])
    met: dict[int, object] = {}
    while waiting:
        each = waiting.popleft()
        if id(each) in met or isinstance(each, _ENDS):
            continue
        met[id(each)] = each  # kept, so that no other object gets its id
        if isinstance(each, str):
            yield each.encode("utf-8", "surrogatepass")
        elif isinstance(each, bytes | bytearray | memoryview):
            yield bytes(each)
        else:
            waiting += _parts(each)


def _parts(each: Any) -> Iterator[object]:
    if isinstance(each, Mapping):
        yield from each.keys()
        yield from each.values()
    elif isinstance(each, list | tuple | deque | AbstractSet):
        yield from each
    elif hasattr(each, "__self__"):
        yield each.__self__
    yield from getattr(each, "__dict__", {}).values()
    names = [name for kind in type(each).__mro__ for name in _slots(kind)]
    yield from (getattr(each, name) for name in names if hasattr(each, name))


def _slots(kind: type) -> tuple[str, ...]:
    own = kind.__dict__.get("__slots__", ())
    names = (own,) if isinstance(own, str) else tuple(own)
    hidden = f"_{kind.__name__.lstrip('_')}"
    return tuple(f"{hidden}{name}" if name.startswith("__") and not name.endswith("__") else name for name in names)
