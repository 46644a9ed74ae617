"""What the layers of a transformer are in other libraries: small classes, written as their users write them."""

from typing import Literal

from engine.component import Counterpart

Library = Literal["torch", "keras"]
APART = "\n\n\n"
"""Between two definitions, so that each is written out once."""

TORCH_HEADS = '''class SelfAttention(nn.Module):
    """Attention of a sequence to itself, by several heads."""

    def __init__(self, units, width, heads, causal, joined=True):
        super().__init__()
        self.q, self.k, self.v = (nn.Linear(units, width, bias=joined and name != "k") for name in "qkv")
        self.o = nn.Linear(width, width) if joined else nn.Identity()
        self.heads, self.causal = heads, causal

    def forward(self, x):
        q, k, v = (of(x).unflatten(2, (self.heads, -1)).transpose(1, 2) for of in (self.q, self.k, self.v))
        return self.o(nn.functional.scaled_dot_product_attention(q, k, v, is_causal=self.causal).transpose(1, 2).flatten(2))
'''
TORCH_BLOCK = '''class Block(nn.Module):
    """Attention, then two linear layers at each position, each beside a way past it."""

    def __init__(self, units, heads, factor, activation, norm, causal, eps):
        super().__init__()
        self.attention = SelfAttention(units, units, heads, causal)
        self.norm1, self.norm2 = nn.LayerNorm(units, eps=eps), nn.LayerNorm(units, eps=eps)
        self.mlp = nn.Sequential(nn.Linear(units, factor * units), activation, nn.Linear(factor * units, units))
        self.norm = norm

    def forward(self, x):
        if self.norm == "pre":
            x = x + self.attention(self.norm1(x))
            return x + self.mlp(self.norm2(x))
        x = self.norm1(x + self.attention(x))
        return self.norm2(x + self.mlp(x))
'''
TORCH_LEARNED = '''class Positions(nn.Module):
    """A learned vector for each position, added to what stands there."""

    def __init__(self, steps, units):
        super().__init__()
        self.P = nn.Parameter(0.1 * torch.randn(steps, units))

    def forward(self, x):
        return x + self.P
'''
TORCH_WAVES = '''class Waves(nn.Module):
    """Sines and cosines of the position, added to what stands there."""

    def forward(self, x):
        unit = torch.arange(x.shape[2])
        angle = torch.arange(x.shape[1])[:, None] / 10000.0 ** (unit // 2 * 2 / x.shape[2])
        return x + torch.where(unit % 2 == 1, torch.cos(angle), torch.sin(angle))
'''
KERAS_HEADS = '''class SelfAttention(layers.Layer):
    """Attention of a sequence to itself, by several heads."""

    def __init__(self, width, heads, causal, joined=True, **how):
        super().__init__()
        biases = how.pop("bias_initializer", "zeros")
        self.q, self.k, self.v = (layers.Dense(width, use_bias=joined and name != "k", bias_initializer=biases, **how) for name in "qkv")
        self.o = layers.Dense(width, bias_initializer=biases, **how) if joined else layers.Identity()
        self.width, self.heads, self.causal = width, heads, causal

    def build(self, shape):
        for part in (self.q, self.k, self.v):
            part.build(shape)
        self.o.build((*shape[:-1], self.width))

    def call(self, x):
        steps, size = x.shape[1], self.width // self.heads
        q, k, v = (
            keras.ops.transpose(keras.ops.reshape(of(x), (-1, steps, self.heads, size)), (0, 2, 1, 3)) for of in (self.q, self.k, self.v)
        )
        scores = keras.ops.matmul(q, keras.ops.transpose(k, (0, 1, 3, 2))) * size**-0.5
        if self.causal:
            scores = keras.ops.where(np.tri(steps, dtype=bool), scores, -np.inf)
        mix = keras.ops.matmul(keras.ops.softmax(scores), v)
        return self.o(keras.ops.reshape(keras.ops.transpose(mix, (0, 2, 1, 3)), (-1, steps, self.width)))
'''
KERAS_BLOCK = '''class Block(layers.Layer):
    """Attention, then two linear layers at each position, each beside a way past it."""

    def __init__(self, heads, factor, activation, norm, causal, eps, **how):
        super().__init__()
        self.made = (heads, factor, activation, causal, eps, how)
        self.norm = norm

    def build(self, shape):
        heads, factor, activation, causal, eps, how = self.made
        units = shape[-1]
        self.attention = SelfAttention(units, heads, causal, **how)
        self.norm1, self.norm2 = (layers.LayerNormalization(epsilon=eps) for _ in range(2))
        self.hidden = layers.Dense(factor * units, activation=activation, **how)
        self.answer = layers.Dense(units, **how)
        for part in (self.attention, self.norm1, self.norm2, self.hidden):
            part.build(shape)
        self.answer.build((*shape[:-1], factor * units))

    def call(self, x):
        if self.norm == "pre":
            x = x + self.attention(self.norm1(x))
            return x + self.answer(self.hidden(self.norm2(x)))
        x = self.norm1(x + self.attention(x))
        return self.norm2(x + self.answer(self.hidden(x)))
'''
KERAS_LEARNED = '''class Positions(layers.Layer):
    """A learned vector for each position, added to what stands there."""

    def __init__(self, initializer, regularizer=None):
        super().__init__()
        self.begun = {"initializer": initializer, "regularizer": regularizer}

    def build(self, shape):
        self.P = self.add_weight(shape=shape[1:], **self.begun)

    def call(self, x):
        return x + self.P
'''
KERAS_WAVES = '''class Waves(layers.Layer):
    """Sines and cosines of the position, added to what stands there."""

    def call(self, x):
        unit = np.arange(x.shape[2])
        angle = np.arange(x.shape[1])[:, None] / 10000.0 ** (unit // 2 * 2 / x.shape[2])
        return x + keras.ops.cast(np.where(unit % 2, np.cos(angle), np.sin(angle)), x.dtype)
'''
KEPT = {
    "torch": {"W": "weight", "b": "bias", "g": "weight", "W1": "mlp[0].weight", "b1": "mlp[0].bias", "W2": "mlp[2].weight", "b2": "mlp[2].bias"},
    "keras": {"W": "kernel", "b": "bias", "g": "gamma", "W1": "hidden.kernel", "b1": "hidden.bias", "W2": "answer.kernel", "b2": "answer.bias"},
}
HOW = "kernel_initializer={init}, bias_initializer={bias_init}{penalty}"


def positions(library: Library, *, learned: bool) -> Counterpart:
    """The counterpart of a positional encoding."""
    if not learned:
        return Counterpart("Waves()", needs=TORCH_WAVES if library == "torch" else KERAS_WAVES)
    if library == "torch":
        return Counterpart("Positions({steps}, {inputs})", parameters={"P": "P"}, needs=TORCH_LEARNED)
    return Counterpart("Positions({init}{plain_penalty})", parameters={"P": "P"}, needs=KERAS_LEARNED)


def one_head(library: Library) -> Counterpart:
    """The counterpart of attention with one head."""
    kept = {name: place for name, place in _heads(library, "").items() if name[0] == "W" and name != "Wo"}
    if library == "torch":
        return Counterpart("SelfAttention({inputs}, {units}, 1, {causal}, joined=False)", parameters=kept, turned=dict.fromkeys(kept, ".T"), needs=TORCH_HEADS)
    return Counterpart("SelfAttention({units}, 1, {causal}, joined=False, kernel_initializer={init}{penalty})", parameters=kept, needs=KERAS_HEADS)


def several_heads(library: Library) -> Counterpart:
    """The counterpart of attention with several heads."""
    kept = _heads(library, "")
    if library == "torch":
        return Counterpart("SelfAttention({inputs}, {inputs}, {heads}, {causal})", parameters=kept, turned=_turned(kept), needs=TORCH_HEADS)
    return Counterpart(f"SelfAttention({{inputs}}, {{heads}}, {{causal}}, {HOW})", parameters=kept, needs=KERAS_HEADS)


def block(library: Library, activation: str) -> Counterpart:
    """The counterpart of a transformer block."""
    kept = {f"norm{number}.{short}": f"norm{number}.{_norm(library)[short]}" for number in (1, 2) for short in "gb"}
    kept |= _heads(library, "attention.") | {f"mlp.{short}": place for short, place in KEPT[library].items() if short[-1].isdigit()}
    if library == "torch":
        bends = {"gelu": 'nn.GELU("tanh")', "relu": "nn.ReLU()", "silu": "nn.SiLU()", "tanh": "nn.Tanh()"}[activation]
        code = f"Block({{inputs}}, {{heads}}, {{factor}}, {bends}, {{norm}}, {{causal}}, {{eps}})"
        return Counterpart(code, parameters=kept, turned=_turned(kept), needs=TORCH_HEADS + APART + TORCH_BLOCK)
    bends = "lambda x: keras.activations.gelu(x, approximate=True)" if activation == "gelu" else repr(activation)
    code = f"Block({{heads}}, {{factor}}, {bends}, {{norm}}, {{causal}}, {{eps}}, {HOW})"
    return Counterpart(code, parameters=kept, needs=KERAS_HEADS + APART + KERAS_BLOCK)


def _heads(library: Library, ahead: str) -> dict[str, str]:
    return {f"{ahead}{kind}{letter}": f"{ahead}{letter}.{KEPT[library][kind]}" for letter in "qkvo" for kind in "Wb" if letter + kind != "kb"}


def _norm(library: Library) -> dict[str, str]:
    return {"g": "weight", "b": "bias"} if library == "torch" else {"g": "gamma", "b": "beta"}


def _turned(kept: dict[str, str]) -> dict[str, str]:
    return {name: ".T" for name in kept if name.rpartition(".")[2].startswith("W")}
