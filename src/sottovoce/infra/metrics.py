"""What is counted and timed for Prometheus. Imported only if a metrics port was given: the library costs megabytes."""

from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

REQUEST_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
GROUP_BUCKETS_BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)

Levels = Callable[[], Mapping[str, float]]
"""What stands how high at this moment, by label."""


class Metrics:
    """All metrics of one server. Labels hold patterns, never what people are called or say."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._requests = Counter(
            "sottovoce_requests", "Requests answered.", ["method", "pattern", "status"], registry=registry
        )
        self._request_seconds = Histogram(
            "sottovoce_request_seconds",
            "How long requests took, without those that wait for news.",
            ["pattern"],
            buckets=REQUEST_BUCKETS_S,
            registry=registry,
        )
        self._changes = Counter(
            "sottovoce_changes", "Changes committed; those of rooms are events.", ["stream"], registry=registry
        )
        self._group_batches = Histogram(
            "sottovoce_commit_group_batches",
            "How many writes were committed together.",
            buckets=GROUP_BUCKETS_BATCHES,
            registry=registry,
        )
        self._group_seconds = Histogram(
            "sottovoce_commit_group_seconds",
            "How long a group of writes took to be durable.",
            buckets=REQUEST_BUCKETS_S,
            registry=registry,
        )

    def count_request(self, method: str, pattern: str, status: int, duration_s: float | None) -> None:
        """A request was answered; duration_s is None for one that waited for news."""
        self._requests.labels(method, pattern, status).inc()
        if duration_s is not None:
            self._request_seconds.labels(pattern).observe(duration_s)

    def count_change(self, stream: str) -> None:
        """A change was committed."""
        self._changes.labels(stream).inc()

    def count_group(self, size_batches: int, duration_s: float) -> None:
        """A group of writes was decided."""
        self._group_batches.observe(size_batches)
        self._group_seconds.observe(duration_s)

    def show(self, name: str, purpose: str, label: str, levels: Levels) -> None:
        """Whenever the metrics are read, `levels` is asked."""
        self._registry.register(_Gauge(name, purpose, label, levels))

    def text(self) -> bytes:
        """All metrics, in Prometheus' text format."""
        return generate_latest(self._registry)


class _Gauge(Collector):
    def __init__(self, name: str, purpose: str, label: str, levels: Levels) -> None:
        self._name, self._purpose, self._label, self._levels = name, purpose, label, levels

    def collect(self) -> Iterator[GaugeMetricFamily]:
        family = GaugeMetricFamily(self._name, self._purpose, labels=[self._label])
        for value, level in self._levels().items():
            family.add_metric([value], level)
        yield family
