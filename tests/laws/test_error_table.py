"""Every error that a domain can raise has its answer in the one table."""

import importlib.util
import inspect
import pkgutil

import sottovoce.domains
from sottovoce.http.errors import ERRORS
from sottovoce.protocol.errors import Malformed


def domain_errors() -> list[type[Exception]]:
    """The exception classes of every domain's model."""
    found = []
    for domain in pkgutil.iter_modules(sottovoce.domains.__path__):
        name = f"sottovoce.domains.{domain.name}.model"
        if importlib.util.find_spec(name) is None:
            continue
        for _, kind in inspect.getmembers(importlib.import_module(name), inspect.isclass):
            if issubclass(kind, Exception) and kind.__module__ == name:
                found.append(kind)
    return found


def test_every_error_of_a_domain_is_in_the_table() -> None:
    errors = domain_errors()
    assert errors
    assert [kind.__qualname__ for kind in errors if not any(base in ERRORS for base in kind.__mro__)] == []


def test_every_answer_of_the_table_is_a_refusal_with_a_standard_or_own_code() -> None:
    assert Malformed in ERRORS
    for meaning in ERRORS.values():
        assert 400 <= meaning.status < 600
        assert meaning.errcode.startswith(("M_", "IT_SOTTOVOCE_", "FI.MAU.MSC"))
