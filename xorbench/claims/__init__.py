"""What the literature says of such networks, and what sweeps say of it.

An experiment file publishes claims in a table for each::

    [published.always_and_with_or]
    claim = "Networks that learn XOR from U(0, 1) have AND and OR in their hidden units."
    source = "Where it says so."            # the reference of the experiment if it is left out
    measurement = "hidden_pairs.and_or"     # a function of this package: module.name
    kind = "statistical"                    # or "exact" or "trend"
    at_least = 90                           # what is published: see `xorbench.claims.reading`

A measurement takes the tables of the experiment's sweeps, by name, and returns values with
intervals; the verdict follows from these and the claim by `xorbench.claims.verdicts` alone. To add
one, write the function in a module of this package, decorate it with `measurement`, and name a new
module in `xorbench.claims.measurements`.
"""
