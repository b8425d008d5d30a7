"""The benchmark: how fast this machine trains, how near to its limits, and beside what else.

``rounds`` lets contestants take turns, and ``trust`` says which of their numbers not to believe;
``rates``, ``sweeps``, ``roofline`` and ``rivals`` bring the contestants; ``session`` is a whole
benchmark, ``results`` what is stored of it, ``report`` and ``readme`` what is shown.
"""
