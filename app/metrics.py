"""What an operator wants to know of a server, in the form that Prometheus reads: how much there is, how long one waits, how old a frame is."""

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
Levels = Callable[[], Iterable[tuple[str, str, float]]]
"""What there is right now: name, words and number of each."""


class Metrics:
    """The measures of one server."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.wait = self._times("queue_seconds", "How long a command or a reading waits for the compute thread")
        self.turn = self._times("turn_seconds", "How long a training session holds the compute thread at a time")
        self.frame = self._times("frame_age_seconds", "How old a frame is when its client says that it has drawn it")

    def watch(self, levels: Levels) -> None:
        """Ask for these levels at every look."""
        self.registry.register(_Levels(levels))

    def text(self) -> bytes:
        """Everything, as text/plain of version 0.0.4."""
        return generate_latest(self.registry)

    def _times(self, name: str, words: str) -> Histogram:
        return Histogram(f"backprop_lab_{name}", words, registry=self.registry, buckets=SECONDS)


class _Levels:
    """Reads levels when it is asked, so that nothing has to be kept up to date."""

    def __init__(self, levels: Levels) -> None:
        self.levels = levels

    def collect(self) -> Iterable[Metric]:
        for name, words, number in self.levels():
            yield GaugeMetricFamily(f"backprop_lab_{name}", words, value=number)
