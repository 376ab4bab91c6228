"""Measure, label by label, how often a message is rightly taken for small talk, a question or a timeline question."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

from qa.answer.small_talk import reply_to
from qa.answer.timeline import asks_for_course

MESSAGES = Path(__file__).parents[1] / "eval_data" / "messages.jsonl"
NO_DOCUMENTS = SimpleNamespace(documents={})
"""What a reply reads of an index: it has none."""


def is_right(text: str, label: str) -> bool:
    """Tell whether the program takes a message as its label says."""
    if label in ("small_talk", "question"):
        return (reply_to(text, NO_DOCUMENTS) is not None) is (label == "small_talk")
    return asks_for_course(text) is (label == "timeline")


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES
    messages = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    counted = Counter(message["label"] for message in messages)
    right = Counter(message["label"] for message in messages if is_right(message["text"], message["label"]))
    for label, count in counted.items():
        print(f"{label:14} {right[label]:3}/{count:3} {right[label] / count:.3f}")


if __name__ == "__main__":
    main()
