"""``anlu bench``: which measurements there are, what a result says, and other programs beside them."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from anlu.__main__ import main
from anlu.commands.bench import bench_names, cells_of, columns, line_of
from anlu.commands.benches import Options, Peer, Result, against, least_seconds, risk
from anlu.commands.benches.risk_peers import Work, nkdv_network, nkdv_seconds, spnetwork_seconds
from anlu.engine.errors import BadInput

pytestmark = pytest.mark.no_database
FIELDS = ["name", "value", "unit", "floor", "ratio", "peer"]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks so small that everything is measured in a second; no process is started."""
    monkeypatch.setattr(
        risk, "SIMPLE", ((4, 10, 0.06, ("NKDV ADA", 1.1)), (5, 20, None, None), (6, 20, None, None))
    )
    monkeypatch.setattr(risk, "EQUAL_SPLIT", (4, 10))
    monkeypatch.setattr(risk, "ONE_PASS", (4, 10))
    monkeypatch.setattr(risk, "_run_density", lambda _folder, _side, _events: (0.5, 100.0))


def test_every_result_has_the_fields_of_the_contract(small: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "risk", "--repeats", "1", "--json"]) == 0
    results = json.loads(capsys.readouterr().out)
    assert [list(result) for result in results] == [FIELDS] * len(results)
    names = [result["name"] for result in results]
    assert len(set(names)) == len(names)
    assert all(result["value"] > 0 for result in results)
    assert {result["unit"] for result in results} == {"s", "x", "MB"}


def test_results_are_a_table_for_people(small: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "risk", "--repeats", "1"]) == 0
    head, first, *_ = capsys.readouterr().out.splitlines()
    assert head.split() == ["项目", "测得", "单位", "标准", "比", "对照"]
    assert first.startswith("risk.density.simple.")
    assert first.split()[2:4] == ["s", "0.06"]
    assert first.endswith("NKDV ADA 1.1 (参考)")


def test_the_columns_of_the_table_stand_below_each_other() -> None:
    results = [
        Result("一项", 12_345_678.0, "行/s"),
        Result(
            "web.list.slowest " + "/crashes/?" + "x" * 60,
            0.012345,
            "ms",
            400.0,
            0.1,
            Peer("某程序", 2.5, True),
        ),
        Result("short", 1.0, "s", 2.0),
    ]
    lines = "\n".join(line_of(cells_of(one)) for one in results).splitlines()
    figures = [line for line in lines if line.split()[0] != lines[1].split()[0]]
    assert len(lines) == 4  # the long name has a line of its own
    ends = {
        columns(line[: line.index(word) + len(word)])
        for line, word in zip(figures, ("12,345,678", "0.01235", "1"), strict=True)
    }
    assert len(ends) == 1
    assert "某程序 2.5 (实测)" in lines[2]


def test_rows_is_the_number_of_events_of_the_command(small: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "risk", "--rows", "1234", "--repeats", "1"]) == 0
    assert (
        line_of(
            cells_of(Result("risk.density.command.1234_events.peak_memory", 100.0, "MB", 1024.0, 100 / 1024))
        )
        in capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["cooking"], ["cooking", "risk"]),
        (["--rows", "0"], ["--rows", '"0"']),
        (["--repeats", "x"], ["--repeats", '"x"']),
        (["--peer", "nkdv"], ["--peer", '"nkdv"', "NAME=PATH"]),
        (["risk", "--peer", "nkdv=/nowhere/nkdv"], ["--peer", "/nowhere/nkdv"]),
        (["risk", "--peer", "cooking=/bin/true"], ["--peer", "cooking", "nkdv"]),
    ],
)
def test_bad_input_is_one_line(
    small: None, words: list[str], said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", *words, "--json"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert [word for word in said if word not in err] == []


def test_the_risk_bench_is_found_by_being_there() -> None:
    assert "risk" in bench_names()
    assert "risk_peers" not in bench_names()


def test_the_first_run_does_not_count() -> None:
    runs: list[int] = []
    assert least_seconds(lambda: runs.append(1), 3) >= 0.0
    assert len(runs) == 4


def test_a_ratio_is_how_many_times_faster_than_the_peer_or_the_share_of_the_bar() -> None:
    peer = Peer("other", 6.0, True)
    assert against("a", 2.0, "s", 4.0, peer) == Result("a", 2.0, "s", 4.0, 3.0, peer)
    assert against("a", 2.0, "s", 4.0, None).ratio == 0.5
    assert against("a", 2.0, "s", None, None).ratio is None


def test_the_made_network_is_that_of_the_recipe() -> None:
    network = risk.grid_network(52)
    assert network.edges == 5035
    assert network.lengths.sum() == pytest.approx(514_000, rel=1e-3)


# ------------------------------------------------------------ other programs, played by small scripts


@pytest.fixture
def work() -> Work:
    network = risk.grid_network(3)
    return Work(network, risk.grid_events(network, 7), 50.0, 500.0)


def program(folder: Path, text: str) -> str:
    path = folder / "program"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_nkdv_gets_its_network_file_and_settings_and_its_own_seconds_count(
    tmp_path: Path, work: Work
) -> None:
    peer = program(
        tmp_path, f'cp "$1" {tmp_path}/seen; echo "$3 $4 $5 $6" > {tmp_path}/settings; echo "method 3:0.25"'
    )
    assert nkdv_seconds(peer, work) == 0.25
    assert (tmp_path / "settings").read_text().split() == ["3", "50", "2", "500"]
    assert (tmp_path / "seen").read_text() == nkdv_network(work.network, work.crashes)


def test_the_network_file_of_nkdv_holds_every_edge_event_and_node(work: Work) -> None:
    lines = iter(nkdv_network(work.network, work.crashes).splitlines())
    events = _edges_read(lines, work)
    assert sorted(events) == sorted(
        zip(work.crashes.edge.tolist(), work.crashes.offset_m.tolist(), strict=True)
    )
    assert int(next(lines)) == work.network.nodes
    degrees = [int(line.split()[0]) for line in lines]
    assert sum(degrees) == 2 * work.network.edges


def _edges_read(lines: Iterator[str], work: Work) -> list[tuple[int, float]]:
    events = []
    assert int(next(lines)) == work.network.edges
    for edge in range(work.network.edges):
        tail, head, length, count = next(lines).split()
        assert (int(tail), int(head)) == (work.network.tail[edge], work.network.head[edge])
        for _ in range(int(count)):
            ahead, behind = map(float, next(lines).split())
            assert np.isclose(ahead + behind, float(length))
            events.append((edge, ahead))
    return events


def test_spnetwork_gets_its_files_and_its_own_seconds_count(tmp_path: Path, work: Work) -> None:
    peer = program(tmp_path, 'test -s "$3" && test -s "$4" && echo "seconds: $5"')
    assert spnetwork_seconds(peer, work) == 50.0


def test_a_measured_peer_stands_in_the_result(small: None, tmp_path: Path) -> None:
    peer = program(tmp_path, 'echo "method 3: 1e-2"')
    first = next(risk.measure(Options(None, {"nkdv": peer}, 1)))
    assert first.peer == Peer("nkdv", 0.01, True)
    assert first.ratio == pytest.approx(0.01 / first.value)


@pytest.mark.parametrize("text", ["echo nothing", "echo broken >&2; exit 3"])
@pytest.mark.parametrize("seconds", [nkdv_seconds, spnetwork_seconds])
def test_a_program_that_fails_is_named(tmp_path: Path, work: Work, text: str, seconds: object) -> None:
    with pytest.raises(BadInput, match="--peer"):
        seconds(program(tmp_path, text), work)  # type: ignore[operator]
