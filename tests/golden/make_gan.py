"""Golden numbers of one update of a GAN from PyTorch in float64: `python make_gan.py > gan.json`, where both PyTorch and the engine can be imported.

The engine gives the first weights, the real examples and the noise; everything else is PyTorch's.
"""

import json
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.engine.games import SPEC, begin


def play(loss: str) -> dict[str, object]:
    session = begin(loss)
    program = session.program
    weights = {name: torch.tensor(view.copy(), requires_grad=True) for name, view in session.parameters_arena.views.items()}
    noise = [torch.tensor(view.copy()) for view in program.noise.views.values()]
    real = torch.tensor(program.batch.views[0].copy())

    def through(x: torch.Tensor, first: int, act: object) -> torch.Tensor:
        hidden = act(x @ weights[f"{first}.W"] + weights[f"{first}.b"])
        return hidden @ weights[f"{first + 2}.W"] + weights[f"{first + 2}.b"]

    def judge(x: torch.Tensor) -> torch.Tensor:
        return through(x, 0, lambda z: torch.nn.functional.leaky_relu(z, 0.2))

    def make(z: torch.Tensor) -> torch.Tensor:
        return through(z, 3, torch.tanh)

    bce = torch.nn.functional.binary_cross_entropy_with_logits
    players = {"discriminator": ["0.W", "0.b", "2.W", "2.b"], "generator": ["3.W", "3.b", "5.W", "5.b"]}
    found: dict[str, object] = {"start": {name: each.tolist() for name, each in weights.items()}}
    real_logit, fake_logit = judge(real), judge(make(noise[0]).detach())
    d_loss = bce(real_logit, torch.ones_like(real_logit)) + bce(fake_logit, torch.zeros_like(fake_logit))
    optimizer = torch.optim.Adam([weights[name] for name in players["discriminator"]], lr=SPEC["optimizer"]["learning_rate"])
    d_loss.backward()
    optimizer.step()
    gradients = {name: weights[name].grad.tolist() for name in players["discriminator"]}
    logit = judge(make(noise[1]))
    g_loss = bce(logit, torch.ones_like(logit)) if loss == "non_saturating" else torch.log(1 - torch.sigmoid(logit)).mean()
    optimizer = torch.optim.Adam([weights[name] for name in players["generator"]], lr=SPEC["optimizer"]["learning_rate"])
    g_loss.backward()
    optimizer.step()
    gradients |= {name: weights[name].grad.tolist() for name in players["generator"]}
    return found | {
        "losses": {"discriminator": d_loss.item(), "generator": g_loss.item()},
        "gradients": gradients,
        "after": {name: each.tolist() for name, each in weights.items()},
    }


if __name__ == "__main__":
    print(json.dumps({loss: play(loss) for loss in ("non_saturating", "saturating")}, indent=1))
