"""Secrets do not leave the machine in what is recorded about a process."""

import pytest

from pavi.capture.masking import chosen_variables, mask_arguments, mask_text, strip_credentials


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["train.py", "--token", "abc"], ["train.py", "--token", "***"]),
        (["--token=abc"], ["--token=***"]),
        (["--api-key", "abc", "--lr", "0.1"], ["--api-key", "***", "--lr", "0.1"]),
        (["--api_key=abc"], ["--api_key=***"]),
        (["--hfToken", "abc"], ["--hfToken", "***"]),
        (["db.password=abc"], ["db.password=***"]),
        (["+logger.wandb.api_key=abc"], ["+logger.wandb.api_key=***"]),
        (["HF_TOKEN=abc", "AWS_SECRET_ACCESS_KEY=abc"], ["HF_TOKEN=***", "AWS_SECRET_ACCESS_KEY=***"]),
        (["--password", "-1"], ["--password", "***"]),
        (["--use-auth", "--verbose", "x"], ["--use-auth", "--verbose", "x"]),
        (["--secret", "--password", "abc"], ["--secret", "--password", "***"]),
        (["--url", "https://me:pw@host/x"], ["--url", "https://***@host/x"]),
        (["--url=postgres://me:pw@host/x"], ["--url=postgres://***@host/x"]),
        (["run", "hf_" + "a" * 30], ["run", "***"]),
        (
            ["--lr=0.1", "--tokenizer", "gpt2", "--max-tokens", "5"],
            ["--lr=0.1", "--tokenizer", "gpt2", "--max-tokens", "5"],
        ),
        (["--keys", "a", "--key-dim=64", "model.monkey=1"], ["--keys", "a", "--key-dim=64", "model.monkey=1"]),
        (["data/cat.png", "https://host/a", "--", "x=y"], ["data/cat.png", "https://host/a", "--", "x=y"]),
    ],
)
def test_arguments(arguments: list[str], shown: list[str]) -> None:
    assert mask_arguments(arguments) == shown


def test_an_endless_argument_is_cut() -> None:
    [shown] = mask_arguments(["x" * 100_000])
    assert len(shown) <= 4096


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://github.com/org/repo.git", "https://github.com/org/repo.git"),
        ("https://user:token@github.com/org/repo.git", "https://github.com/org/repo.git"),
        ("https://token@github.com:8443/org/repo", "https://github.com:8443/org/repo"),
        ("https://oauth2:a@b@host/repo", "https://host/repo"),
        ("https://host/repo?access_token=abc#x", "https://host/repo"),
        ("ssh://git:pw@host:22/repo", "ssh://host:22/repo"),
        ("git@github.com:org/repo.git", "git@github.com:org/repo.git"),
        ("/srv/repo.git", "/srv/repo.git"),
        ("file:///srv/repo.git", "file:///srv/repo.git"),
        ("https://user:pa/ss@host/repo", None),
        ("https://[::1]:80/repo", "https://[::1]:80/repo"),
    ],
)
def test_addresses(url: str, shown: str | None) -> None:
    assert strip_credentials(url) == shown


def test_tokens_of_known_form_anywhere() -> None:
    token = "pavi_" + "Ab3" * 14
    assert mask_text(f'print("{token}")') == 'print("***")'


def test_only_chosen_variables() -> None:
    environment = {
        "RANK": "3",
        "CUDA_VISIBLE_DEVICES": "0,1",
        "SLURM_JOB_ID": "17",
        "SLURM_JWT": "secret",
        "NCCL_DEBUG": "INFO",
        "HOME": "/home/me",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "PAVI_TOKEN": "secret",
        "SLURM_COMMENT": "x" * 5000,
    }
    chosen = chosen_variables(environment)
    assert chosen.keys() == {"RANK", "CUDA_VISIBLE_DEVICES", "SLURM_JOB_ID", "NCCL_DEBUG", "SLURM_COMMENT"}
    assert len(chosen["SLURM_COMMENT"]) == 1000
