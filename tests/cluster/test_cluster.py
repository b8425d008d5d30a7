"""Sweeps on a real scheduler with real workers, which are killed, added, and of another version."""

import datetime
import ipaddress
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.cluster.processes import ROOT, scheduler
from xorbench import cli
from xorbench.cluster.address import Cluster, read_cluster
from xorbench.problems import SettingsError

SWEEP = ["sweep", "--seeds", "0:1500", "--learning-rate", "1,5,10,20", "--max-epochs", "2000"]


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of the sweep, trained in threads."""
    folder = tmp_path_factory.mktemp("threads") / "sweep"
    assert cli.run([*SWEEP, "--out", str(folder), "--quiet"]) == 0
    return files_of(folder)


def files_of(folder: Path) -> dict[str, bytes]:
    names = [*folder.glob("runs/*"), folder / "summary.csv"]
    return {str(name.relative_to(folder)): name.read_bytes() for name in names if name.exists()}


def sweep_on(where: str, folder: Path, *more: str) -> int:
    return cli.run([*SWEEP, "--out", str(folder), "--quiet", "--cluster", where, *more])


def test_processes_here_make_the_same_files(expected: dict[str, bytes], tmp_path: Path) -> None:
    command = [*SWEEP, "--out", str(tmp_path / "sweep"), "--cluster", "local:2"]
    program = [sys.executable, "-m", "xorbench", *command]
    subprocess.run(program, cwd=ROOT, check=True, capture_output=True)
    assert files_of(tmp_path / "sweep") == expected


def test_a_worker_is_killed_and_another_joins(expected: dict[str, bytes], tmp_path: Path) -> None:
    folder = tmp_path / "sweep"
    with scheduler(tmp_path) as dask:
        first = dask.add_worker()

        def disturb() -> None:
            while not list(folder.glob("runs/*")):
                time.sleep(0.01)
            first.kill()
            dask.add_worker()

        disturbing = threading.Thread(target=disturb)
        disturbing.start()
        assert sweep_on(dask.address, folder) == 0
        disturbing.join()
    assert len(dask.workers) == 2
    assert files_of(folder) == expected


def other_version(folder: Path) -> Path:
    """Copy the package and call it another version."""
    shutil.copytree(ROOT / "xorbench", folder / "xorbench")
    file = folder / "xorbench" / "__init__.py"
    text = file.read_text()
    assert '__version__ = "' in text
    file.write_text(text.replace('__version__ = "', '__version__ = "9.'))
    return folder


def test_a_worker_of_another_version_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with scheduler(tmp_path) as dask:
        dask.add_worker(other_version(tmp_path / "other"))
        assert sweep_on(dask.address, tmp_path / "sweep") == 2
    message = capsys.readouterr().err
    assert "has xorbench 9.0." in message
    assert "install them there" in message
    assert not list((tmp_path / "sweep").glob("runs/*"))


def test_a_worker_of_another_version_that_joins_later_computes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = other_version(tmp_path / "other")
    with scheduler(tmp_path) as dask:
        joining = threading.Timer(3.0, dask.add_worker, [other])
        joining.start()
        assert sweep_on(dask.address, tmp_path / "sweep") == 3
        joining.join()
    assert "has xorbench 9.0." in capsys.readouterr().err
    assert not list((tmp_path / "sweep").glob("runs/*"))


def test_a_finished_sweep_needs_no_cluster(expected: dict[str, bytes], tmp_path: Path) -> None:
    folder = tmp_path / "sweep"
    assert cli.run([*SWEEP, "--out", str(folder), "--quiet"]) == 0
    assert sweep_on("tcp://127.0.0.1:9", folder) == 0
    assert files_of(folder) == expected


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for the loopback address that has signed itself; return it and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    addresses = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(addresses, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


def test_a_connection_with_tls(
    expected: dict[str, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    signed, key = map(str, certificate(tmp_path))
    tls = ["--tls-ca-file", signed, "--tls-cert", signed, "--tls-key", key]
    mine = ["--cluster-ca", signed, "--cluster-cert", signed, "--cluster-key", key]
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    theirs, their_key = map(str, certificate(stranger))
    with scheduler(tmp_path, tls) as dask:
        dask.add_worker()
        assert sweep_on(dask.address, tmp_path / "sweep", *mine) == 0
        others = ["--cluster-ca", theirs, "--cluster-cert", theirs, "--cluster-key", their_key]
        assert sweep_on(dask.address, tmp_path / "not", *others) == 2
    assert "does not answer" in capsys.readouterr().err
    assert files_of(tmp_path / "sweep") == expected


def test_what_is_no_cluster_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.pem"
    file.touch()
    for text in ("local:0", "local:x", "local", "tcp:", "tcp://", "node1:8786", "", "ssh://host"):
        with pytest.raises(SettingsError, match=r"cluster: .* is not allowed; give"):
            read_cluster(text)
    with pytest.raises(SettingsError, match="needs --cluster-ca, --cluster-cert and --cluster-key"):
        read_cluster("tls://host:1", file)
    with pytest.raises(SettingsError, match="cluster-ca: has no effect without --cluster"):
        read_cluster(None, file)
    with pytest.raises(SettingsError, match=r"cluster-key: .* is not a file"):
        read_cluster("tls://host:1", file, file, tmp_path / "none")
    with pytest.raises(SettingsError, match="cluster-ca: has no effect with tcp://"):
        read_cluster("tcp://host:1", file)
    assert read_cluster("tls://h:1", file, file, file) == Cluster("tls://h:1", 0, *[str(file)] * 3)
    assert read_cluster("local:1e2") == Cluster(workers=100)
    assert read_cluster(None) is None
