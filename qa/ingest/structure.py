"""Plain paragraphs → Markdown sections: articles of a law and headings of a report become ``## `` lines."""

from __future__ import annotations

import re

from qa.ingest.facts import MOTTO

ARTICLE = re.compile(r"(?:#+\s*)?\**\s*(Điều\s+\d{1,3}[a-zđ]?)\s*[.:]\**\s*(.*)", re.DOTALL)
CHAPTER = re.compile(
    r"(?:#+\s*)?\**\s*((?:Chương|CHƯƠNG|Mục|MỤC|Phần thứ|PHẦN THỨ|Phụ lục|PHỤ LỤC)\s+[\dIVXLC\w]{1,6})\s*[.:]?\s*(.*)"
)
ENDED = re.compile(r"[.!?…:;,][\"'”’»)\]]*$")
RULE = re.compile(r"[-–—_=*~\s]{3,}")
LISTED = re.compile(r"[-–+•*|>]|\(?\w{1,4}[.)]\s|\d")
LONGEST_HEADING_WORDS = 24
MOTTO_REST = re.compile(r"Độc lập\s*[-–]\s*Tự do\s*[-–]\s*Hạnh phúc\s*[-–—_*\s]*$")


def to_markdown(text: str, *, official: bool) -> str:
    """Return the text as Markdown: one blank line between paragraphs, headings marked, rules and motto dropped."""
    lines = [line.strip() for line in text.split("\n")]
    marked = official_lines(lines) if official else report_lines(lines)
    return re.sub(r"\n{3,}", "\n\n", "\n\n".join(line for line in marked if line)).strip() + "\n"


def official_lines(lines: list[str]) -> list[str]:
    written: list[str] = []
    for line in lines:
        if not line or RULE.fullmatch(line) or is_motto(line):
            continue
        article, chapter = ARTICLE.fullmatch(line), CHAPTER.fullmatch(line)
        if article:
            written += article_heading(article[1], article[2])
        elif chapter and is_heading(chapter[2]):
            written.append(f"## {chapter[1]}" + (f". {chapter[2]}" if chapter[2] else ""))
        elif written and written[-1].startswith("## ") and line.isupper() and CHAPTER.fullmatch(written[-1]):
            written[-1] += f". {line}"
        else:
            written.append(line)
    return written


def article_heading(name: str, rest: str) -> list[str]:
    """A short title stays in the heading; a sentence goes below it, so that it can be quoted."""
    if not rest or is_heading(rest):
        return [f"## {name}. {rest}".rstrip(". ") if rest else f"## {name}"]
    return [f"## {name}", rest]


def is_heading(words: str) -> bool:
    return len(words.split()) <= LONGEST_HEADING_WORDS and not ENDED.search(words)


def is_motto(line: str) -> bool:
    """Tell whether a line holds the state's name and motto and nothing else."""
    return bool(MOTTO.match(line) and (MOTTO_REST.search(line) or line.isupper())) or bool(MOTTO_REST.fullmatch(line))


def report_lines(lines: list[str]) -> list[str]:
    """Mark as headings the short lines that end no sentence and stand alone between paragraphs."""
    written: list[str] = []
    for place, line in enumerate(lines):
        alone = (place == 0 or not lines[place - 1]) and place + 1 < len(lines) and not lines[place + 1]
        if line and alone and is_report_heading(line) and followed_by_paragraph(lines, place):
            written.append(f"## {line}")
        elif line and not RULE.fullmatch(line):
            written.append(line)
    return written


def is_report_heading(line: str) -> bool:
    return is_heading(line) and len(line.split()) >= 2 and not LISTED.match(line) and not line.startswith("#")


def followed_by_paragraph(lines: list[str], place: int) -> bool:
    following = next((line for line in lines[place + 1 :] if line), "")
    return bool(ENDED.search(following))
