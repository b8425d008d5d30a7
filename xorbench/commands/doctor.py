"""The command `doctor`: what xorbench finds on this machine."""

import json as as_json
from dataclasses import asdict
from functools import partial

from xorbench.commands import DONE, Job
from xorbench.commands.options import Json


def doctor(*, json: Json = False) -> Job:
    """Say what is found here: threads, vectors, the kernel cache, versions, optional parts.

    The kernel is compiled once more, in some seconds, to look into its machine code.

    Parameters
    ----------
    json
        Print everything as JSON.
    """
    return partial(run_doctor, json)


def run_doctor(json: bool) -> int:
    """Look and tell."""
    from xorbench.checkup import check_up, describe_checkup

    found = check_up()
    print(as_json.dumps(asdict(found), indent=2) if json else describe_checkup(found))
    return DONE
