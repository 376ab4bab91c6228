"""Put the vectors of the shipped articles beside them, so that the first build embeds nothing.

    python scripts/ship_vectors.py [--corpus corpus]     # → corpus/vectors

Only passages that are new since the last time are embedded. ``tests/test_shipped_vectors.py`` fails where an article
was changed without this.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from qa.files import hash_file
from qa.index.generations import MANIFEST
from qa.index.vector_cache import FILES
from qa.session import SHIPPED_VECTORS, build_index, load_encoder


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    options = parser.parse_args(arguments)
    encoder = load_encoder()
    with tempfile.TemporaryDirectory() as folder:
        report = build_index(options.corpus, folder, encoder)
        generation, target = Path(folder) / report.generation, options.corpus / SHIPPED_VECTORS
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        for name in FILES:
            shutil.copyfile(generation / name, target / name)
    files = {name: hash_file(target / name) for name in FILES}
    named = {"encoder": encoder.name, "revision": encoder.revision, "files": files}
    (target / MANIFEST).write_text(json.dumps(named, indent=1) + "\n", encoding="utf-8")
    size = sum(path.stat().st_size for path in target.iterdir())
    print(f"{report.passages} passages, {report.embedded} embedded anew, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
