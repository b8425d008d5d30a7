"""Where a cluster is, as the command line says it."""

from dataclasses import dataclass
from pathlib import Path

from xorbench.notation import as_whole
from xorbench.problems import refuse, shown

MOST_WORKERS = 1024


@dataclass(frozen=True)
class Cluster:
    """Where to find a cluster, or how to make one here.

    Attributes
    ----------
    address : str
        Of a scheduler; empty for workers here.
    workers : int
        How many processes to start here.
    ca, certificate, key : str or None
        Files of a connection with TLS.
    """

    address: str = ""
    workers: int = 0
    ca: str | None = None
    certificate: str | None = None
    key: str | None = None


def read_cluster(
    text: str | None,
    ca: Path | None = None,
    certificate: Path | None = None,
    key: Path | None = None,
) -> Cluster | None:
    """Read where a cluster is: ``tcp://HOST:PORT``, ``tls://HOST:PORT`` or ``local:N``.

    Raises
    ------
    SettingsError

    Examples
    --------
    >>> read_cluster("local:4").workers, read_cluster("tcp://node1:8786").address
    (4, 'tcp://node1:8786')
    """
    files = {"cluster-ca": ca, "cluster-cert": certificate, "cluster-key": key}
    given = {name: file for name, file in files.items() if file is not None}
    problems = [
        f"{name}: {file} is not a file that can be read; give one in PEM format."
        for name, file in given.items()
        if not file.is_file()
    ]
    if text is None:
        problems += [f"{name}: has no effect without --cluster; leave it out." for name in given]
        refuse(problems)
        return None
    kind, _, rest = text.partition(":")
    if kind == "local":
        workers = as_whole(rest) or 0
        problems += [f"{name}: workers here need none; leave it out." for name in given]
        if not 1 <= workers <= MOST_WORKERS:
            problems.append(
                f"cluster: {shown(text)} is not allowed; give local:N with N from 1 to"
                f" {MOST_WORKERS:,}."
            )
    elif kind not in ("tcp", "tls") or not rest.startswith("//") or not rest.strip("/"):
        problems.append(
            f"cluster: {shown(text)} is not allowed; give the address of a Dask scheduler, such as"
            " tcp://host:8786 or tls://host:8786, or local:N for N processes here."
        )
    elif kind == "tls" and len(given) < len(files):
        problems.append(
            f"cluster: {shown(text)} needs --cluster-ca, --cluster-cert and --cluster-key."
        )
    elif kind == "tcp":
        problems += [f"{name}: has no effect with tcp://; give tls://." for name in given]
    refuse(problems)
    if kind == "local":
        return Cluster(workers=workers)
    paths = [None if file is None else str(file.absolute()) for file in files.values()]
    return Cluster(text, 0, *paths)
