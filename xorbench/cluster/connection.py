"""Connect to a Dask scheduler, or start one here."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from xorbench.cluster.address import Cluster
from xorbench.problems import SettingsError

if TYPE_CHECKING:
    from distributed import Client


@contextmanager
def connected(cluster: Cluster) -> Iterator["Client"]:
    """Connect to a cluster, or start one here and stop it at the end.

    Raises
    ------
    SettingsError
        If the scheduler does not answer.
    """
    from distributed import Client, LocalCluster
    from distributed.security import Security

    if cluster.workers:
        with (
            LocalCluster(
                n_workers=cluster.workers,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                dashboard_address=None,
            ) as local,
            Client(local) as client,
        ):
            yield client
        return
    secured = cluster.ca is not None
    security = Security(
        tls_ca_file=cluster.ca,
        tls_client_cert=cluster.certificate,
        tls_client_key=cluster.key,
        require_encryption=secured,
    )
    try:
        client = Client(cluster.address, security=security if secured else None, timeout="10s")
    except (OSError, ValueError) as error:
        raise SettingsError(
            [f"cluster: {cluster.address} does not answer ({' '.join(str(error).split())})."]
        ) from None
    with client:
        yield client
