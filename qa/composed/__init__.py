"""An answer in a model's own words, each sentence held against the quotes that it cites."""

from qa.composed.check import Fault, fault_of

__all__ = ["Fault", "fault_of"]
