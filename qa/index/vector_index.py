"""The index of passage vectors, its kind chosen by size: exact while that is quick, then the nearest cells alone."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np

LARGE = 50_000  # passages from which a search compares only those that could be among the best; below, all, as quickly
DENSE = "dense.faiss"
EXACT = "exact"
NEAREST = 10
DEPTH, LEAST_RECALL = 400, 0.97  # cells are searched until this share of so many nearest is found
FEWEST_CELLS = 16
ONE_THREAD = 8192  # numbers that BLAS multiplies in the calling thread: its others wait busily, up to 15 ms under load
TRAINED_ON = 40  # vectors a cell from which the cells are learnt; faiss asks for 39


@dataclass(frozen=True, slots=True)
class VectorIndex:
    """An index over vectors, the name of its kind, and the share of the exact ten nearest that it finds."""

    index: faiss.Index
    kind: str = EXACT
    recall: float = 1.0


def build_vector_index(vectors: np.ndarray, queries: np.ndarray, large: int = LARGE) -> VectorIndex:
    """Index float32 vectors (one a row) so that their inner products are found quickly.

    From ``large`` of them on they lie in half precision in cells, and a search reads as many cells as ``queries`` need
    to find 97 % of the 400 nearest, measured against the exact search.
    """
    if len(vectors) < large:
        exhaustive = faiss.IndexFlatIP(vectors.shape[1])
        exhaustive.add(vectors)
        return VectorIndex(exhaustive)
    cells = round(2 * math.sqrt(len(vectors)))
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(vectors.shape[1]),
        vectors.shape[1],
        cells,
        faiss.ScalarQuantizer.QT_fp16,
        faiss.METRIC_INNER_PRODUCT,
        False,  # by residual: a vector read back would not be the one written
    )
    index.cp.spherical = True
    chosen = np.random.default_rng(0).choice(len(vectors), min(len(vectors), TRAINED_ON * cells), replace=False)
    index.train(vectors[np.sort(chosen)])
    index.add(vectors)
    index.make_direct_map(True)
    _, exact = faiss.knn(queries, vectors, min(DEPTH, len(vectors)), metric=faiss.METRIC_INNER_PRODUCT)
    index.nprobe = min(cells, FEWEST_CELLS)
    while recall(index, queries, exact) < LEAST_RECALL and index.nprobe < cells:
        index.nprobe = min(cells, index.nprobe * 2)
    found = recall(index, queries, exact[:, :NEAREST])
    return VectorIndex(index, f"IVF{cells},SQfp16, {index.nprobe} cells searched", round(found, 4))


def recall(index: faiss.Index, queries: np.ndarray, exact: np.ndarray) -> float:
    _, found = index.search(queries, exact.shape[1])
    return float(np.mean([len(np.intersect1d(*pair)) for pair in zip(found, exact, strict=True)]) / exact.shape[1])


def open_vector_index(folder: Path) -> faiss.Index:
    """Open a segment's index; cells stay on disk and are mapped."""
    return faiss.read_index(str(folder / DENSE), faiss.IO_FLAG_MMAP)


def write_vector_index(folder: Path, index: faiss.Index) -> None:
    """Write a segment's index; OSError where it cannot be."""
    try:
        faiss.write_index(index, str(folder / DENSE))
    except RuntimeError as error:  # faiss reports a full disk so
        raise OSError(str(error)) from error


def search(index: faiss.Index, query: np.ndarray, k: int, allowed: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Return products and rows of the ``k`` nearest allowed, best first; the fewer allowed, the more cells seen."""
    settings: dict[str, Any] = {}
    if allowed is not None:
        bits = np.packbits(allowed, bitorder="little")
        settings["sel"] = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type]  # its types are those of C++
    parameters = faiss.SearchParameters(**settings)
    if isinstance(index, faiss.IndexIVF):
        share = 1.0 if allowed is None else max(1, int(np.count_nonzero(allowed))) / index.ntotal
        settings["nprobe"] = min(index.nlist, math.ceil(index.nprobe / share))
        parameters = faiss.SearchParametersIVF(**settings)
    products, rows = index.search(query, max(1, min(k, index.ntotal)), params=parameters)
    found = rows[0] >= 0
    return products[0][found], rows[0][found]


def inner_products(vectors: np.ndarray, query: np.ndarray) -> np.ndarray:
    """Return the product of each of some vectors, one a row and at least one, with the query."""
    rows = max(1, ONE_THREAD // len(query))
    return np.concatenate([vectors[start : start + rows] @ query for start in range(0, len(vectors), rows)])
