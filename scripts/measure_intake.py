"""Measure the intake on real documents: python scripts/measure_intake.py FOLDER [--limit N]

FOLDER holds JSON files with the fields title, number, date, url and text. Three tables go to stdout: how often title,
date and number are found from the text alone, how fast each format is taken in, and how well the main text of an HTML
page is told from its menus, against all of the page's text. PDF needs reportlab and a TrueType font (--font).
"""

from __future__ import annotations

import argparse
import datetime
import html
import json
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import docx
from lxml import html as lxml_html

from qa.corpus import ArticleFields
from qa.corpus.articles import read_article
from qa.ingest import take_in
from qa.ingest.boilerplate import SLASHED
from qa.ingest.formats import read
from qa.ingest.header import DAY, HEAD, date_of
from qa.ingest.layout import MOTTO
from qa.ingest.pipeline import prepare
from qa.ingest.sources import Raw
from qa.text.normalise import fold, syllables

FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
MENU = "".join(f'<li><a href="/{n}">Chuyên mục số {n} của trang tin</a></li>' for n in range(25))
TEASERS = "".join(
    f'<div class="item"><a href="/t{n}">Tin khác thứ {n}: lãnh đạo địa phương kiểm tra tiến độ công trình</a></div>'
    for n in range(20)
)
STATED_SHARE = 0.9
DATE_LINE_WORDS = 14
SAME_TITLE = 0.75
SHORT_TITLE = 7
"""A title of so few words ("Thông tư 11 2024 TT-BNV") is right inside a longer one."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One document with what its publisher says of it."""

    name: str
    title: str
    number: str
    date: datetime.date | None
    text: str


def load(folder: Path) -> list[Sample]:
    samples = []
    for path in sorted(folder.glob("*.json")):
        fields = json.loads(path.read_text(encoding="utf-8"))
        date = datetime.date.fromisoformat(fields["date"]) if fields.get("date") else None
        samples.append(Sample(path.stem, fields["title"], fields.get("number") or "", date, fields["text"]))
    return samples


def states_number(sample: Sample) -> bool:
    """Tell whether a text's head holds the number itself."""
    number = re.sub(r"\s+\d{4}$", "", sample.number)
    return bool(re.match(r"\d", number)) and number in re.sub(r"\s+", "", sample.text[:HEAD])


def states_date(sample: Sample) -> bool:
    """Tell whether a document's head or end, or a short line of a report, holds the date in any of its spellings."""
    lines = [line for line in sample.text[: HEAD // 2].split("\n") if len(line.split()) <= DATE_LINE_WORDS]
    places = sample.text[: HEAD // 2] + sample.text[-1500:] if is_document(sample) else "\n".join(lines)
    return sample.date in {date_of(found) for found in re.finditer(rf"{DAY}|{SLASHED}", places)}


def states_title(sample: Sample) -> bool:
    """Tell whether a document's head holds a stretch, or a report a line, with nearly all words of the title."""
    wanted = title_words(sample.title)
    size = round(1.3 * wanted.total())
    words = syllables(sample.text[:1500])
    stretches = [words[place : place + size] for place in range(max(1, len(words) - size + 1))]
    lines = [syllables(line) for line in sample.text[:1500].split("\n") if len(line.split()) <= size]
    places = map(Counter, stretches if is_document(sample) else lines)
    return any(overlap(wanted, place) >= STATED_SHARE * wanted.total() for place in places)


def is_document(sample: Sample) -> bool:
    """Tell whether a text opens like an official document, with the state's or the Party's name."""
    return bool(MOTTO.search(sample.text[: HEAD // 3]))


def title_words(title: str) -> Counter[str]:
    return Counter(syllables(re.sub(r"\bnăm (?:19|20)\d\d\b", "", title)))


def overlap(left: Counter[str], right: Counter[str]) -> int:
    return (left & right).total()


def same_title(sample: Sample, found: ArticleFields) -> bool:
    wanted, got = title_words(sample.title), title_words(found.title)
    if wanted.total() <= SHORT_TITLE and overlap(wanted, got) == wanted.total():
        return True
    return 2 * overlap(wanted, got) >= SAME_TITLE * (wanted.total() + got.total())


def same_number(sample: Sample, found: ArticleFields) -> bool:
    return fold(found.number) == fold(re.sub(r"\s+\d{4}$", "", sample.number))


def same_date(sample: Sample, found: ArticleFields) -> bool:
    return found.published == sample.date


def measure_metadata(samples: Sequence[Sample], *, verbose: bool) -> None:
    """Print the share right of the documents whose text states a field, and of what was found, the share right."""
    checks = (
        ("number", states_number, same_number, lambda fields: fields.number, lambda sample: sample.number),
        ("date", states_date, same_date, lambda fields: fields.published, lambda sample: sample.date),
        ("title", states_title, same_title, lambda fields: fields.title, lambda sample: sample.title),
    )
    described = [prepare(Raw(sample.name, f"{sample.name}.txt", sample.text.encode())).fields for sample in samples]
    for group in ("law", "gov_news", ""):
        chosen = [(s, d) for s, d in zip(samples, described, strict=True) if s.name.startswith(group)]
        print(f"\n{group or 'all'}: {len(chosen)} documents\nfield    stated  right   share   wrong where not stated")
        for field, stated, same, value, truth in checks:
            saying = [(s, d) for s, d in chosen if truth(s) and stated(s)]
            right = sum(same(s, d) for s, d in saying)
            others = [(s, d) for s, d in chosen if truth(s) and not stated(s) and value(d) and not same(s, d)]
            print(f"{field:8} {len(saying):6} {right:6}  {right / max(1, len(saying)):6.1%}   {len(others)}")
            for s, d in saying if verbose and group == "" else ():
                if not same(s, d):
                    print("   ", s.name[:60], "|", truth(s), "|", value(d))


def write_txt(sample: Sample, path: Path) -> None:
    path.write_text(f"{sample.title}\n\n{sample.text}", encoding="utf-8")


def write_html(sample: Sample, path: Path) -> None:
    paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in sample.text.split("\n") if line.strip())
    path.write_text(
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{html.escape(sample.title)}</title></head><body>"
        f"<header><nav><ul>{MENU}</ul></nav></header><div class='content'><article><h1>{html.escape(sample.title)}</h1>"
        f"{paragraphs}</article></div><aside class='related'><h3>Tin liên quan</h3>{TEASERS}</aside>"
        f"<footer><p>Giấy phép số 1. Ghi rõ nguồn khi phát hành lại. Tòa soạn: Hà Nội.</p></footer></body></html>",
        encoding="utf-8",
    )


def write_docx(sample: Sample, path: Path) -> None:
    document = docx.Document()
    for line in sample.text.split("\n"):
        document.add_paragraph("".join(c for c in line if c.isprintable()))
    document.save(path)


def pdf_writer(font: Path) -> Callable[[Sample, Path], None]:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    pdfmetrics.registerFont(TTFont("Body", str(font)))
    style = ParagraphStyle("body", fontName="Body", fontSize=11, leading=14, spaceAfter=6)

    def write(sample: Sample, path: Path) -> None:
        story = [Paragraph(html.escape(line), style) for line in sample.text.split("\n") if line.strip()]
        SimpleDocTemplate(str(path)).build(story, onLaterPages=page_number)

    return write


def page_number(canvas, document) -> None:
    canvas.drawCentredString(300, 800, str(document.page))


def measure_formats(samples: Sequence[Sample], font: Path, folder: Path) -> None:
    """Print how fast each format goes in, and how many words of the texts arrive."""
    writers: dict[str, Callable[[Sample, Path], None]] = {"txt": write_txt, "html": write_html, "docx": write_docx}
    if font.is_file():
        writers["pdf"] = pdf_writer(font)
    print("\nformat  files  refused     MB  documents/s   MB/s   words kept")
    for suffix, write in writers.items():
        source = folder / suffix
        source.mkdir()
        for place, sample in enumerate(samples):
            write(sample, source / f"{place:04}.{suffix}")
        size = sum(path.stat().st_size for path in source.iterdir()) / 1e6
        start = time.perf_counter()
        report = take_in([source], folder / f"corpus-{suffix}")
        seconds = time.perf_counter() - start
        kept = words_kept(
            samples, {Path(i.source).stem: i.document_id for i in report.intakes}, folder / f"corpus-{suffix}"
        )
        speed = f"{len(samples) / seconds:11.1f}  {size / seconds:5.2f}"
        print(f"{suffix:6} {len(samples):6} {len(report.refused):8} {size:6.1f}  {speed}       {kept:6.1%}")


def words_kept(samples: Sequence[Sample], ids: dict[str, str | None], corpus: Path) -> float:
    kept = total = 0
    for place, sample in enumerate(samples):
        words = Counter(syllables(sample.text))
        total += words.total()
        path = corpus / "them-vao" / f"{ids[f'{place:04}']}.md"
        if path.is_file():
            article = read_article(path)
            kept += overlap(words, Counter(syllables(f"{article.title} {article.text}")))
    return kept / total


def measure_main_text(samples: Sequence[Sample], folder: Path) -> None:
    """Print precision and recall of words on HTML pages, for the intake and for all of the page's text."""
    totals: dict[str, Counter[str]] = {"intake": Counter(), "plain text dump": Counter()}
    for sample in samples:
        path = folder / "page.html"
        write_html(sample, path)
        wanted = Counter(syllables(sample.text))
        dump = lxml_html.fromstring(path.read_text(encoding="utf-8")).text_content()
        found = read(Raw(sample.name, path.name, path.read_bytes())).text
        for name, text in (("intake", found), ("plain text dump", dump)):
            got = Counter(syllables(text))
            totals[name] += Counter(right=overlap(wanted, got), got=got.total(), wanted=wanted.total())
    print("\nHTML main text    precision  recall")
    for name, sums in totals.items():
        print(f"{name:16}  {sums['right'] / sums['got']:8.1%}  {sums['right'] / sums['wanted']:6.1%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int, default=60, help="documents for the format tables")
    parser.add_argument("--font", type=Path, default=FONT)
    parser.add_argument("--verbose", action="store_true", help="name what was found wrong")
    arguments = parser.parse_args()
    samples = load(arguments.folder)
    if not samples:
        parser.error(f"{arguments.folder} holds no *.json document")
    measure_metadata(samples, verbose=arguments.verbose)
    chosen = samples[:: max(1, len(samples) // arguments.limit)][: arguments.limit]
    with tempfile.TemporaryDirectory() as folder:
        measure_formats(chosen, arguments.font, Path(folder))
        measure_main_text(chosen, Path(folder))


if __name__ == "__main__":
    main()
