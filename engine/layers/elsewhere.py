"""What the recurrent layers are in other libraries."""

from typing import TYPE_CHECKING, Literal

from engine.component import Counterpart

if TYPE_CHECKING:
    from engine.layers.recurrent import Recurrent

CUT = "the lab stops the gradient after every {} steps; here it goes all the way back, so the losses part"
READ = '''class Read(nn.Module):
    """A recurrent layer as the lab has it: it gives its hidden states, all or the last, and has one bias where PyTorch adds two."""

    def __init__(self, cell, last, biases=1):
        super().__init__()
        self.cell, self.last = cell, last
        for name, bias in cell.named_parameters():
            if biases == 1 and name.startswith("bias_hh"):
                nn.init.zeros_(bias).requires_grad_(False)

    def forward(self, x):
        states, _ = self.cell(x)
        size = self.cell.hidden_size
        return torch.cat([states[:, -1, :size], states[:, 0, size:]], dim=1) if self.last else states
'''
GATES = "Keras has the gates in another order, so the lab's first weights are not loaded here"


def recurrent(layer: "Recurrent", library: Literal["torch", "keras"], name: str) -> Counterpart:
    """The counterpart of a recurrent layer that the library calls by this name."""
    return _torch(layer, name) if library == "torch" else _keras(layer, name)


def _torch(layer: "Recurrent", name: str) -> Counterpart:
    short = {"W": "weight_ih_l0", "U": "weight_hh_l0", "b": "bias_ih_l0", "c": "bias_hh_l0"}
    biases = ", biases=2" if "c" in layer.shapes((1, 1)) else ""
    code = f"Read(nn.{name}({{inputs}}, {{units}}, batch_first=True, bidirectional={{bidirectional}}), last={layer.returns == 'last'}{biases})"
    kept = {f"{each}{way}": f"cell.{short[each]}{'_reverse' if way else ''}" for way in ("", "_back") for each in short}
    cut = CUT.format(layer.truncate) if layer.truncate else ""
    return Counterpart(code, cut, parameters=kept, turned={f"{each}{way}": ".T" for way in ("", "_back") for each in "WU"}, needs=READ)


def _keras(layer: "Recurrent", name: str) -> Counterpart:
    begin = "kernel_initializer={init}, recurrent_initializer={recurrent_init}, bias_initializer={bias_init}"
    code = f"layers.{name}({{units}}, return_sequences={layer.returns == 'sequence'}, {begin}{{penalty}}{{recurrent_penalty}})"
    code = f"layers.Bidirectional({code})" if layer.bidirectional else code
    cut = CUT.format(layer.truncate) if layer.truncate else ""
    if "c" in layer.shapes((1, 1)):
        return Counterpart(code, "; ".join(filter(None, (GATES, cut))))
    short = {"W": "kernel", "U": "recurrent_kernel", "b": "bias"}
    ahead = "forward_layer." if layer.bidirectional else ""
    kept = {f"{each}{way}": f"{'backward_layer.' if way else ahead}cell.{short[each]}" for way in ("", "_back") for each in short}
    return Counterpart(code, cut, parameters=kept)
