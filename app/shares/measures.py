"""The measures of several workers as one text: each number with the worker that it is of."""

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample


def together(texts: Mapping[int, str]) -> bytes:
    """One text out of each worker's, counted from 1."""
    found: dict[str, Metric] = {}
    for number in sorted(texts):
        for family in text_string_to_metric_families(texts[number]):
            kept = found.setdefault(family.name, Metric(family.name, family.documentation, family.type))
            kept.samples += [
                Sample(each.name, {"worker": str(number + 1), **each.labels}, each.value, each.timestamp, each.exemplar) for each in family.samples
            ]
    registry = CollectorRegistry()
    registry.register(_Told(found.values()))
    return generate_latest(registry)


class _Told:
    """What was read, to be written."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self.families = families

    def collect(self) -> Iterable[Metric]:
        return self.families
