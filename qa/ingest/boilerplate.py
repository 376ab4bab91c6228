"""A page saved with its menus, captions and teasers → the article's own paragraphs."""

import re
from difflib import SequenceMatcher
from itertools import pairwise

from qa.ingest.layout import ENDED
from qa.text import fold, lexicon, syllables

FOLDED_RELATED = frozenset(map(fold, lexicon.phrases("web_pages.related")))
FOLDED_MENU = frozenset(map(fold, lexicon.phrases("web_pages.menu")))
SLASHED = r"(\d{1,2})\s?[/.-]\s?(\d{1,2})\s?[/.-]\s?((?:19|20)\d\d)"
NUMERIC_DATE = re.compile(rf"(?<![\d/.-]){SLASHED}(?![\d/])")
PHOTO = re.compile(
    r"\(?(?:Ảnh|Ảnh minh họa|Photo|Đồ họa|Nguồn ảnh)\s*[:.].{0,120}|.{3,240}[.(]?\s?Ảnh\s*:\s*[^.]{2,60}\)?\.?"
)
RULE = re.compile(r"[-–—_=*~.\s]{3,}")
LISTED = re.compile(r"[-–+•*#|>]|\(?\w{1,4}[.)]\s|điều\s|chương\s", re.IGNORECASE)
ARTICLE_SHARE = 0.3  # a list of related items cuts a text only after this share of it; an earlier one is a box
SAME_CAPTION = 0.85
LONGEST_LABEL = 40
LONGEST_HEADLINE = 30  # words
FEWEST_CAPTION_WORDS = 6
LONGEST_CAPTION = 600
FEWEST_TEASER_WORDS = 25
TEASER_LINES = 14  # teasers glued into one line stand near the top: after the lead


def is_menu(line: str) -> bool:
    return label(line) in FOLDED_MENU or bool(RULE.fullmatch(line))


def label(line: str) -> str:
    """Return a short line as the word lists write it; a long one is no label."""
    return fold(line).strip(" :>»|") if len(line) <= LONGEST_LABEL else ""


def article_lines(text: str, title: str = "") -> str:
    """Return a saved page's text without menus, date line, title, captions, teasers and related items."""
    lines = drop_top(cut_related([line.strip() for line in text.split("\n")]), title)
    lines = drop_teasers(drop_captions(lines))
    return "\n".join(line for line in lines if not is_menu(line) and not PHOTO.fullmatch(line))


def cut_related(lines: list[str]) -> list[str]:
    """Cut the list of related items at the end, and drop the heading of an earlier one with its headlines."""
    total = sum(map(len, lines))
    kept: list[str] = []
    dropping = False
    for line in lines:
        if label(line) in FOLDED_RELATED:
            if sum(map(len, kept)) >= ARTICLE_SHARE * total:
                return kept
            dropping = True
        elif not (dropping and line and not ENDED.search(line) and len(line.split()) <= LONGEST_HEADLINE):
            dropping = dropping and not line
            kept.append(line)
    return kept


def drop_top(lines: list[str], title: str) -> list[str]:
    """Drop the title, which stands in the front matter, unless it is a sentence, and the date line below it."""
    kept = []
    for line in lines[:TEASER_LINES]:
        is_title = title and not ENDED.search(line) and fold(line.lstrip("# ")) == fold(title)
        date = NUMERIC_DATE.search(line) if len(line) < 60 else None
        if not is_title and not (date and is_date_line(line, date)):
            kept.append(line)
    return kept + lines[TEASER_LINES:]


def drop_captions(lines: list[str]) -> list[str]:
    """Drop captions: a page saved as text holds each on two lines running, as the picture's text and below it."""
    pairs = [False, *(is_caption_pair(first, second) for first, second in pairwise(lines)), False]
    return [line for line, above, below in zip(lines, pairs, pairs[1:], strict=False) if not (above or below)]


def is_caption_pair(first: str, second: str) -> bool:
    """Tell a caption told twice from two sentences of one pattern: those end alike and differ in their numbers."""
    if not first or not second or max(len(first), len(second)) > LONGEST_CAPTION:
        return False
    if LISTED.match(first) or LISTED.match(second) or (ENDED.search(first) and ENDED.search(second)):
        return False
    left, right = syllables(first), syllables(second)
    if min(len(left), len(right)) < FEWEST_CAPTION_WORDS:
        return False
    if first != second and set(filter(str.isdigit, left)) != set(filter(str.isdigit, right)):
        return False
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return matcher.real_quick_ratio() >= SAME_CAPTION and matcher.ratio() >= SAME_CAPTION


def drop_teasers(lines: list[str]) -> list[str]:
    """Drop headlines of other articles glued into one line: long, near the top, and without a sentence's end."""
    filled = [place for place, line in enumerate(lines) if line][:TEASER_LINES]
    glued = {place for before, place in pairwise(filled) if ENDED.search(lines[before]) and is_glued(lines[place])}
    return [line for place, line in enumerate(lines) if place not in glued]


def is_glued(line: str) -> bool:
    is_sentence = ENDED.search(line) or re.search(r"[.!?]\s", line)
    return len(line.split()) >= FEWEST_TEASER_WORDS and not is_sentence and not LISTED.match(line)


def is_date_line(line: str, found: re.Match[str]) -> bool:
    """Tell a date line from a short sentence with a date in it: few other words, and no sentence's end."""
    rest = re.findall(r"[^\W\d_]+", line[: found.start()] + line[found.end() :])
    return len(rest) <= 8 and not line.rstrip().endswith((".", ";", ":", ","))
