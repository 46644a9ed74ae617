"""What the scripts for other libraries share: the counterparts of the components, the examples, their order, and the learning rate."""

import re
from collections.abc import Iterable, Iterator
from string import Formatter
from typing import TYPE_CHECKING, ClassVar, Literal

from engine.code.script import Script
from engine.component import Component, Counterpart
from engine.layers import Layer
from engine.layers.composite import Composite
from engine.op import Shape
from engine.schedules import Schedule

if TYPE_CHECKING:
    from engine.session import Session

EPOCHS = 10
LONGEST = 4000
"""Characters of one counterpart, such as an initialiser with given values, that a script writes out."""


class LibraryScript(Script):
    """The network, its loss and its training in another library, from the first update on."""

    loads = "start"
    library: ClassVar[Literal["torch", "keras"]]
    title: ClassVar[str]
    nothing: ClassVar[str]
    """What hands its values on."""
    sequence: ClassVar[str]
    """Layers one after the other, and `inner`, one of them."""
    inner: ClassVar[str]

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self.spec = session.spec

    def head(self) -> Iterator[str]:
        """The docstring, and what it says of how to run it."""
        yield f'"""The network of Backprop Lab ({self.network}) in {self.title}: the model, its loss and its training from the first update on.'
        yield ""
        yield "Put start.npz beside this script: the lab offers it, with the examples as the network sees them and the first weights of the run."
        yield "With these weights and this order of the examples the losses are the lab's, except where a comment says what is done otherwise."
        yield '"""'
        yield ""
        if self.spec.bug:
            yield from (f"# The bug “{self.spec.bug.title}” is switched on in the lab; {self.title} does not make it, so the losses part from the lab's.", "")

    def imports(self) -> Iterator[str]:
        """The modules of the standard library that the script needs."""
        found = [*(["import math"] if "math." in "\n".join(self.rate()) else []), *(["import zlib"] if self.shuffled else [])]
        yield from [*found, ""] if found else []

    def settings(self) -> Iterator[str]:
        """What a reader may want to change."""
        yield f"EPOCHS = {EPOCHS}"
        yield f"BATCH = {self.session.batches.size}"
        yield f"LAB_WEIGHTS = True  # the lab's first weights; False draws others by the same rules, from {self.title}'s own chance"

    def order(self) -> Iterator[str]:
        """The order of the examples in an epoch."""
        yield "def order(epoch):"
        if self.shuffled:
            yield '    """The order of the examples in an epoch, as the lab shuffles them."""'
            yield f'    key = np.array([{self.spec.seed}, zlib.crc32(b"shuffle")], dtype=np.uint64)'
            yield "    counter = np.array([0, 0, 0, epoch], dtype=np.uint64)"
            yield "    return np.random.Generator(np.random.Philox(key=key, counter=counter)).permutation(len(x))"
        else:
            yield '    """The order of the examples in an epoch: always the same."""'
            yield "    return np.arange(len(x))"
        yield from ("", "")

    def rate(self) -> Iterator[str]:
        """The learning rate as a function of the update, where a schedule says it."""
        schedule = self.spec.optimizer.learning_rate
        if not isinstance(schedule, Schedule):
            return
        expression = schedule.expression()
        read = {name: value for name, value in schedule if isinstance(value, int | float) and re.search(rf"\b{name}\b", expression)}
        yield "def rate_at(update):"
        yield f'    """The learning rate of an update, counted from 0: {schedule.title}."""'
        if expression:
            yield f"    {', '.join(read)} = {', '.join(map(repr, read.values()))}"
            yield f"    return {expression}"
        else:
            yield f"    return {schedule.at(0)!r}  # the lab's schedule is not told here: this is the rate of its first update"
        yield from ("", "")

    def shaped(self, name: str) -> str:
        """What has to be done to an array of start.npz, one row an example, before it is the sequences that it holds."""
        network = self.session.network
        shape = network.inputs if name.startswith("x") else network.outputs
        return f".reshape(-1, {', '.join(map(str, shape))})" if len(shape) > 1 else ""

    @property
    def shuffled(self) -> bool:
        """Whether the examples have a new order in every epoch."""
        return self.spec.shuffle and self.session.batches.per_epoch > 1

    @property
    def first_rate(self) -> str:
        """The learning rate, or the call that gives the first one."""
        given = self.spec.optimizer.learning_rate
        return "rate_at(0)" if isinstance(given, Schedule) else repr(given)

    def shapes(self) -> list[Shape]:
        """The shape of one example before each layer, and behind the last."""
        found: list[Shape] = [self.session.network.inputs]
        for layer in self.spec.layers:
            found.append(layer.shape(found[-1]))
        return found

    def counterpart(self, component: Component) -> Counterpart:
        """What the library has for a component."""
        return component.counterpart(self.library)

    def needs(self) -> Iterator[str]:
        """Definitions that the layers speak of, each once."""
        needed = (text for layer in _every(self.spec.layers) for text in self.counterpart(layer).needs.split("\n\n\n"))
        for text in dict.fromkeys(filter(None, (text.rstrip() for text in needed))):
            yield from ("", *text.splitlines(), "")

    def spelled(self, component: Component, **more: str) -> str:
        """A counterpart with the component's fields filled in, those that are components too by their own counterparts; empty where there is none."""
        code = self.counterpart(component).code
        fields = {field: getattr(component, field) for _, field, _, _ in Formatter().parse(code) if field and field not in more}
        values = {name: (self.spelled(value) or "None" if isinstance(value, Component) else repr(value)) for name, value in fields.items()}
        made = code.format(**values, **more)
        return made if len(made) <= LONGEST else ""

    def layer(self, layer: Layer, before: Shape, **more: str) -> str:
        """A layer's counterpart, given the shape before it; of one made of layers, with those inside in it. An identity where there is none."""
        if isinstance(layer, Composite):
            skip = layer.projection(before)
            rows = [self._row(row, layer.through(prefix, before), more) for prefix, row in layer.rows().items()]
            more |= {"rows": ", ".join(rows), "skip": self.layer(skip, before, **more) if skip else self.nothing}
        return self.spelled(layer, **sizes(before), **more) or self.nothing

    def _row(self, row: Iterable[Layer], shapes: Iterable[Shape], more: dict[str, str]) -> str:
        return self.sequence.format(", ".join(self.layer(layer, before, **more) for layer, before in zip(row, shapes, strict=False)))

    def otherwise(self, component: Component, what: str = "") -> Iterator[str]:
        """A comment on what the library does otherwise, or on its having no counterpart."""
        title = component.title or component.kind.replace("_", " ")
        found = self.counterpart(component)
        if not found.code:
            doc = " ".join((type(component).__doc__ or "").split())
            yield f"# {what}{self.title} has nothing that is known here for the lab's {title}, so it is left out: {doc}"
        elif found.otherwise:
            yield f"# {what}{title}: {found.otherwise}."
        for _, inside in component.every() if isinstance(component, Composite) else ():
            yield from self.otherwise(inside, what)

    def places(self) -> Iterator[tuple[str, str]]:
        """Each parameter by the lab's name, and where the library keeps it; parameters of layers without a counterpart are left out."""
        for name in self.session.network.shapes:
            layer, short, ahead = self.owner(name)
            place = self.counterpart(layer).parameters.get(short)
            if place:
                yield name, self.place(int(name.split(".")[0]), f"{ahead}{place}")

    def owner(self, name: str) -> tuple[Layer, str, str]:
        """The layer that a parameter belongs to, its short name there, and the expression between a layer of the model and that one."""
        index, short = name.split(".", 1)
        layer, before, ahead = self.spec.layers[int(index)], self.shapes()[int(index)], ""
        while isinstance(layer, Composite):
            layer, short, before, place, number = layer.part(short, before)
            ahead += f"{place}." if number is None else f"{place}{self.inner.format(number)}."
        return layer, short, ahead

    def turned(self, name: str) -> str:
        """What has to be done to a parameter of the lab's before it fits the library's."""
        layer, short, _ = self.owner(name)
        return self.counterpart(layer).turned.get(short, "")

    def place(self, index: int, kept: str) -> str:
        """The expression of a layer's parameter."""
        raise NotImplementedError

    def held(self) -> list[str]:
        """The parameters that no update changes."""
        return [name for name in self.session.network.learned if name not in self.session.network.trained()]


def sizes(before: Shape) -> dict[str, str]:
    """What a counterpart may ask of the values that a layer reads: their inputs or channels, what a feature is, and on which axis these stand."""
    image = len(before) == 3
    found: dict[str, int | str] = {
        "inputs": before[-1],
        "channels": before[0],
        "steps": before[0],
        "features": before[0] if image else before[-1],
        "axis": 1 if image else -1,
    }
    found |= {"dims": 2 if image else 1, "order": "channels_first" if image else "channels_last"}
    return {name: str(value) for name, value in found.items()}


def _every(layers: Iterable[Layer]) -> Iterator[Layer]:
    """The layers, each before those inside it."""
    for layer in layers:
        yield layer
        yield from _every(inside for _, inside in layer.every()) if isinstance(layer, Composite) else ()
