"""`anlu serve`: web and worker live together, come back when they die, and end cleanly."""

import os
import signal
import socket
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from anlu.commands import serve
from anlu.engine.errors import BadInput
from tests.commands.installations import Place, ended, lines_until, sqlite_place

# A job that stops at its first step until the file in its arguments exists.
JOBS = """
import os, sys, threading
from pathlib import Path
from anlu.kernel.core.tasks import job, enqueue, kinds, run_due_jobs, take_due
from anlu.kernel.core.scope import SYSTEM

@job("test.steps")
def steps(running, *, go):
    for step in range(int(running.share * 4), 4):
        print("step", step, flush=True)
        if step == 2 and not Path(go).exists():
            threading.Event().wait()
        running.progress((step + 1) / 4)
    return {"steps": 4}
"""
AT_ITS_END = """
import time
from anlu.kernel.core.models import Job
until = time.monotonic() + 60
while (job := Job.objects.get(kind="test.steps")).state != "done" and time.monotonic() < until: time.sleep(0.05)
print(job.state, job.result)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def port() -> int:
    """A port that is free now."""
    return free_port()


def get(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def children(pid: int) -> list[int]:
    return [int(found) for found in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


needs_assets = pytest.mark.skipif(
    not serve.MANIFEST.exists(), reason="NOT TESTED: the front end is not built"
)


@needs_assets
def test_it_serves_starts_again_what_dies_and_ends_cleanly(installation, port):
    with ended(installation.start("-m", "anlu", "serve", "--port", str(port))) as server:
        said = lines_until(server, "auditadmin")
        assert said[0] == f"安路已启动: http://127.0.0.1:{port}/  (Ctrl-C 停止)"
        assert any("Qinglan" in line for line in said)
        assert get(port, "/healthz") == 200
        second = installation.anlu("serve", "--port", str(free_port()))
        assert (second.code, second.out) == (2, "")
        assert "已在数据文件夹" in second.err
        before = children(server.pid)
        assert len(before) == 2
        os.kill(before[1], signal.SIGKILL)
        lines_until(server, "后台任务 ended unexpectedly and is started again")
        assert get(port, "/healthz") == 200
        server.send_signal(signal.SIGTERM)
        rest = server.communicate(timeout=60)[0]
        assert server.returncode == 0, rest
        assert all(gone(pid) for pid in before)
        assert "Traceback" not in rest


@needs_assets
def test_a_taken_port_is_named(installation):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        ran = installation.anlu("serve", "--port", str(number))
    assert (ran.code, ran.out) == (2, "")
    assert f"端口 {number} 已被占用" in ran.err


@needs_assets
def test_without_an_installation_it_says_what_to_do(tmp_path, port):
    place = sqlite_place(tmp_path / "nowhere")
    ran = place.anlu("serve", "--port", str(port))
    assert (ran.code, ran.out) == (2, "")
    assert "先运行 anlu init" in ran.err
    assert not place.folder.exists()


def test_without_assets_it_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(serve, "MANIFEST", tmp_path / "manifest.json")
    with pytest.raises(BadInput, match="make assets"):
        serve._require_assets()


@pytest.mark.parametrize("number", [0, -1, 65_536, 1_000_000])
def test_a_port_that_cannot_be_is_refused(number):
    with pytest.raises(BadInput, match="--port"):
        serve._require_free("127.0.0.1", number)


def test_a_host_that_is_not_here_is_refused():
    with pytest.raises(BadInput, match="不能使用"):
        serve._require_free("203.0.113.7", free_port())


def worker(place: Place, folder: Path):
    """The worker process with the test's job."""
    begin = (
        "from anlu.project.start import set_up\nset_up()\nfrom anlu.project.consumer import worker_consumer\n"
    )
    return place.start("-c", f"{begin}{JOBS}worker_consumer().run()")


def test_a_job_survives_the_death_of_its_worker_and_repeats_no_finished_step(installation, tmp_path):
    go = tmp_path / "go"
    ask = f"{JOBS}\nenqueue('test.steps', by=SYSTEM, go={str(go)!r})"
    installation.script(ask)
    with ended(worker(installation, tmp_path)) as first:
        steps = [line for line in lines_until(first, "step 2") if line.startswith("step")]
        first.kill()
    go.touch()
    with ended(worker(installation, tmp_path)) as second:
        steps += [line for line in lines_until(second, "step 3") if line.startswith("step")]
        assert installation.script(AT_ITS_END).strip() == "done {'steps': 4}"
        second.send_signal(signal.SIGTERM)
        assert second.wait(timeout=60) == 0
    assert steps == ["step 0", "step 1", "step 2", "step 2", "step 3"]


def test_a_worker_seals_what_was_done_meanwhile(installation, tmp_path):
    act = "from anlu.kernel.core.audit import record\nfrom anlu.kernel.core.scope import SYSTEM\n"
    installation.script(f"{act}record('x', None, by=SYSTEM)")
    watch = (
        "from anlu.kernel.core.models import AuditEntry\n"
        "import time\n"
        "until = time.monotonic() + 60\n"
        "while AuditEntry.objects.filter(seal=None).exists() and time.monotonic() < until: time.sleep(0.05)\n"
        "from anlu.kernel.core.audit import verify_chain\n"
        "print(AuditEntry.objects.filter(seal=None).count(), verify_chain())"
    )
    with ended(worker(installation, tmp_path)):
        assert installation.script(watch).strip() == "0 []"
