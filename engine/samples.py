"""What a generator makes: examples from noise that is the same at every look, so that they can be watched, and the modes that they reach."""

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import OutOfReach
from engine.formula.calls import Array
from engine.plain import plain
from engine.program import Program
from engine.streams import stream
from engine.tape import Tape
from engine.tasks import through
from engine.tasks.gan import Gan

if TYPE_CHECKING:
    from engine.session import Session

FEWEST = 0.25
"""A mode is covered from this share of its fair part of the samples on."""
NEAR = 3.0
"""How near to a mode's middle a sample counts as its own, in standard deviations of the mode."""


def samples(session: "Session", count: int) -> dict[str, Any]:
    """So many generated examples in raw columns, what the discriminator says of each, and how many modes are covered.

    `slopes` is the mean size of the gradient arriving at the discriminator's logit by either loss of the generator: 1 − D(G(z)), or D(G(z)), which is flat
    while the discriminator is sure; `ratio` is the saturating one's size over the other's. Raises OutOfReach without a generator.
    """
    task = session.network.spec.task
    if not isinstance(task, Gan):
        raise OutOfReach("only a GAN has a generator; choose its task, or ask for predictions")
    made = generated(session, count)
    says = session.evaluator.prediction(made)
    raw = made * session.data.scale + session.data.shift if session.data.features is None else None
    return {
        "update": session.position.update,
        "columns": list(session.data.columns),
        "samples": plain(made if raw is None else raw),
        "real": plain(says[:, 0]),
        "modes": covered(session, raw) if raw is not None else None,
        "slopes": slopes(says),
    }


def slopes(says: Array) -> dict[str, Any]:
    """How large the gradient that the generator's turn begins with is by either loss, where the discriminator says this of the samples, and their ratio."""
    steep, flat = (1 - says).mean(), says.mean()
    with np.errstate(all="ignore"):
        return {"non_saturating": plain(steep), "saturating": plain(flat), "ratio": plain(flat / steep)}


def generated(session: "Session", count: int) -> Array:
    """What the generator makes of seeded noise at the present parameters: (count, inputs), as the discriminator sees it."""
    network = session.network
    task = network.spec.task
    assert isinstance(task, Gan)
    tape = Tape(network.spec.seed, training=False)
    noise = tape.leaf("z", "input", (count, task.latent))
    made = through(network, tape, range(len(network.spec.layers), len(network.layers)), noise)
    tape.mark("prediction", made)
    program = Program(tape, session.parameters_arena)
    program.batch.views[0][...] = stream(network.spec.seed, "samples").standard_normal((count, task.latent))
    with np.errstate(all="ignore"):
        program.run()
    return program.value(made.id).copy()


def covered(session: "Session", raw: Array) -> dict[str, Any] | None:
    """How many of the data's modes have at least a quarter of their fair share of the samples near them; None for data without known modes."""
    modes = session.network.spec.data.modes()
    if modes is None:
        return None
    middles, spread = modes
    near = np.linalg.norm(raw[:, None, :] - middles[None], axis=2) <= NEAR * spread
    counts = near.sum(axis=0)
    fair = FEWEST * len(raw) / len(middles)
    return {"covered": int((counts >= fair).sum()), "of": len(middles), "counts": counts.tolist(), "near": float(near.any(axis=1).mean())}
