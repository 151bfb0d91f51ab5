"""Each file of the protocol core, and each domain's rules, has a file of tests of its own."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PROTOCOL = ROOT / "src/sottovoce/protocol"
DOMAINS = ROOT / "src/sottovoce/domains"


def protocol_files() -> list[Path]:
    return sorted(path.relative_to(PROTOCOL) for path in PROTOCOL.rglob("*.py") if path.name != "__init__.py")


def domains_with_rules() -> list[str]:
    return sorted(path.relative_to(DOMAINS).parts[0] for path in DOMAINS.glob("*/rules*") if path.name != "__pycache__")


@pytest.mark.parametrize("path", protocol_files(), ids=str)
def test_protocol_file_has_its_tests(path: Path) -> None:
    assert (ROOT / "tests/protocol" / path.parent / f"test_{path.name}").is_file()


@pytest.mark.parametrize("domain", domains_with_rules())
def test_rules_have_their_tests(domain: str) -> None:
    assert (ROOT / f"tests/rules/test_{domain}.py").is_file()


def test_nothing_is_tested_that_is_gone() -> None:
    expected = {PROTOCOL_TESTS / path.parent / f"test_{path.name}" for path in protocol_files()}
    assert set(PROTOCOL_TESTS.rglob("test_*.py")) <= expected


PROTOCOL_TESTS = ROOT / "tests/protocol"
