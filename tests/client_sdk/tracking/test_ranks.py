"""Several processes of one launch: rank 0 alone, or all of them in one training."""

from pathlib import Path
from typing import Any

import pytest

from tests.client_sdk.scripts import journals_in, run, series

TORCHRUN = {
    "MASTER_ADDR": "127.0.0.1",
    "MASTER_PORT": "29500",
    "WORLD_SIZE": "2",
    "LOCAL_WORLD_SIZE": "2",
    "TORCHELASTIC_RUN_ID": "none",
    "TORCHELASTIC_RESTART_COUNT": "0",
}
SLURM = {"SLURM_NTASKS": "2", "SLURM_JOB_ID": "77", "SLURM_STEP_ID": "0"}


def launch(root: Path, script: str, common: dict[str, str], name: str = "RANK") -> str:
    errors = ""
    for rank in range(2):
        code, _, err = run(script, root, **common, **{name: str(rank)})
        assert code == 0, err
        errors += err
    return errors


@pytest.mark.parametrize(
    ("common", "name"),
    [
        (TORCHRUN, "RANK"),
        (SLURM, "SLURM_PROCID"),
        ({"OMPI_COMM_WORLD_SIZE": "2"}, "OMPI_COMM_WORLD_RANK"),
        ({"PMI_SIZE": "2"}, "PMI_RANK"),
    ],
)
def test_rank_0_alone_by_default(common: dict[str, str], name: str, tmp_path: Path) -> None:
    script = """
        import pavi
        training = pavi.init()
        training.log({"a": 1})
        training.config["x"] = 1
        training.add_snapshot_file("a", "/etc/hostname", 1)
        writer = pavi.SummaryWriter(name="second")
        writer.add_scalar("a", 1)
        writer.close()
        training.flush()
    """
    launch(tmp_path, script, common, name)
    assert sorted(journal.opening.get("name", "") for journal in journals_in(tmp_path)) == ["", "second"]
    assert all("rank" not in journal.opening for journal in journals_in(tmp_path))


ALL = "import pavi, os\npavi.init(rank_reduce='mean').log({'a': 1})\npavi.init(rank_reduce='mean').log({'b': 1})"


@pytest.mark.parametrize(("common", "name"), [(TORCHRUN, "RANK"), (SLURM, "SLURM_PROCID")])
def test_all_ranks_find_one_training(common: dict[str, str], name: str, tmp_path: Path) -> None:
    assert "nothing identifies" not in launch(tmp_path, ALL, common, name)
    trainings: dict[Any, list[Any]] = {}
    for journal in journals_in(tmp_path):
        trainings.setdefault(journal.training, []).append(journal)
    assert len(trainings) == 2  # each process began two
    for journals in trainings.values():
        assert sorted(journal.opening["rank"] for journal in journals) == [0, 1]
        assert {journal.opening["world_size"] for journal in journals} == {2}
        assert {journal.opening["rank_reduce"] for journal in journals} == {"mean"}
        assert len({tuple(series(journal)) for journal in journals}) == 1


def test_another_launch_is_another_training(tmp_path: Path) -> None:
    launch(tmp_path, ALL, SLURM, "SLURM_PROCID")
    launch(tmp_path, ALL, SLURM | {"SLURM_RESTART_COUNT": "1"}, "SLURM_PROCID")
    launch(tmp_path, ALL, SLURM | {"SLURM_JOB_ID": "78"}, "SLURM_PROCID")
    assert len({journal.training for journal in journals_in(tmp_path)}) == 6


def test_agreement_by_id(tmp_path: Path) -> None:
    common = {"WORLD_SIZE": "2", "PAVI_TRAINING_ID": "tuesday"}
    script = "import pavi\npavi.init(rank_reduce='max', project='p').log({'a': 1})"
    assert "nothing identifies" not in launch(tmp_path, script, common)
    assert len({journal.training for journal in journals_in(tmp_path)}) == 1
    assert sorted(journal.opening["rank"] for journal in journals_in(tmp_path)) == [0, 1]


def test_unidentified_launch_says_so_once_and_rank_0_logs(tmp_path: Path) -> None:
    common = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29500"}
    script = "import pavi\npavi.init(rank_reduce='max').log({'a': 1})"
    assert launch(tmp_path, script, common).count("nothing identifies this launch") == 1
    (journal,) = journals_in(tmp_path)
    assert "rank_reduce" not in journal.opening


def test_world_of_one_is_no_launch(tmp_path: Path) -> None:
    run("import pavi\npavi.init(rank_reduce='max').log({'a': 1})", tmp_path, RANK="0", WORLD_SIZE="1")
    (journal,) = journals_in(tmp_path)
    assert "rank" not in journal.opening
