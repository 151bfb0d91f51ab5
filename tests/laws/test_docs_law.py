"""The docs say what is there."""

import re
from pathlib import Path

import pytest

from tools.settings_table import PAGE, filled

ROOT = Path(__file__).parent.parent.parent
DOCS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
_PATH = re.compile(r"`((?:src|web|tests|tools|bench|docs)/[^` *]*)`")
_PLACE = re.compile(r"`([a-z_/0-9]+\.py)` `(\w+)`")
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


@pytest.mark.parametrize("page", DOCS, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_and_link_of_a_page_leads_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    missing = [path for path in _PATH.findall(text) if not (ROOT / path).exists()]
    missing += [link for link in _LINK.findall(text) if not (page.parent / link).exists()]
    assert missing == []


def test_a_newcomer_is_sent_to_many_places() -> None:
    assert len(_PATH.findall((ROOT / "docs" / "where.md").read_text("utf-8"))) > 20


def test_a_message_is_followed_through_functions_that_exist() -> None:
    places = _PLACE.findall((ROOT / "docs" / "follow-a-message.md").read_text("utf-8"))
    missing = [
        (path, name)
        for path, name in places
        if not re.search(
            rf"^\s*(class|def|async def) {name}\b", (ROOT / "src/sottovoce" / path).read_text("utf-8"), re.MULTILINE
        )
    ]
    assert len(places) > 15
    assert missing == []


def test_the_table_of_settings_is_the_settings() -> None:
    page = PAGE.read_text("utf-8")
    assert filled(page) == page, "run: python -m tools.settings_table"


def test_decisions_are_short_and_numbered_without_a_gap() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    assert [record.name for record in records if len(record.read_text("utf-8").splitlines()) > 60] == []
