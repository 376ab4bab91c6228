"""The guide to operations and the files for deployment agree with the program and with each other."""

from __future__ import annotations

import json
import re
import shlex

import yaml

from qa import cli
from qa.settings import ROOT, Settings

GUIDE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def commands() -> list[str]:
    """Return each ``qa`` command of the guide's blocks, whoever runs it."""
    lines = [line for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL) for line in block.splitlines()]
    parts = [part.strip() for line in lines for part in line.split(" #")[0].split("&&")]
    run = [re.sub(r"^docker compose run --rm qa ", "qa ", part) for part in parts]
    return [part for part in run if part.startswith("qa ")]


def test_every_qa_command_of_the_guide_parses():
    assert len(commands()) >= 6
    for command in commands():
        cli.parse(shlex.split(command)[1:], Settings())


def test_what_the_image_copies_is_sent_to_its_builder():
    copied = {name for line in re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.MULTILINE) for name in line.split()}
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert copied == {line[1:] for line in ignore if line.startswith("!")}
    assert all((ROOT / name).exists() for name in copied)


def test_compose_keeps_the_volumes_that_the_image_declares():
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    (declared,) = re.findall(r"^VOLUME (.+)$", DOCKERFILE, re.MULTILINE)
    for service in compose["services"].values():
        named = dict(volume.split(":") for volume in service["volumes"])
        assert sorted(named.values()) == sorted(json.loads(declared))
        assert set(named) == set(compose["volumes"])


def test_what_the_settings_of_the_image_name_lies_in_a_volume_or_in_the_image():
    set_there = dict(re.findall(r"(QA_\w+)=(\S+)", DOCKERFILE))
    (declared,) = re.findall(r"^VOLUME (.+)$", DOCKERFILE, re.MULTILINE)
    kept = tuple(json.loads(declared))
    assert all(set_there[name].startswith(kept) for name in ("QA_CORPUS", "QA_INDEX", "QA_FEEDBACK"))
    assert not set_there["QA_CACHE"].startswith(kept)
