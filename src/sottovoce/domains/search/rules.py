"""Pure rules of searching: what the words of a text are, and what of an event is indexed.

Words are compared without case and accents. Where a script puts no spaces between words, each character is one.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sottovoce.protocol.events import Event

from .model import Found, GroupKey, Key, Page, Start

MAX_WORDS = 5_000
"""Of one event."""
MAX_WORD_CHARACTERS = 64
MAX_ASKED_WORDS = 20
INDEXED_TYPES = ("m.room.message", "m.room.name", "m.room.topic")

_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"(?=\w)[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
_ACCENTS = re.compile("[\u0300-\u036f]")


def words_of(text: str) -> list[str]:
    """The words of a text, in their order, as they are compared; at most MAX_WORDS."""
    words: list[str] = []
    for spelled in _spelled(text):
        words += _folded(spelled)
        if len(words) >= MAX_WORDS:
            break
    return words[:MAX_WORDS]


def asked_words(text: str) -> list[str]:
    """The words somebody searches for, each once; at most MAX_ASKED_WORDS."""
    return list(dict.fromkeys(words_of(text)))[:MAX_ASKED_WORDS]


def highlights(texts: Iterable[str], asked: Iterable[str]) -> list[str]:
    """The words to be marked in these texts, spelled as they are there; and those asked for."""
    begun = tuple(asked)
    found = dict.fromkeys(begun)
    for text in texts:
        for spelled in _spelled(text):
            if any(word.startswith(begun) for word in _folded(spelled)):
                found[spelled.lower()] = None
    return list(found)


def indexed(event: Event) -> tuple[Key, str] | None:
    """Which text of an event is searched, and under which key; None: nothing of it.

    Spec: client-server, Server Side Search, room_events.
    """
    content = event.content
    if event.state_key is None:
        return _text("content.body", content.get("body")) if event.type == "m.room.message" else None
    if event.state_key != "":
        return None
    if event.type == "m.room.name":
        return _text("content.name", content.get("name"))
    if event.type == "m.room.topic":
        texts = [text for text in (content.get("topic"), *_plain_topics(content)) if isinstance(text, str)]
        return _text("content.topic", "\n".join(dict.fromkeys(texts)))
    return None


def next_page(page: Page, *, by_time: bool) -> Start | None:
    """Where the page after this one begins; None: there is none."""
    if by_time:
        seen = page.visible[: page.following]
        has_more = page.following < len(page.visible) or page.is_cut
        return page.start._replace(before=seen[-1].position) if seen and has_more else None
    return page.start._replace(offset=page.following) if page.following < len(page.visible) else None


def next_in_group(page: Page, key: GroupKey, results: Sequence[Found], *, by_time: bool) -> Start | None:
    """Where the page of one group begins that goes on after these results of it; None: there is none.

    A room's ranking has only its own events, so its offset counts those.
    """
    last = results[-1]
    room_key = last.hit.room_key
    later = page.visible[last.at + 1 :]
    if key == "room_id":
        if not any(hit.room_key == room_key for hit in later) and not page.is_cut:
            return None
        offset = sum(hit.room_key == room_key for hit in page.visible[: last.at + 1])
        return Start(0 if by_time else offset, last.hit.position, room_key, 0)
    if not later and not page.is_cut:
        return None
    return Start(0 if by_time else last.at + 1, last.hit.position, room_key, last.hit.position)


def _text(key: Key, text: object) -> tuple[Key, str] | None:
    return (key, text) if isinstance(text, str) and text else None


def _plain_topics(content: Mapping[str, object]) -> Iterator[object]:
    topic = content.get("m.topic")
    blocks = topic.get("m.text") if isinstance(topic, dict) else None
    for block in blocks if isinstance(blocks, list) else ():
        if isinstance(block, dict) and block.get("mimetype", "text/plain") == "text/plain":
            yield block.get("body")


def _spelled(text: str) -> Iterator[str]:
    return (match[0] for match in _WORD.finditer(unicodedata.normalize("NFKC", text)))


def _folded(word: str) -> list[str]:
    """Without case and accents; more than one where folding takes a word apart."""
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", word.casefold()))
    return [part[:MAX_WORD_CHARACTERS] for part in _WORD.findall(unicodedata.normalize("NFC", plain))]
