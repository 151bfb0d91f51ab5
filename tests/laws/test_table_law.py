"""Each table has one owner: its domain's card says so, and only that domain's store names it."""

import importlib
import re
from pathlib import Path

import pytest

from sottovoce.infra.db.migrate import packaged_migrations

SOURCES = Path(__file__).parent.parent.parent / "src/sottovoce"
DOMAINS = sorted(path.name for path in (SOURCES / "domains").iterdir() if (path / "__init__.py").is_file())

_MADE = re.compile(r"^CREATE TABLE (\w+)", re.MULTILINE)
_OWNED = re.compile(r"^Owns tables: (.+)$", re.MULTILINE)
_NAMED_IN_SQL = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+([a-z_]+)\b")
_NAMED_AS_TABLE = re.compile(r'Statement\(\s*"([a-z_]+)"')
OWN_TABLES_OF_THE_DATABASE_LAYER = {"migrations", "commits", "sqlite_schema", "pg_locks", "json_each"}


def made_by(domain: str) -> set[str]:
    """The tables that the domain's migrations make."""
    mine = [step.sql for step in packaged_migrations() if step.name.split("_")[0] == domain]
    return {table for sql in mine for table in _MADE.findall(sql)}


def card_of(domain: str) -> str:
    """The domain's card, its long lines whole."""
    return (importlib.import_module(f"sottovoce.domains.{domain}").__doc__ or "").replace("\n    ", " ")


def owned_by(domain: str) -> set[str]:
    """The tables that the domain's card names."""
    card = card_of(domain)
    found = _OWNED.search(card)
    assert found is not None, f"the card of {domain} does not say which tables it owns"
    words = found[1].strip()
    return set() if words in ("none", "(none)") else set(words.split(", "))


def named_in(path: Path) -> set[str]:
    """The tables that a source file reads or writes."""
    text = path.read_text("utf-8")
    every = set().union(*map(made_by, DOMAINS))
    return {name for pattern in (_NAMED_IN_SQL, _NAMED_AS_TABLE) for name in pattern.findall(text)} & every


@pytest.mark.parametrize("domain", DOMAINS)
def test_card_names_the_tables_that_the_domains_migrations_make(domain: str) -> None:
    assert owned_by(domain) == made_by(domain)


@pytest.mark.parametrize("domain", DOMAINS)
def test_card_says_what_belongs_to_the_domain_and_what_does_not(domain: str) -> None:
    card = card_of(domain)
    assert [line.partition(":")[0] for line in card.strip().splitlines()[2:]][:4] == [
        *("Owns tables", "Streams", "Spec sections", "Not here"),
    ]


def test_every_migration_belongs_to_a_domain() -> None:
    assert {step.name.split("_")[0] for step in packaged_migrations()} <= set(DOMAINS)


def test_only_the_owners_store_names_a_table() -> None:
    breaches = []
    for path in SOURCES.rglob("*.py"):
        parts = path.relative_to(SOURCES).parts
        is_store = parts[0] == "domains" and len(parts) > 2 and parts[2].removesuffix(".py") == "store"
        mine = owned_by(parts[1]) if is_store else set()
        breaches += [f"{path.relative_to(SOURCES)} names {table}" for table in sorted(named_in(path) - mine)]
    assert breaches == []


def test_stores_are_seen_to_name_their_tables() -> None:
    stores = [path for path in (SOURCES / "domains").rglob("*.py") if "store" in str(path.relative_to(SOURCES))]
    seen = set().union(*map(named_in, stores))
    assert seen == set().union(*map(made_by, DOMAINS))
