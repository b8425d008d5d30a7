"""JAX: arrays of networks, all the epochs compiled into one `scan`, anew for each number of them.

A `fori_loop` was as fast.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from xorbench.network import Array
from xorbench.peers import IntegerArray
from xorbench.peers.formulas import Value, error, error_and_gradient

squash = jax.nn.sigmoid


def train_by_grad(
    starts: Array, learning_rate: float, threshold: float, epochs: int
) -> IntegerArray:
    """Train networks by automatic differentiation, a `Train`."""
    return _train(by_grad, starts, learning_rate, threshold, epochs)


def train_by_hand(
    starts: Array, learning_rate: float, threshold: float, epochs: int
) -> IntegerArray:
    """Train networks by the formulas of the gradient, a `Train`."""
    return _train(by_hand, starts, learning_rate, threshold, epochs)


by_grad = jax.vmap(jax.value_and_grad(partial(error, squash=squash)))
by_hand = partial(error_and_gradient, squash=squash)


def _all_epochs(
    step: Value, epochs: int, weights: Value, learning_rate: Value, threshold: Value
) -> Value:
    def epoch(state: Value, count: Value) -> tuple[Value, None]:
        weights, converged = state
        errors, gradient = step(weights)
        converged = jnp.where((converged < 0) & (errors < threshold), count, converged)
        weights = tuple(w - learning_rate * g for w, g in zip(weights, gradient, strict=True))
        return (weights, converged), None

    never = jnp.full_like(weights[0], -1, dtype=int)
    (_, converged), _ = jax.lax.scan(epoch, (weights, never), jnp.arange(epochs + 1))
    return converged


_compiled = jax.jit(_all_epochs, static_argnums=(0, 1))


def _train(
    step: Value, starts: Array, learning_rate: float, threshold: float, epochs: int
) -> IntegerArray:
    with jax.enable_x64(True):  # in this thread and block only
        converged = _compiled(step, epochs, tuple(starts.T), learning_rate, threshold)
        return np.asarray(converged)
