"""A data set in BEIR layout → metrics of the product: the only room that imports ir_measures and sklearn."""

from qa.evaluate.run import Quality, evaluate, read_quality, write_quality

__all__ = ["Quality", "evaluate", "read_quality", "write_quality"]
