"""The chunks of a sweep on a Dask cluster: workers write the files, and return only their names.

A chunk is the same to the bit wherever it is computed, and its file is replaced as a whole; so one
that is computed twice, because a worker was lost, does no harm.
"""
