"""The guide to operations and the files for deployment agree with the program and with each other."""

from __future__ import annotations

import json
import re
import shlex

import yaml

from qa import cli
from qa.settings import ROOT, Settings

GUIDE = "".join((ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("operations", "scale"))
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


SCALE = yaml.safe_load((ROOT / "compose.scale.yaml").read_text(encoding="utf-8"))["services"]
NGINX = (ROOT / "deploy" / "nginx.scale.conf").read_text(encoding="utf-8")


def address(name: str) -> str:
    return SCALE[name]["networks"]["inside"]["ipv4_address"]


def test_nginx_asks_the_web_servers_that_compose_starts_and_they_believe_it_alone():
    web = [name for name in SCALE if name.startswith("web")]
    assert re.findall(r"server (172\S+):7860 ", NGINX) == [address(name) for name in web]
    assert {SCALE[name]["environment"]["QA_PROXIES"] for name in web} == {address("nginx")}
    assert [name for name, service in SCALE.items() if "ports" in service] == ["nginx"]


def test_web_servers_cannot_write_what_is_published_to_them_and_nothing_runs_unguarded():
    for name, service in SCALE.items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        if name.startswith("web"):
            writable = [volume for volume in service["volumes"] if not volume.endswith(":ro")]
            assert writable == ["data:/var/lib/qa/data"]


def test_nodes_of_the_engine_know_their_own_addresses_and_the_first():
    nodes = [name for name in SCALE if name.startswith("qdrant")]
    for name in nodes:
        told = SCALE[name]["command"]
        assert told[-2:] == ["--uri", f"http://{address(name)}:6335"]
        assert name == nodes[0] or told[1:3] == ["--bootstrap", f"http://{address(nodes[0])}:6335"]
    urls = SCALE["web1"]["environment"]["QA_ENGINE_URL"].split(",")
    assert urls == [f"http://{address(name)}:6333" for name in nodes]


def test_only_questions_that_change_nothing_are_asked_of_a_second_server_after_they_were_sent():
    retried = re.findall(r"location (.+?) \{[^}]*non_idempotent[^}]*\}", NGINX)
    assert retried == ["~ ^/(api/ask|api/search|mcp)$"]
