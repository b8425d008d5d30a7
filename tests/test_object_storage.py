"""Sweeps on an object store: a real server of the S3 protocol, on the loopback interface."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pandas as pd
import pytest
from botocore.exceptions import EndpointConnectionError
from s3fs import S3FileSystem

import xorbench as library
from tests.cluster.processes import ROOT, Process
from tests.conftest import Command
from tests.started import Starter, starter, stopped
from xorbench import cli
from xorbench.locations import storage_at
from xorbench.problems import SettingsError

# Many chunks, because a run may take very long; none does.
GIVEN = {"seeds": "0:5120", "learning_rate": "2,9", "stop": "mse < 0.24", "max_epochs": 10**12}
SWEEP = ["sweep", *(f"--{name.replace('_', '-')}={value}" for name, value in GIVEN.items())]
CHUNKS = 10
RUNS = 10_240
KILLS = 4


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Start a server, and give a client that is none of xorbench's."""
    process = Process(
        tmp_path_factory.mktemp("s3") / "log", "moto.server", "-H", "127.0.0.1", "-p", "0"
    )
    try:
        endpoint = process.wait_for(r"Running on (http://127.0.0.1:\d+)")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AWS_ENDPOINT_URL", endpoint)
            patch.setenv("AWS_ACCESS_KEY_ID", "somebody")
            patch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
            patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
            for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
                patch.setenv(name, os.devnull)
            S3FileSystem.clear_instance_cache()
            yield boto3.client("s3", region_name="us-east-1")
            S3FileSystem.clear_instance_cache()
    finally:
        process.kill()


@pytest.fixture
def bucket(s3: Any, request: pytest.FixtureRequest) -> str:
    """Make a bucket that keeps every version of every object."""
    name = f"bucket-{os.getpid()}-{time.monotonic_ns()}"
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


@pytest.fixture(scope="module")
def warm(s3: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    with starter(tmp_path_factory.mktemp("said")) as started:
        yield started


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same sweep, stored on this machine."""
    folder = tmp_path_factory.mktemp("local") / "sweep"
    assert cli.run([*SWEEP, f"--out={folder}", "--format=csv,parquet", "--quiet"]) == 0
    return folder


def files(folder: Path, *, csv: bool = False) -> dict[str, bytes]:
    """Read all files but the manifest, in which there are times."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json" and (csv or path.name != "runs.csv")
    }


def objects(s3: Any, bucket: str, prefix: str = "mine/") -> dict[str, bytes]:
    """Read all objects but the manifest."""
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    return {
        key.removeprefix(prefix): s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        for key in (found["Key"] for found in listed)
        if not key.endswith("manifest.json")
    }


def versions(s3: Any, bucket: str) -> dict[str, list[str]]:
    """List the versions of the runs' objects, the newest first."""
    found: dict[str, list[str]] = {}
    for one in s3.list_object_versions(Bucket=bucket, Prefix="mine/runs/").get("Versions", []):
        found.setdefault(one["Key"], []).append(one["VersionId"])
    return found


def test_a_sweep_is_the_same_as_on_a_disk(
    xorbench: Command, s3: Any, bucket: str, local: Path
) -> None:
    url = f"s3://{bucket}/some where/mine"
    written = xorbench(*SWEEP, f"--out={url}", "--format=csv,parquet")
    assert (written.code, written.messages[-1]) == (0, f"Results: {url}")
    assert objects(s3, bucket, "some where/mine/") == files(local, csv=True)

    expected = library.read(local)
    pd.testing.assert_frame_equal(library.read(url), expected, check_exact=True)
    pandas = pd.read_parquet(f"{url}/runs", storage_options={"anon": False})
    pd.testing.assert_frame_equal(pandas, pd.read_parquet(local / "runs"), check_exact=True)

    for more in (
        ["--where=epochs > 40 and learning_rate = 9"],
        ["--where=seed < 99", "--columns=seed,epochs,mse"],
    ):
        assert xorbench("read", url, *more) == xorbench("read", local, *more)
    assert xorbench("read", url).output == written.output
    assert xorbench("read", url, "--to=some.csv").code == 0
    assert Path("some.csv").read_bytes() == (local / "runs.csv").read_bytes()
    verified = xorbench("verify", url, "--sample=500")
    assert (verified.code, verified.messages) == (0, [])
    assert f"{CHUNKS} files whole" in verified.output


def test_a_killed_sweep_goes_on(
    warm: Starter, s3: Any, bucket: str, local: Path, tmp_path: Path
) -> None:
    url = f"s3://{bucket}/mine"
    command = [*SWEEP, f"--out={url}", "--threads=1"]
    kills = partly = 0
    before: dict[str, list[str]] = {}
    while kills < KILLS:
        process = warm.start(command)
        while len(versions(s3, bucket)) <= len(before) < CHUNKS:
            time.sleep(0.002)
        time.sleep(random.uniform(0, 0.03))
        os.kill(process, signal.SIGKILL)
        code = warm.end()
        found = versions(s3, bucket)
        assert {key: found[key] for key in before} == before  # nothing was made again
        before = found
        if code == 0:
            break
        kills += 1
        partly += len(found) < CHUNKS
    assert partly > 1  # killed in the middle
    assert warm.run(["sweep", f"--resume={url}"])[0] == 0
    assert objects(s3, bucket) == files(local)
    found = versions(s3, bucket)
    assert {key: found[key] for key in before} == before
    assert all(len(of_one) == 1 for of_one in found.values())


def test_a_sweep_that_is_stopped_tells_how_it_goes_on(warm: Starter, s3: Any, bucket: str) -> None:
    url = f"s3://{bucket}/mine"
    assert stopped(warm, url, lambda: versions(s3, bucket), signal.SIGINT) == (
        f"xorbench: interrupted; 1,024 of 4,000 runs are stored in {url}. Go on with:"
        f" python -m xorbench sweep --resume {url}\n"
    )


def test_what_is_found_is_told_and_repaired(
    xorbench: Command, s3: Any, bucket: str, local: Path
) -> None:
    url = f"s3://{bucket}/mine"
    expected = xorbench(*SWEEP, f"--out={url}").output
    whole = objects(s3, bucket)
    first, second, third, *_ = (f"mine/{name}" for name in sorted(whole) if "runs/" in name)
    before = versions(s3, bucket)
    s3.put_object(Bucket=bucket, Key=first, Body=whole[first.removeprefix("mine/")][:-100])
    s3.put_object(Bucket=bucket, Key=second, Body=whole[third.removeprefix("mine/")])
    s3.put_object(Bucket=bucket, Key="mine/runs/notes/today.txt", Body=b"mine")
    s3.delete_object(Bucket=bucket, Key="mine/summary.csv")
    verified = xorbench("verify", url)
    assert verified.code == 1
    assert len(verified.output.splitlines()) == 4
    answer = xorbench("sweep", f"--resume={url}")
    assert (answer.code, answer.output) == (0, expected)
    names = [key.rpartition("/")[2] for key in (first, second)]
    assert answer.messages[:2] == [
        f"xorbench: {url}: 1 file is in runs/ damaged, and 1,024 runs are trained again:"
        f" {names[0]} (it is not a whole parquet file).",
        f"xorbench: {url}: 2 files are in runs/ not of this sweep, and moved to {url}/set-aside:"
        f" {names[1]}, notes.",
    ]
    found = objects(s3, bucket)
    assert found.pop("set-aside/notes/today.txt") == b"mine"
    assert found.pop(f"set-aside/{names[1]}") == whole[third.removeprefix("mine/")]
    assert found == files(local)
    changed = {key for key, of_one in versions(s3, bucket).items() if of_one != before.get(key)}
    assert changed == {first, second, "mine/runs/notes/today.txt"}


def test_what_was_changed_is_found_and_trained_again_once_removed(
    xorbench: Command, s3: Any, bucket: str, local: Path
) -> None:
    url = f"s3://{bucket}/mine"
    assert xorbench(*SWEEP, f"--out={url}").code == 0
    first = f"mine/{min(name for name in files(local) if 'runs/' in name)}"
    changed = bytearray(s3.get_object(Bucket=bucket, Key=first)["Body"].read())
    changed[len(changed) // 2] ^= 1
    s3.put_object(Bucket=bucket, Key=first, Body=bytes(changed))
    verified = xorbench("verify", url, "--sample=10")
    resume = f"python -m xorbench sweep --resume {url}"
    hint = f"remove what is damaged, and {resume} trains it again."
    assert (verified.code, verified.messages) == (1, [f"xorbench: {hint}"])
    with pytest.raises(SettingsError) as refusal:
        library.read(url)
    assert refusal.value.problems == [f"s3://{bucket}/{first} is damaged; {hint}"]
    s3.delete_object(Bucket=bucket, Key=first)
    assert xorbench("sweep", f"--resume={url}").code == 0
    assert objects(s3, bucket) == files(local)


def test_workers_write_their_own_objects(s3: Any, bucket: str, local: Path) -> None:
    command = [*SWEEP, f"--out=s3://{bucket}/mine", "--cluster=local:2"]
    program = [sys.executable, "-m", "xorbench", *command]
    subprocess.run(program, cwd=ROOT, check=True, capture_output=True)
    assert objects(s3, bucket) == files(local)


def test_shards_make_one_table(xorbench: Command, s3: Any, bucket: str, local: Path) -> None:
    url = f"s3://{bucket}/mine"
    first = xorbench(*SWEEP, f"--out={url}", "--shard=1/2")
    assert (first.code, first.output) == (0, "")
    missing = xorbench("read", url)
    assert (missing.code, missing.messages) == (
        2,
        [
            f"xorbench: {url} has 5 of {CHUNKS} files of runs; python -m xorbench sweep --resume"
            f" {url} makes the others."
        ],
    )
    assert xorbench(*SWEEP, f"--out={url}", "--shard=2/2").code == 0
    assert objects(s3, bucket) == files(local)


def test_other_settings_are_refused_and_force_starts_anew(
    xorbench: Command, s3: Any, bucket: str
) -> None:
    url = f"s3://{bucket}/mine"
    assert xorbench(*SWEEP, f"--out={url}", "--format=csv,parquet").code == 0
    s3.put_object(Bucket=bucket, Key="mine/thesis.txt", Body=b"mine")
    before = objects(s3, bucket)
    other = ["sweep", "--seeds=0:10", *SWEEP[2:], f"--out={url}"]
    refused = xorbench(*other)
    assert (refused.code, refused.messages[0]) == (
        4,
        f"xorbench: The folder {url} holds the results of other settings:",
    )
    assert objects(s3, bucket) == before
    anew = xorbench(*other, "--force")
    assert (anew.code, anew.messages[0]) == (
        0,
        f"xorbench: {url}: removed manifest.json, summary.csv, runs.csv and {CHUNKS} files in"
        " runs/.",
    )
    assert sorted(objects(s3, bucket)) == [
        f"runs/{0:015d}-{20:015d}.parquet",
        "summary.csv",
        "thesis.txt",
    ]


def test_a_table_may_be_csv_alone(xorbench: Command, s3: Any, bucket: str, local: Path) -> None:
    url = f"s3://{bucket}/mine"
    assert xorbench(*SWEEP, f"--out={url}", "--format=csv").code == 0
    assert objects(s3, bucket).keys() == {"runs.csv", "summary.csv"}
    pd.testing.assert_frame_equal(library.read(url), library.read(local), check_exact=True)
    assert xorbench("verify", url, "--sample=10").code == 0
    assert xorbench("sweep", f"--resume={url}", "--format=csv,parquet").code == 0
    assert objects(s3, bucket) == files(local, csv=True)


def test_the_library_takes_urls(bucket: str) -> None:
    given: dict[str, Any] = {"seeds": range(50), "learning_rate": 9, "max_epochs": 500}
    expected = library.sweep(**given)
    for _ in range(2):
        stored = library.sweep(**given, out=f"s3://{bucket}")
        pd.testing.assert_frame_equal(stored, expected, check_exact=True)
    with pytest.raises(SettingsError, match=r'^"s3:/b/mine" is not allowed; give a folder, or s3:'):
        library.read(Path("s3://b/mine"))


def test_what_fails_while_it_is_written_is_not_there(s3: Any, bucket: str) -> None:
    storage = storage_at(f"s3://{bucket}/mine")

    def parts() -> Iterator[bytes]:
        yield bytes(60 * 2**20)  # more than is sent at once
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        storage.write_parts("runs.csv", parts())
    assert objects(s3, bucket) == {}
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)
    storage.write_parts("runs.csv", [b"a,", b"b"])
    assert objects(s3, bucket) == {"runs.csv": b"a,b"}


def test_a_store_that_fails_leaves_what_is_stored(
    xorbench: Command, s3: Any, bucket: str, local: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"s3://{bucket}/mine"
    write = S3FileSystem._pipe_file

    async def fail(self: S3FileSystem, path: str, data: bytes) -> None:
        if len(versions(s3, bucket)) == 3:
            raise EndpointConnectionError(endpoint_url="http://store/bucket?all=1")
        await write(self, path, data)

    S3FileSystem.clear_instance_cache()
    with monkeypatch.context() as patch:
        patch.setattr(S3FileSystem, "_pipe_file", fail)
        answer = xorbench(*SWEEP, f"--out={url}", "--threads=1")
    assert (answer.code, answer.messages) == (
        3,
        [
            f'xorbench: {url} cannot be written (could not connect to the endpoint URL: "http:'
            f'//store/bucket"); 3,072 of {RUNS:,} runs are stored in {url}. Once that is mended,'
            f" go on with: python -m xorbench sweep --resume {url}"
        ],
    )
    S3FileSystem.clear_instance_cache()
    assert xorbench("sweep", f"--resume={url}").code == 0
    assert objects(s3, bucket) == files(local)


def test_a_place_that_may_not_be_written_is_refused(
    xorbench: Command, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(self: S3FileSystem, path: str, data: bytes) -> None:
        raise PermissionError("Access Denied")  # as s3fs does

    S3FileSystem.clear_instance_cache()
    with monkeypatch.context() as patch:
        patch.setattr(S3FileSystem, "_pipe_file", fail)
        answer = xorbench(*SWEEP, f"--out=s3://{bucket}/mine")
    S3FileSystem.clear_instance_cache()
    assert (answer.code, answer.messages) == (
        2,
        [
            f"xorbench: out: s3://{bucket}/mine cannot be used (the store answers"
            ' "Access Denied"); give another folder.'
        ],
    )


def test_little_is_asked_of_the_store(
    xorbench: Command, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"s3://{bucket}/mine"
    assert xorbench(*SWEEP, f"--out={url}").code == 0
    asked: list[tuple[str, str]] = []
    call = S3FileSystem._call_s3

    async def note(self: S3FileSystem, method: str, *arguments: Any, **more: Any) -> Any:
        if ".parquet" in more.get("Key", ""):
            asked.append((method, more.get("Range", "")))
        return await call(self, method, *arguments, **more)

    monkeypatch.setattr(S3FileSystem, "_call_s3", note)
    assert xorbench("read", url).code == 0
    assert {method for method, _ in asked} == {"get_object"}  # of each, nothing but the runs
    asked.clear()
    assert xorbench(*SWEEP, f"--out={url}", "--shard=1/2").code == 0
    assert asked[: CHUNKS // 2] == [("get_object", "bytes=-65536")] * (CHUNKS // 2)


def test_a_bucket_that_is_not_there_is_refused(xorbench: Command, s3: Any) -> None:
    refused = xorbench(*SWEEP, "--out=s3://none-such/mine")
    assert (refused.code, refused.output, refused.messages) == (
        2,
        "",
        [
            "xorbench: out: s3://none-such/mine cannot be used (there is no such bucket); give"
            " another folder."
        ],
    )
    for command in ("read", "verify"):
        refused = xorbench(command, "s3://none-such/mine")
        assert (refused.code, refused.messages) == (
            2,
            ["xorbench: s3://none-such/mine cannot be read (there is no such bucket)."],
        )


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (
            "AWS_ACCESS_KEY_ID",
            None,
            "no credentials are found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or what"
            " else AWS's tools read",
        ),
        (
            "AWS_ENDPOINT_URL",
            "http://127.0.0.1:9",
            'could not connect to the endpoint URL: "http://127.0.0.1:9/bucket"',
        ),
        ("AWS_ENDPOINT_URL", "nonsense", "invalid endpoint: nonsense"),
        ("AWS_PROFILE", "none", "the config profile (none) could not be found"),
    ],
)
def test_a_store_that_does_not_answer_is_refused_soon(
    xorbench: Command,
    s3: Any,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str | None,
    sentence: str,
) -> None:
    if value is None:
        monkeypatch.delenv(name)
    else:
        monkeypatch.setenv(name, value)
    S3FileSystem.clear_instance_cache()
    start = time.monotonic()
    refused = xorbench(*SWEEP, "--out=s3://bucket/mine")
    assert time.monotonic() - start < 5
    S3FileSystem.clear_instance_cache()
    assert (refused.code, refused.messages) == (
        2,
        [f"xorbench: out: s3://bucket/mine cannot be used ({sentence}); give another folder."],
    )


def test_other_things_are_left_alone(xorbench: Command, s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="mine/thesis.txt", Body=b"mine")
    for more in ([], ["--force"]):
        refused = xorbench(*SWEEP, f"--out=s3://{bucket}/mine", *more)
        assert (refused.code, refused.messages) == (
            2,
            [
                f"xorbench: out: the folder s3://{bucket}/mine holds other things (thesis.txt);"
                " give a new or an empty folder."
            ],
        )
    refused = xorbench("read", f"s3://{bucket}/mine")
    assert (refused.code, refused.messages) == (
        2,
        [
            f"xorbench: s3://{bucket}/mine is not the folder of a sweep: it has no manifest.json"
            " of one."
        ],
    )


@pytest.mark.parametrize("url", ["gs://bucket/mine", "s3://", "s3:///mine", "s3://bucket/*"])
@pytest.mark.parametrize("command", [["sweep", "--out"], ["sweep", "--resume"], ["read"]])
def test_urls_of_other_kinds_are_refused(xorbench: Command, command: list[str], url: str) -> None:
    refused = xorbench(*command, url)
    assert (refused.code, refused.output, refused.messages) == (
        2,
        "",
        [
            f'xorbench: "{url}" is not allowed; give a folder, or s3://BUCKET/PATH, without any of'
            " * ? [ ]."
        ],
    )
    assert list(Path().iterdir()) == []


def test_without_the_extra_its_command_is_told(
    xorbench: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xorbench.extras.find_spec", lambda module: None)
    for command in (["sweep", "--out"], ["sweep", "--resume"], ["read"], ["verify"]):
        refused = xorbench(*command, "s3://bucket/mine")
        assert (refused.code, refused.messages) == (
            2,
            ["xorbench: s3fs is not installed; pip install 'xorbench[s3]' adds what is missing."],
        )


def test_reports_are_made_on_this_machine(xorbench: Command) -> None:
    refused = xorbench("report", "s3://bucket/mine")
    assert (refused.code, refused.messages) == (
        2,
        ["xorbench: s3://bucket/mine is not on this machine; copy it to a folder, and give that."],
    )


def test_folders_of_this_machine_need_none_of_it(tmp_path: Path) -> None:
    program = (
        "import sys, xorbench; from xorbench import cli;"
        f" cli.run(['sweep', '--seeds=3', '--out={tmp_path / 'mine'}', '--quiet']);"
        " sys.exit('fsspec' in sys.modules or 's3fs' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
