"""Metrics, connected to what they measure."""

from collections.abc import Callable, Sequence

from sottovoce.app.build import App
from sottovoce.domains.changes.model import Change
from sottovoce.http.measured import MeasuredApp


def measured(app: App) -> tuple[MeasuredApp, Callable[[], bytes]]:
    """The application to serve in place of `app.http`, and the metrics as text whenever they are asked for."""
    from sottovoce.infra.metrics import Metrics  # noqa: PLC0415 - its library costs megabytes

    metrics, base = Metrics(), app.base
    publish = base.database.on_commit

    def count_and_publish(announcements: Sequence[object]) -> None:
        for change in announcements:
            if isinstance(change, Change):
                metrics.count_change(change.stream)
        publish(announcements)

    base.database.on_commit = count_and_publish
    base.database.on_group = metrics.count_group
    metrics.show("sottovoce_waiting", "Who waits for news.", "who", lambda: {"people": base.changes.waiting})
    metrics.show("sottovoce_in_memory", "What is in memory.", "what", lambda: _in_memory(app))
    metrics.show("sottovoce_pushes", "Pushes since the start.", "outcome", lambda: _pushes(app))
    return MeasuredApp(app.http, base.clock.monotonic_s, metrics.count_request), metrics.text


def _in_memory(app: App) -> dict[str, int]:
    return {} if app.messenger is None else app.messenger.memory.sizes


def _pushes(app: App) -> dict[str, int]:
    return {} if app.messenger is None else app.messenger.push.follower.totals
