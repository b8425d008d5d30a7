"""One training run told as a lesson: the arithmetic of back-propagation with its own numbers.

The text follows the network from its nine weights over the first forward pass, the error, the
chain rule and the first step to the trained network and the Boolean functions in it.
"""

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from xorbench.gates import (
    NAMES,
    XOR_PAIRS,
    compose,
    formula,
    identify,
    margin,
    output_activations,
    truth_table,
)
from xorbench.network import (
    PATTERNS,
    TARGETS,
    Array,
    error_value,
    forward,
    gradient,
    net_input,
    pattern_errors,
)
from xorbench.outcome import Outcome
from xorbench.plaintext import number, numbers, paragraph, table
from xorbench.settings import Settings, plain

WEIGHTS: Final = {
    "w1": "bias of h1",
    "w2": "from x1 to h1",
    "w3": "from x2 to h1",
    "w4": "bias of h2",
    "w5": "from x1 to h2",
    "w6": "from x2 to h2",
    "w7": "bias of y",
    "w8": "from h1 to y",
    "w9": "from h2 to y",
}

TERMS: Final = {
    "mse": "(y - t)^2",
    "sse": "(y - t)^2",
    "half_mse": "(y - t)^2 / 2",
    "half_sse": "(y - t)^2 / 2",
    "cross_entropy": "-t ln y - (1 - t) ln(1 - y)",
}

EXPLAINED: Final[Mapping[str, tuple[object, ...]]] = {
    "output_rate_ratio": (1,),
    "update": ("batch", "online"),
    "optimizer": ("gradient_descent",),
    "activation": ("sigmoid",),
    "targets": ("0,1",),
}
"""The settings that have to have certain values, for the formulas of the text to be right."""

RESTS: Final = {
    1 / 4: "all outputs near 1/2",
    1 / 6: "three near 1/3 or 2/3",
    1 / 8: "two near 1/2",
}
"""What the network answers where the mse rests."""

X1, X2 = PATTERNS.T

INPUTS: Final = {"x1": numbers(X1, 0), "x2": numbers(X2, 0)}
"""The columns that tables begin with."""

TARGET: Final = {"t": numbers(TARGETS, 0)}


def explain(
    start: ArrayLike,
    trained: ArrayLike,
    *,
    seed: int | None,
    learning_rate: float,
    momentum: float,
    update: str,
    error: str,
    stop: str,
    outcome: Outcome,
    epochs: int,
    precision: str = "double",
    gate_epochs: Mapping[str, int] | None = None,
    plateaus: Mapping[float, int] | None = None,
) -> str:
    """Tell a training run as a worked example.

    Parameters
    ----------
    start, trained : array (9,)
        w1..w9 before and after training.
    seed : int or None
        The seed that `start` was drawn with; None if it was given by hand.
    learning_rate, momentum : float
        The settings of the run.
    update : {"batch", "online"}
        One step an epoch, or one step a pattern.
    error : {"mse", "sse", "half_mse", "half_sse", "cross_entropy"}
        What was minimised.
    stop : str
        The stop rule, such as "mse < 0.001".
    outcome : Outcome
        How the run ended.
    epochs : int
        After how many epochs it ended.
    precision : {"double", "single"}, optional
        Of the training; the numbers of the example are computed in double precision.
    gate_epochs : mapping, optional
        Since which epoch h1, h2 and y have had the gates that they end with.
    plateaus : mapping, optional
        How many epochs ended with mse near 1/4, 1/6 and 1/8, the keys.

    Returns
    -------
    str
        Nine numbered sections of plain text, in lines of at most 80 characters. The last two are
        missing if a trained weight is not finite.

    Raises
    ------
    ValueError
        If `update` or `error` has another name, or the weights are not nine.

    Examples
    --------
    >>> text = explain(
    ...     np.zeros(9), np.zeros(9), seed=None, learning_rate=0.5, momentum=0.0, update="batch",
    ...     error="mse", stop="mse < 0.001", outcome=Outcome.MAX_EPOCHS, epochs=1000,
    ... )
    >>> [line for line in text.splitlines() if line.startswith("3.")]
    ['3. The forward pass']
    """
    if update not in ("batch", "online"):
        raise ValueError(f"update is {update!r}, but must be one of 'batch', 'online'.")
    start = np.asarray(start, dtype=np.float64)
    trained = np.asarray(trained, dtype=np.float64)
    # In single precision a start is rounded to 24 bits.
    tolerance = 2.0**-24 if precision == "single" else 0.0
    drawn = seed is not None and np.allclose(start, _draw(seed), rtol=tolerance, atol=0.0)

    ending = [_ending(stop, outcome, epochs), *_trained(start, trained)]
    if gate_epochs and plateaus and epochs and np.isfinite(trained).all():
        ending += _on_the_way(gate_epochs, plateaus, epochs)
    run = (seed, drawn, learning_rate, momentum, update, error, stop, outcome)
    if run == (27, True, 0.6, 0.0, "online", "mse", "mse < 0.001", Outcome.CONVERGED):
        ending.append(
            paragraph("""The tutorial with these numbers does not print its training settings.
                Learning rate 0.6, online updates in pattern order and the stop rule mse < 0.001
                were inferred, by fitting its twelve printed activations: those of h1 and h2 above
                and those of y in the next section.""")
        )
    sections = [
        ("The truth table", _truth_table()),
        ("The start", _start(start, seed, drawn)),
        ("The forward pass", _forward_pass(start)),
        ("The error", _error(start, error)),
        ("The gradient for pattern 00", _gradient(start, error)),
        ("The update", _update(start, learning_rate, momentum, update, error)),
        ("The trained network", ending),
    ]
    if np.isfinite(trained).all():
        sections.append(("The output unit on binary inputs", _output_unit(trained)))
        sections.append(("The composition", _composition(trained)))

    origin = "weights given by hand" if seed is None else f"seed {seed}"
    others = "" if precision == "double" else f", {precision} precision"
    paragraphs = [
        "How a network of three units learns XOR\n=======================================",
        paragraph(f"""Settings: {origin}, learning rate {learning_rate}, momentum {momentum},
            {update} update, error {error}, stop at {stop}{others}."""),
    ]
    for place, (title, content) in enumerate(sections, start=1):
        heading = f"{place}. {title}"
        paragraphs += [f"{heading}\n{'-' * len(heading)}", *content]
    return "\n\n".join(paragraphs)


def unexplained(settings: Settings) -> list[str]:
    """Say which settings of a run keep it from being explained.

    Examples
    --------
    >>> from xorbench.settings import make_settings
    >>> unexplained(make_settings(update="online"))
    []
    """
    return [
        f"explain: {name} {value} cannot be explained; give {' or '.join(map(str, known))}."
        for name, known in EXPLAINED.items()
        for value in map(plain, getattr(settings, name))
        if value not in known
    ]


def _truth_table() -> list[str]:
    return [
        paragraph("""XOR, the exclusive or, is true when exactly one of its two inputs is. The
            target t is what the network should answer to x1 and x2:"""),
        table(INPUTS | TARGET),
        paragraph("""No single unit can do it: a unit draws one straight line through the plane of
            its inputs, and no line has 01 and 10 on one side and 00 and 11 on the other. So two
            hidden units, h1 and h2, look at the inputs, and the output y looks at them."""),
    ]


def _start(start: Array, seed: int | None, drawn: bool) -> list[str]:
    content = [
        paragraph("""Nine weights are all that the network knows. A bias is the weight of an input
            that is always 1."""),
        table({"weight": [*WEIGHTS], "is the": [*WEIGHTS.values()], "start": numbers(start, 8)}),
    ]
    if drawn:
        content += [
            paragraph(f"They are random. Two lines of NumPy draw them again from seed {seed}:"),
            f"    random = numpy.random.RandomState({seed}).random_sample\n"
            "    W1, W2 = random((3, 2)), random((3, 1))",
            paragraph("""The rows of W1 belong to the bias, x1 and x2; its columns are w1 w2 w3 and
                w4 w5 w6. The column of W2 is w7 w8 w9."""),
        ]
    elif seed is not None:
        content.append(
            paragraph(f"""They are random, from the stream of seed {seed}, but from another
                distribution than the uniform one between 0 and 1: see the setting init.""")
        )
    return content


def _forward_pass(start: Array) -> list[str]:
    h1, h2, y = forward(start)
    nets = [
        net_input(start[0:3], X1, X2),
        net_input(start[3:6], X1, X2),
        net_input(start[6:9], h1, h2),
    ]
    net1, net2, net3 = (number(net[0], 8) for net in nets)
    h1_00, h2_00, y_00 = (number(activation[0], 8) for activation in (h1, h2, y))
    return [
        paragraph("""Each unit adds its bias and its weighted inputs to its net input, and squashes
            that with the sigmoid, s(net) = 1 / (1 + e^-net), into the range from 0 to 1. In full
            for pattern 00, that is x1 = 0 and x2 = 0:"""),
        f"""\
  net1 = w1 + w2*x1 + w3*x2
       = {_weighted_sum(start[0:3], "0", "0")}
       = {net1}
  h1   = s(net1) = {h1_00}

  net2 = w4 + w5*x1 + w6*x2
       = {_weighted_sum(start[3:6], "0", "0")}
       = {net2}
  h2   = s(net2) = {h2_00}

  net3 = w7 + w8*h1 + w9*h2
       = {_weighted_sum(start[6:9], h1_00, h2_00)}
       = {net3}
  y    = s(net3) = {y_00}""",
        "The same for all four patterns:",
        table(INPUTS | {"h1": numbers(h1, 8), "h2": numbers(h2, 8), "y": numbers(y, 8)} | TARGET),
    ]


def _weighted_sum(unit: Array, first: str, second: str) -> str:
    text = number(unit[0], 8)
    for weight, value in zip(unit[1:], (first, second), strict=True):
        text += f" {'-' if weight < 0 else '+'} {number(abs(weight), 8)}*{value}"
    return text


def _error(start: Array, error: str) -> list[str]:
    y = forward(start)[2]
    columns = INPUTS | {"y": numbers(y, 8)} | TARGET
    terms = numbers(pattern_errors(start, error), 8)
    whole = "sum" if error.endswith("sse") else "mean"
    total = f"The {whole} of the last column is the error, {error}: "
    total += f"{number(float(error_value(start, error)), 8)}."

    if error == "cross_entropy":
        right = np.abs(1 - TARGETS - y)
        return [
            paragraph(f"""How wrong is that? Read y as the probability that the network gives to
                "true". The cross entropy, {TERMS[error]}, is -ln of the probability that it gives
                to the right answer: y where t is 1, and 1 - y where t is 0."""),
            table(columns | {"right": numbers(right, 8), "-ln(right)": terms}),
            paragraph(total),
            paragraph("""Nothing in it can cancel, since -ln of a probability is never negative. It
                is 0 only for an answer that is right and certain, and grows without limit for one
                that is wrong and certain. And it does not lose its slope where the sigmoid is flat:
                the factor y*(1 - y) cancels, as the next section shows, so that even an output that
                is wrong and certain still learns."""),
        ]

    differences = y - TARGETS
    half = "Half of each square is taken, so that the 2 of its derivative disappears."
    return [
        paragraph("How wrong is that? Subtract the target, and square the difference:"),
        table(columns | {"y - t": numbers(differences, 8), TERMS[error]: terms}),
        paragraph(f"{total} {half if error.startswith('half_') else ''}"),
        paragraph(f"""Why squared? First, signs do not cancel: the plain differences add up to
            {number(differences.sum(), 8)}, and could add up to 0 for a network that is wrong
            everywhere. Second, large errors weigh more: a difference of 0.5 counts 25 times as
            much as one of 0.1. Third, the square has a smooth derivative, which fades to 0 as y
            gets to t; the absolute value has a kink just there."""),
    ]


def _gradient(start: Array, error: str) -> list[str]:
    factors = _chain_factors(start, error)
    root = ["dE/dnet3"] if error == "cross_entropy" else ["dE/dy", "dy/dnet3"]
    paths = {f"w{k}": [*root, f"dnet3/dw{k}"] for k in (7, 8, 9)}
    for unit, own_weights in ((1, (1, 2, 3)), (2, (4, 5, 6))):
        to_unit = [*root, f"dnet3/dh{unit}", f"dh{unit}/dnet{unit}"]
        paths |= {f"w{k}": [*to_unit, f"dnet{unit}/dw{k}"] for k in own_weights}

    lines, by_hand = [], {}
    for weight, path in paths.items():
        values = [factors[name][1] for name in path]
        by_hand[weight] = number(math.prod(float(value) for value in values), 10)
        lines += [
            f"  dE/d{weight} = {' * '.join(path)}",
            f"         = {' * '.join(values)}",
            f"         = {by_hand[weight]}",
        ]

    cancelled = """For t = 0 the error is -ln(1 - y), and its slope 1/(1 - y) cancels against
        y*(1 - y) of the sigmoid: of the first two factors only y is left, which is y - t. For
        t = 1 it is y - t, too. So their product dE/dnet3 takes their place below."""
    return [
        paragraph(f"""How does the error of pattern 00 alone, E = {TERMS[error]} with t = 0, change
            when one weight changes a little? The chain rule multiplies the slopes on the way from
            the weight to the error. These are the slopes, worked out from the digits printed above
            as with a pocket calculator:"""),
        "\n".join(
            f"  {name:<9} = {value}"
            if formula_of == value
            else f"  {name:<9} = {formula_of} = {value}"
            for name, (formula_of, value) in factors.items()
        ),
        *([paragraph(cancelled)] if error == "cross_entropy" else []),
        "Multiplied out, from the output back to the inputs:",
        "\n".join(lines),
        paragraph("""The weights of x1 and x2 have no slope here, because both inputs are 0. The
            computer does not round in between; its digits are in the last column:"""),
        table(
            {
                "weight": [*WEIGHTS],
                "by hand": [by_hand[weight] for weight in WEIGHTS],
                "not rounded": numbers(gradient(start, 0, error), 10),
            }
        ),
    ]


def _chain_factors(start: Array, error: str) -> dict[str, tuple[str, str]]:
    """Return each factor's formula and its value for pattern 00, from the printed digits."""
    h1, h2, y = (number(activation[0], 8) for activation in forward(start))

    def sigmoid_slope(activation: str) -> str:
        return number(float(activation) * (1 - float(activation)), 10)

    if error == "cross_entropy":
        with np.errstate(divide="ignore"):
            error_slope = ("1/(1 - y)", number(np.divide(1.0, 1.0 - float(y)), 8))
    elif error.startswith("half_"):
        error_slope = ("y - t", y)
    else:
        error_slope = ("2*(y - t)", number(2 * float(y), 8))

    factors = {"dE/dy": error_slope, "dy/dnet3": ("y*(1 - y)", sigmoid_slope(y))}
    if error == "cross_entropy":
        factors["dE/dnet3"] = ("y - t", y)
    return factors | {
        "dnet3/dw7": ("1", "1"),
        "dnet3/dw8": ("h1", h1),
        "dnet3/dw9": ("h2", h2),
        "dnet3/dh1": ("w8", number(start[7], 8)),
        "dnet3/dh2": ("w9", number(start[8], 8)),
        "dh1/dnet1": ("h1*(1 - h1)", sigmoid_slope(h1)),
        "dh2/dnet2": ("h2*(1 - h2)", sigmoid_slope(h2)),
        "dnet1/dw1": ("1", "1"),
        "dnet1/dw2": ("x1", "0"),
        "dnet1/dw3": ("x2", "0"),
        "dnet2/dw4": ("1", "1"),
        "dnet2/dw5": ("x1", "0"),
        "dnet2/dw6": ("x2", "0"),
    }


def _update(
    start: Array, learning_rate: float, momentum: float, update: str, error: str
) -> list[str]:
    online = update == "online"
    slopes = gradient(start, 0 if online else None, error)
    with np.errstate(over="ignore"):  # the first step of a run that ends as nonfinite
        changes = -learning_rate * slopes
    if online:
        step = """This is the first step, on the gradient of pattern 00. The patterns 01, 10 and 11
            follow, each with the weights that the one before has left: four steps, one epoch."""
    else:
        step = """In a batch update there is one step an epoch, on the gradient of the error over
            all four patterns. This is the first:"""
    repeated = f"""Momentum adds {momentum} times the weight's last change to each change; before
        the first step there is none."""
    return [
        paragraph(f"""Each weight takes a step down the slope: change = -learning rate * gradient =
            -{learning_rate} * gradient. {repeated if momentum else ""}"""),
        paragraph("""The nine changes are collected first, and only then applied together. The
            slopes of w1 to w6 contain w8 and w9, and they have to be the w8 and w9 that made the
            forward pass: with the new ones the gradient would belong to no network at all."""),
        paragraph(step),
        table(
            {
                "weight": [*WEIGHTS],
                "old": numbers(start, 8),
                "gradient": numbers(slopes, 10),
                "change": numbers(changes, 8),
                "new": numbers(start + changes, 8),
            }
        ),
    ]


def _ending(stop: str, outcome: Outcome, epochs: int) -> str:
    after = "1 epoch" if epochs == 1 else f"{epochs} epochs"
    sentences = {
        Outcome.CONVERGED: f"""Converged: after {after} the stop rule, {stop}, held for the first
            time.""",
        Outcome.MAX_EPOCHS: f"""Not converged: the stop rule, {stop}, did not hold within {after}.
            The run is censored there: what more epochs would have done is not known.""",
        Outcome.STALLED: f"""Not converged: the stop rule, {stop}, did not hold, and epoch {epochs}
            left every weight bit for bit as it was. No later epoch can differ.""",
        Outcome.NONFINITE: f"""Not converged: in epoch {epochs} a weight grew beyond the largest
            number that the computer can hold. There is no network left to look at.""",
    }
    if epochs == 0 and outcome is Outcome.CONVERGED:
        return paragraph(
            f"Converged: the starting weights already satisfied the stop rule, {stop}."
        )
    return paragraph(sentences[outcome])


def _trained(start: Array, trained: Array) -> list[str]:
    weights = table(
        {
            "weight": [*WEIGHTS],
            "is the": [*WEIGHTS.values()],
            "start": numbers(start, 8),
            "trained": numbers(trained, 8),
        }
    )
    if not np.isfinite(trained).all():
        return [weights]
    h1, h2, y = forward(trained)
    gate1, gate2 = int(identify(h1)), int(identify(h2))
    if {NAMES[gate1], NAMES[gate2]} == {"AND", "OR"}:
        verdict = "So the hidden units have learned AND and OR."
    elif (gate1, gate2) in XOR_PAIRS:
        verdict = """These are not AND and OR, but another pair from which one output unit can make
            XOR."""
    else:
        verdict = """These are not AND and OR, and as Boolean functions no pair from which one
            output unit can make XOR."""
    return [
        weights,
        "What the trained units answer, beside the truth tables of AND and OR:",
        table(
            INPUTS
            | {"h1": numbers(h1, 3), "h2": numbers(h2, 3), "y": numbers(y, 3)}
            | {name: numbers(truth_table(name), 0) for name in ("AND", "OR")}
        ),
        paragraph(f"""Cut at 0.5, h1 is {NAMES[gate1]} and h2 is {NAMES[gate2]}; the hidden
            activation nearest to the cut is {number(float(margin(h1, h2)), 3)} away from it.
            {verdict}"""),
    ]


def _on_the_way(
    gate_epochs: Mapping[str, int], plateaus: Mapping[float, int], epochs: int
) -> list[str]:
    since = [
        f"of {unit} since {f'epoch {epoch}' if epoch else 'the start'}"
        for unit, epoch in gate_epochs.items()
    ]
    return [
        paragraph(f"""These have been the gates {", ".join(since)}. Meanwhile the error did not fall
            at an even pace: it may rest on plateaus. So many epochs ended within 5 % of one:"""),
        table(
            {
                "mse": [f"{mse:.4g}" for mse in plateaus],
                "where": [RESTS[mse] for mse in plateaus],
                "epochs": [str(count) for count in plateaus.values()],
                "of all": [f"{100 * count / epochs:.1f} %" for count in plateaus.values()],
            }
        ),
    ]


def _output_unit(trained: Array) -> list[str]:
    answers = output_activations(trained)
    gate = formula(int(identify(answers)), "h1", "h2")
    return [
        paragraph("""What does the output make of its two inputs? Give it hidden units that are
            exactly 0 or 1, and see:"""),
        table({"h1": INPUTS["x1"], "h2": INPUTS["x2"], "y": numbers(answers, 3)}),
        paragraph(f"Cut at 0.5, y is {gate}."),
    ]


def _composition(trained: Array) -> list[str]:
    h1, h2, y = forward(trained)
    gate1, gate2 = int(identify(h1)), int(identify(h2))
    output = int(identify(output_activations(trained)))
    whole, actual = int(compose(output, gate1, gate2)), int(identify(y))

    verdict = "The last two columns differ: as Boolean functions the three units make "
    verdict += f"{NAMES[whole]}, not XOR."
    if NAMES[whole] == "XOR":
        verdict = "The last two columns are the same: the three units together are XOR."
    if whole != actual:
        verdict += f""" The network itself, whose hidden units also answer with numbers between 0
            and 1, is {NAMES[actual]} when its output is cut at 0.5."""
    return [
        "Put the three gates together as Boolean functions:",
        f"""\
  h1 = {formula(gate1)}
  h2 = {formula(gate2)}
  y  = {formula(output, "h1", "h2")}
     = {formula(output, formula(gate1), formula(gate2))}""",
        table(
            INPUTS
            | {
                "h1": numbers(truth_table(gate1), 0),
                "h2": numbers(truth_table(gate2), 0),
                "y": numbers(truth_table(whole), 0),
                "XOR": numbers(truth_table("XOR"), 0),
            }
        ),
        paragraph(verdict),
    ]


def _draw(seed: int) -> Array:
    """Draw the nine weights with the two lines that the text shows."""
    random = np.random.RandomState(seed).random_sample
    first, second = random((3, 2)), random((3, 1))
    return np.concatenate([first.T.ravel(), second.ravel()])
