"""A variational autoencoder as its paper writes it (Kingma and Welling 2014, appendix B and C): the loss of a batch and its gradients, by hand."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Vae(NamedTuple):
    """x → h = tanh(x A + a) → (μ, s) = h V + v → z = μ + exp(s/2) ε → y = z D + d."""

    A: Array
    a: Array
    V: Array
    v: Array
    D: Array
    d: Array


def loss_and_gradients(x: Array, noise: Array, w: Vae, beta: float, *, through: bool = True) -> tuple[float, float, Vae]:
    """Half the squared error added over the outputs, β times the divergence, both averaged over the batch, and the gradients of their sum."""
    n, units = len(x), w.D.shape[0]
    h = np.tanh(x @ w.A + w.a)
    both = h @ w.V + w.v
    mu, s = both[:, :units], both[:, units:]
    sigma = np.sqrt(np.exp(s))
    z = mu + sigma * noise
    y = z @ w.D + w.d
    reconstruction = 0.5 * ((y - x) ** 2).sum() / n
    divergence = beta * -0.5 * (1 + s - mu**2 - sigma**2).sum() / n
    dy = (y - x) / n
    dz = dy @ w.D.T
    came = dz if through else np.zeros_like(dz)
    dmu = came + beta * mu / n
    ds = came * noise * sigma / 2 + beta * (sigma**2 - 1) / 2 / n
    dboth = np.concatenate([dmu, ds], axis=1)
    du = (dboth @ w.V.T) * (1 - h**2)
    return reconstruction, divergence, Vae(x.T @ du, du.sum(0), h.T @ dboth, dboth.sum(0), z.T @ dy, dy.sum(0))


def parts_of_the_gradient(x: Array, noise: Array, w: Vae, beta: float) -> dict[str, tuple[Array, Array]]:
    """What comes to μ, s and σ of each example's loss through z, and what from the divergence: (n, units) each."""
    units = w.D.shape[0]
    both = np.tanh(x @ w.A + w.a) @ w.V + w.v
    mu, sigma = both[:, :units], np.sqrt(np.exp(both[:, units:]))
    dz = ((mu + sigma * noise) @ w.D + w.d - x) @ w.D.T
    at_sigma = dz * noise, beta * (sigma - 1 / sigma)
    return {"mean": (dz, beta * mu), "spread": at_sigma, "log_variance": (at_sigma[0] * sigma / 2, at_sigma[1] * sigma / 2)}
