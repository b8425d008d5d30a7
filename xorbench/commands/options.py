"""Options that several commands have: those of the settings, and how texts and flags are read."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

Text = Annotated[str | None, Parameter(allow_leading_hyphen=True, negative="")]
Flag = Annotated[bool, Parameter(negative="")]
Json = Annotated[bool, Parameter(name="--json", negative="")]


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Options:
    """The settings, as sweeps have them; what is not given is None."""

    learning_rate: Text = None
    "Numbers of 0 or more. Default log:0.05:50:16, or 0.1,0.5,2 with a file that gives none."
    output_rate_ratio: Text = None
    "The learning rate of w7, w8 and w9 over that of the other weights. Default 1."
    update: Text = None
    "batch (default), online or shuffled."
    optimizer: Text = None
    "gradient_descent (default), nesterov, rprop, adam or quickprop."
    momentum: Text = None
    "Numbers from 0 up to, but not including, 1. Default 0."
    activation: Text = None
    "Of the hidden units: sigmoid (default), tanh or relu."
    error: Text = None
    "mse (default), sse, half_mse, half_sse or cross_entropy."
    targets: Text = None
    "LOW,HIGH: what the output should be for false and true. Default 0,1. A list: 0,1;0.1,0.9."
    init: Text = None
    """Distribution of the starting weights: uniform:LOW,HIGH (default uniform:0,1), normal:STD or
    xavier."""
    stop: Text = None
    'When a run has converged, such as "mse < 0.001" (default) or "max_error < 0.1".'
    measured: Text = None
    "after_epoch (default) or during_epoch."
    max_epochs: Text = None
    "Where a run is given up (censored). Default 100000."
    precision: Text = None
    "double (default) or single."
    rprop_increase: Text = None
    "Of the step of a weight whose slope keeps its sign. Default 1.2."
    rprop_decrease: Text = None
    "Of the step of a weight whose slope has changed its sign. Default 0.5."
    rprop_smallest_step: Text = None
    "Default 1e-6. The first step is the learning rate; published: 0.1."
    rprop_largest_step: Text = None
    "Default 50."
    adam_beta1: Text = None
    "The share of its mean gradient that Adam keeps. Default 0.9."
    adam_beta2: Text = None
    "The share of its mean squared gradient that Adam keeps. Default 0.999."
    adam_epsilon: Text = None
    "Added to what Adam divides by. Default 1e-8."
    quickprop_growth: Text = None
    "How many times as long as the one before a step may be. Default 1.75."
    initial_weights: Text = None
    "A .csv or .npy file of starting weights, nine a row, instead of seeds and init."

    def given(self, **others: object) -> dict[str, Any]:
        """Give what was given, by the names of the settings; `others` are a command's own."""
        values = others | {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class ClusterOptions:
    """Where to train, if not here."""

    cluster: Text = None
    """Train on a Dask cluster: tcp://HOST:PORT or tls://HOST:PORT of its scheduler, or local:N for
    N processes here. Its workers have to see the folder under the same name."""
    cluster_ca: Path | None = None
    "With tls://, the certificate of who has signed those of the cluster."
    cluster_cert: Path | None = None
    "With tls://, the certificate of this client."
    cluster_key: Path | None = None
    "With tls://, the key of this client."


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class SingleOptions(Options):
    """The settings, where each has one value."""

    momentum: Text = None
    "A number from 0 up to, but not including, 1. Default 0."
    targets: Text = None
    "LOW,HIGH: what the output should be for false and true. Default 0,1."


NONE_GIVEN = Options()
NO_CLUSTER = ClusterOptions()
