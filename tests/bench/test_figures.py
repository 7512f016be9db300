"""Samples become figures, and figures become verdicts and tables."""

from pathlib import Path

import pytest

from bench import figures, report, results
from bench.bars import BY_KEY, GROUPS
from bench.context import Measured
from bench.results import Results

HEADER = {
    "date": "2026-01-01T00:00:00+00:00",
    "quick": False,
    "busy": False,
    "load_before": 0.1,
    "databases": {"postgres": "18.0", "sqlite": "3.50"},
    "machine": {"commit": "abc", "cpu": "A CPU", "cores": 2, "memory_gb": 8.0, "system": "Linux 6", "python": "3.11.7"},
}


def test_the_tail_is_only_named_with_enough_samples() -> None:
    assert figures.of(range(99)).p99 is None
    assert figures.of(range(101)).p99 == 99


def test_the_judge_chooses_what_the_verdict_is_about() -> None:
    samples = [*[1.0] * 98, 50.0, 60.0]
    assert figures.of(samples).value == 1.0
    assert figures.of(samples, judge=0.99).value == pytest.approx(50.1)


def test_no_samples_are_no_figure() -> None:
    with pytest.raises(ValueError, match="no samples"):
        figures.of([])


def test_bars_are_met_on_their_own_side() -> None:
    assert BY_KEY["log_call.median"].met(5)
    assert not BY_KEY["log_call.median"].met(5.1)
    assert BY_KEY["ingest.bulk"].met(1_000_000)
    assert not BY_KEY["ingest.bulk"].met(999_999)


def test_results_survive_the_file(tmp_path: Path) -> None:
    measured = Results(dict(HEADER))
    measured.add("log_call", "postgres", Measured({"log_call.median": figures.of([1.0, 2.0, 3.0], note="n")}, {"a": 1}))
    measured.failed("loop", "sqlite", "no time")
    measured.write(tmp_path / "results.json")
    again = results.read(tmp_path / "results.json")
    assert (again.figures, again.details, again.failures) == (measured.figures, measured.details, measured.failures)


def test_the_table_tells_met_missed_and_failed() -> None:
    measured = Results(dict(HEADER))
    measured.add("log_call", "postgres", Measured({"log_call.median": figures.single(4.0)}))
    measured.add("log_call", "sqlite", Measured({"log_call.median": figures.single(6.0)}))
    measured.add("kill", "postgres", Measured({"kill.lost": figures.single(0), "kill.doubled": figures.single(3)}))
    measured.failed("loop", "postgres", "no time")
    verdicts = {row[0]: row[-1] for row in report.rows(measured)}
    assert verdicts == {
        BY_KEY["log_call.median"].what: "MISSED on one",
        BY_KEY["loop"].what: "failed",
        BY_KEY["kill.lost"].what: "met",
        BY_KEY["kill.doubled"].what: "MISSED",
    }
    assert "loop failed on PostgreSQL: no time" in report.text(measured)


def test_a_busy_machine_is_said() -> None:
    assert "not to be quoted" in report.text(Results({**HEADER, "busy": True, "load_before": 3.0}))


def test_a_document_is_updated_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- bars -->\nold\n<!-- /bars -->\nafter\n")
    report.update(page, "bars", "new")
    report.update(page, "bars", "newer")
    assert page.read_text() == "before\n<!-- bars -->\n\nnewer\n\n<!-- /bars -->\nafter\n"
    with pytest.raises(ValueError, match="peers"):
        report.update(page, "peers", "x")


def test_every_group_is_measured_by_somebody() -> None:
    from bench import __main__ as program
    from bench import stores

    assert set(GROUPS) == set(program.WITH_PLATFORM) | set(stores.GROUPS)
