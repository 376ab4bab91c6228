"""HTML → ``Draft``: the main text without menus, and what the page says of itself. Only importer of trafilatura."""

import re
from collections.abc import Iterator

import trafilatura
from lxml import etree, html
from trafilatura.settings import Document as Page

from qa.corpus import article_fields
from qa.errors import IngestError, Refusal
from qa.ingest.encodings import declared_encoding, decode, repair_encoding
from qa.ingest.layout import table_lines
from qa.ingest.sources import Draft, Raw
from qa.text import normalise

DEEPEST = 200  # levels of nesting beyond which a page is refused: no real page needs them, and tree walks recurse
DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
DOCTYPE_BEGUN = re.compile(r"<!DOCTYPE", re.IGNORECASE)
DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
FEWEST_WORDS = 8  # a page without a run of so many words outside its links holds menus only
OWN_TEXT = "//text()[not(ancestor::a or ancestor::script or ancestor::style or ancestor::head or ancestor::noscript)]"

NO_TEXT = "holds no text of its own (a page that scripts fill, or only menus); save it from a browser as text or PDF"
BLOCKS = {"p": "", "head": "## ", "item": "- ", "quote": "", "code": ""}
"""The elements of an extracted body that hold text → what stands before it in Markdown."""

SITE_SUFFIX = re.compile(r"\s+[|–—-]\s+[^|–—-]{2,60}$")


def read_html(raw: Raw) -> Draft:
    """Read one page; IngestError when it has no text, is nested absurdly or is no HTML."""
    source = decode(raw.content, raw.charset or declared_encoding(raw.content))
    tree = parse(source)
    if not any(len(words.split()) >= FEWEST_WORDS for words in tree.xpath(OWN_TEXT)):
        raise IngestError(Refusal.NO_TEXT, NO_TEXT)
    for table in tree.xpath("//table[not(.//table)]"):
        flatten(table)
    page = trafilatura.bare_extraction(
        tree,
        url=raw.url or None,
        with_metadata=True,
        include_comments=False,
        include_tables=False,
        include_formatting=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if not isinstance(page, Page) or page.body is None or not (text := "\n\n".join(blocks(page.body))):
        raise IngestError(Refusal.NO_TEXT, NO_TEXT)
    stated = {
        "title": tidy(page.title),
        "source": tidy(page.sitename) if page.sitename and "." not in page.sitename else "",
        "url": raw.url or page.url or "",
        "published": page.date,
    }
    return Draft(normalise(repair_encoding(text)), article_fields(stated))


def parse(source: str) -> html.HtmlElement:
    """Parse HTML without its document type, where entity bombs are declared."""
    if source.count("<") > 5_000_000:
        raise IngestError(Refusal.TOO_LARGE, "has more than 5 million tags; split it")
    plain = DECLARATION.sub("", source)
    begun = DOCTYPE_BEGUN.search(plain)
    doctype = DOCTYPE.match(plain, begun.start()) if begun else None  # one place only: each try may read to the end
    if doctype:
        plain = plain[: doctype.start()] + plain[doctype.end() :]
    parser = html.HTMLParser(remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(plain or " ", parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise IngestError(Refusal.NO_TEXT, NO_TEXT) from error
    if tree.getroottree().xpath("/*" * (DEEPEST + 1)):
        raise IngestError(Refusal.SUSPICIOUS, f"is nested more than {DEEPEST} tags deep; save its text and give that")
    return tree


def flatten(table: html.HtmlElement) -> None:
    rows = [[cell.text_content() for cell in row.iter("td", "th")] for row in table.iter("tr")]
    container = html.Element("div")
    for line in table_lines(rows):
        etree.SubElement(container, "p").text = "".join(filter(str.isprintable, line))
    container.tail = table.tail
    table.getparent().replace(table, container)


def blocks(body: etree._Element) -> Iterator[str]:
    """Yield the paragraphs of an extracted body as Markdown, in order."""
    for element in body.iter(*BLOCKS):
        if any(ancestor.tag in BLOCKS for ancestor in element.iterancestors()):
            continue
        for breaking in element.iter("lb"):
            breaking.tail = "\n" + (breaking.tail or "")
        lines = [" ".join(line.split()) for line in "".join(element.itertext()).split("\n")]
        content = "\n".join(line for line in lines if line)
        if content:
            yield BLOCKS[element.tag] + content


def tidy(text: str | None) -> str:
    """Return a page's title without the site's name behind it."""
    return SITE_SUFFIX.sub("", normalise(" ".join((text or "").split())))
