"""A data set in BEIR layout → metrics of the product: the only room that imports ir_measures and sklearn."""

from qa.evaluate.dataset import (
    Dataset,
    Query,
    read_dataset,
)
from qa.evaluate.report import (
    Quality,
    read_quality,
    write_quality,
)
from qa.evaluate.run import (
    Metrics,
    StageProgress,
    evaluate,
    index_dataset,
    rank_documents,
)
from qa.evaluate.scores import (
    ndcg_by_query,
    retrieval_scores,
)
from qa.evaluate.twins import (
    TWINS,
)

__all__ = [
    "TWINS",
    "Dataset",
    "Metrics",
    "Quality",
    "Query",
    "StageProgress",
    "evaluate",
    "index_dataset",
    "ndcg_by_query",
    "rank_documents",
    "read_dataset",
    "read_quality",
    "retrieval_scores",
    "write_quality",
]
