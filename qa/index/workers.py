"""Many workers, on any machines, embed their shares of the passages into a folder; one build joins them."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.corpus import cut
from qa.encoder import Encoder
from qa.index import generations
from qa.index.builder import Progress, embed, left_of, plan
from qa.index.segment import key_of
from qa.index.vector_cache import keys_of, known_tables, steps_below, write_step
from qa.values import Document

PASSAGES_A_STEP = 2048
"""What a kill can cost, two minutes at 17 passages a second; of smaller steps an archive would need too many files."""


@dataclass(frozen=True, slots=True)
class Share:
    """What worker ``number`` of ``workers``, the first being 1, embeds: a residue class of the batches of a plan."""

    number: int
    workers: int

    def __str__(self) -> str:
        return f"{self.number}/{self.workers}"


@dataclass(frozen=True, slots=True)
class ShareReport:
    """What a worker did: passages of its share that no index had, those embedded now, and steps found cut short."""

    passages: int
    embedded: int
    damaged: Sequence[Path]


def known_keys(index: Path, encoder: Encoder, shipped: Path | None) -> set[str]:
    """Return the keys of what an index and a shipped table hold, which no worker needs to embed."""
    return {key for table in known_tables(index, encoder, shipped) for key in keys_of(table)}


def embed_share(
    documents: Sequence[Document],
    folder: Path,
    encoder: Encoder,
    share: Share,
    known: set[str],
    progress: Progress | None = None,
) -> ShareReport:
    """Embed what is not ``known`` of a share, step by step, into a folder of its own below ``folder``.

    What stands there whole, of whichever worker, is skipped, so that any may be killed and begun again. The vectors are
    those of one process where all workers and the builder have the same documents and know the same.
    Raises IndexMismatchError where another encoder's vectors lie, IndexBusyError where the same worker is at work.
    """
    folder.mkdir(parents=True, exist_ok=True)
    own = folder / f"{share.number}-of-{share.workers}"
    with generations.writing(own):
        once = {key_of(passage): passage for document in documents for passage in cut(document)}
        mine = plan(once, known)[share.number - 1 :: share.workers]
        steps, damaged = steps_below(folder, encoder)
        for step in damaged:
            if step.parent == own:
                shutil.rmtree(step, ignore_errors=True)
        left, missing = left_of(mine, {key for step in steps for key in keys_of(step)})
        for keys, encoded in embed(left, once, encoder, PASSAGES_A_STEP, progress):
            write_step(own, keys, encoded, encoder)
    return ShareReport(sum(map(len, mine)), missing, damaged)
