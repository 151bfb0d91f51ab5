"""What is measured, in the order it is shown, and the goal of each line."""

import msgspec

from bench.scale import Scale


class Goal(msgspec.Struct, frozen=True):
    """One of the two: so many times better than the peer, or a figure not to exceed."""

    times_better: float | None = None
    at_most: float | None = None


class Row(msgspec.Struct, frozen=True):
    """A line of the table."""

    key: str
    label: str
    unit: str
    more_is_better: bool = False
    goal: Goal | None = None
    against: str | None = None
    """The peer's figure to compare with, where it is not the same one."""

    def peer_key(self) -> str:
        """Which of the peer's figures this line stands against."""
        return self.against or self.key


def rows(scale: Scale) -> list[Row]:
    """All the lines; the labels tell the scale."""
    return [*_sending(scale), *_growth(scale), *_first_sync(scale), *_reconnect(scale), *_process(scale)]


def _sending(scale: Scale) -> list[Row]:
    twenty = Goal(times_better=20)
    connected = f"group of {scale.connected_members}, all connected"
    return [
        Row("send.rooms.per_second", f"messages sent, {scale.pairs} chats", "/s", more_is_better=True, goal=twenty),
        Row("send.rooms.cpu_ms", "processor time of one message", "ms"),
        Row("send.one_room.per_second", "messages sent, one chat", "/s", more_is_better=True, goal=twenty),
        Row("latency.p50_ms", "delivery at 10 messages/s, median", "ms", goal=Goal(times_better=5)),
        Row("latency.p95_ms", "delivery at 10 messages/s, 95th percentile", "ms"),
        Row(
            "group.deliveries_per_second",
            f"deliveries, {connected}",
            "/s",
            more_is_better=True,
            goal=Goal(times_better=15),
        ),
        Row("group.messages_per_second", f"messages, {connected}", "/s", more_is_better=True),
    ]


def _growth(scale: Scale) -> list[Row]:
    sizes = list(zip(("small", "medium", "large"), scale.group_members, strict=True))
    costs = [Row(f"growth.{size}.cpu_ms", f"one message in a group of {count:,}", "ms") for size, count in sizes]
    rates = [
        Row(f"growth.{size}.per_second", f"messages sent in a group of {count:,}", "/s", more_is_better=True)
        for size, count in sizes
    ]
    label = f"cost at {scale.group_members[2]:,} over cost at {scale.group_members[0]:,}"
    return [*costs, *rates, Row("growth.ratio", label, "", goal=Goal(at_most=1.5))]


def _first_sync(scale: Scale) -> list[Row]:
    found = []
    for size, chats in zip(("small", "medium", "large"), scale.chats, strict=True):
        key, label, is_large = f"first_sync.{size}", f"first sync, {chats} chats", size == "large"
        found += [
            Row(f"{key}.plain.s", label, "s", goal=Goal(times_better=10) if is_large else None),
            Row(f"{key}.gzip.s", f"{label}, gzip accepted", "s"),
            Row(f"{key}.plain.kb", label, "kB"),
            Row(
                f"{key}.gzip.kb",
                f"{label}, gzip accepted, against uncompressed",
                "kB",
                goal=Goal(times_better=5) if is_large else None,
                against=f"{key}.plain.kb",
            ),
        ]
    return found


def _reconnect(scale: Scale) -> list[Row]:
    label = f"{scale.missed_chats * scale.missed_per_chat:,} messages missed in {scale.missed_chats} chats"
    return [
        Row("reconnect.plain.s", label, "s", goal=Goal(times_better=5)),
        Row("reconnect.gzip.s", f"{label}, gzip accepted", "s"),
        Row("reconnect.plain.kb", label, "kB"),
        Row(
            "reconnect.gzip.kb",
            f"{label}, gzip accepted, against uncompressed",
            "kB",
            against="reconnect.plain.kb",
        ),
    ]


def _process(scale: Scale) -> list[Row]:
    return [
        Row("start.rss_mb", "resident memory at start", "MB", goal=Goal(at_most=70)),
        Row("start.database_mb", "memory of PostgreSQL at start (PSS)", "MB"),
        Row("idle.kb_per_poll", "resident memory of one idle long-poll", "kB", goal=Goal(at_most=15)),
        Row("idle.rss_mb", f"resident memory with {scale.idle_polls + scale.warm_polls} connected", "MB"),
        Row("start.cold_s", "cold start", "s", goal=Goal(at_most=0.6)),
        Row("start.first_s", "very first start", "s"),
    ]
