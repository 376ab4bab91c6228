"""A data set in BEIR layout → metrics of the product: the only room that imports ir_measures and sklearn."""

from qa.evaluate.dataset import (
    TWINS,
    Dataset,
    Query,
    read_dataset,
)
from qa.evaluate.run import (
    Metrics,
    Quality,
    evaluate,
    index_dataset,
    ndcg_by_query,
    rank_documents,
    read_quality,
    retrieval_scores,
    write_quality,
)

__all__ = [
    "TWINS",
    "Dataset",
    "Metrics",
    "Quality",
    "Query",
    "evaluate",
    "index_dataset",
    "ndcg_by_query",
    "rank_documents",
    "read_dataset",
    "read_quality",
    "retrieval_scores",
    "write_quality",
]
