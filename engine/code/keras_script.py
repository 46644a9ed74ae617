"""The network in Keras 3."""

from collections.abc import Iterator

from engine.code.library import LibraryScript


class KerasScript(LibraryScript):
    """Model, loss, optimiser and training batch by batch, so that the order of the examples is the lab's."""

    name = "network_keras.py"
    library = "keras"
    title = "Keras"
    nothing = "layers.Identity()"
    sequence = "keras.Sequential([{}])"
    inner = ".layers[{}]"

    def lines(self) -> Iterator[str]:
        spec = self.spec
        yield from self.head()
        yield from self.imports()
        yield from ("import keras", "import numpy as np", "from keras import layers", "")
        yield from self.settings()
        yield ""
        if spec.dtype == "float64":
            yield "# Only on TensorFlow does Keras keep to float64; elsewhere it rounds to float32 on the way, and the losses are alike to about 6 digits."
        yield from (f'keras.config.set_floatx("{spec.dtype}")', f"keras.utils.set_random_seed({spec.seed})", 'start = np.load("start.npz")')
        names = ("x", "y", "x_test", "y_test")
        yield f"{', '.join(names)} = " + ", ".join(f'start["{name}"]{self.shaped(name)}' for name in names)
        yield from self.needs()
        yield ""
        yield from self._model()
        yield from self._weights()
        yield from ("", "")
        yield from self.order()
        yield from self.rate()
        yield from self._learning()
        yield from self._loop()

    def place(self, index: int, kept: str) -> str:
        return f"model.layers[{index}].{kept}"

    def _model(self) -> Iterator[str]:
        spec = self.spec
        penalty = f", kernel_regularizer=keras.regularizers.L1L2({spec.l1!r}, {spec.l2!r} / 2)" if spec.l1 or spec.l2 else ""
        yield from ("model = keras.Sequential([", f"    keras.Input(shape={self.session.network.inputs}),")
        ways = {f"{name}_penalty": penalty.replace("kernel_", f"{name}_") for name in ("recurrent", "embeddings")}
        ways |= {"penalty": penalty, "plain_penalty": penalty.replace("kernel_", "")}
        for index, (layer, before) in enumerate(zip(spec.layers, self.shapes(), strict=False)):
            yield from (f"    {line}" for line in self.otherwise(layer))
            yield f"    {self.layer(layer, before, **ways)},  # {index}"
        yield "])"

    def _weights(self) -> Iterator[str]:
        yield "if LAB_WEIGHTS:"
        yield from (f'    {place}.assign(start["{name}"]{self.turned(name)})' for name, place in self.places())
        places = dict(self.places())
        held = [name for name in self.held() if name in places]
        if held:
            yield f"# The lab holds {', '.join(held)}: no update changes them."
            yield from (f"{places[name]}.trainable = False" for name in held)

    def _learning(self) -> Iterator[str]:
        spec = self.spec
        clip = f", {self.spelled(spec.clip)}" if spec.clip and self.spelled(spec.clip) else ""
        yield from self.otherwise(spec.optimizer)
        yield from self.otherwise(spec.clip, "clip ") if spec.clip else []
        if spec.clip and self.held():
            yield "# What is held counts into the length of the lab's gradient, and not into Keras's."
        optimizer = self.spelled(spec.optimizer, rate=self.first_rate, clip=clip) or f"keras.optimizers.SGD(learning_rate={self.first_rate}{clip})"
        yield f"optimizer = {optimizer}"
        yield from self.otherwise(spec.loss)
        yield f"model.compile(optimizer=optimizer, loss={self.spelled(spec.loss) or 'keras.losses.MeanSquaredError()'})"
        yield ""

    def _loop(self) -> Iterator[str]:
        yield from ("losses = []", "for epoch in range(EPOCHS):", "    rows = order(epoch)", "    for first in range(0, len(x), BATCH):")
        inside = ["batch = rows[first : first + BATCH]"]
        if list(self.rate()):
            inside += ["optimizer.learning_rate = rate_at(len(losses))"]
        if self.spec.l1 or self.spec.l2:
            inside += ["# Keras's loss has the penalties in it; the lab calls that the objective."]
        inside += [
            "model.reset_metrics()  # else it would give the mean of all batches so far",
            "losses.append(float(model.train_on_batch(x[batch], y[batch])))",
        ]
        yield from (f"        {line}" for line in inside)
        yield '    print(f"epoch {epoch}: loss of its last batch {losses[-1]:.6f}")'
        yield from ("", "if len(x_test):", '    print(f"loss on the test examples: {model.evaluate(x_test, y_test, verbose=0):.6f}")')
