"""An answer in a model's own words, each sentence held against the quotes that it cites."""

from qa.composed.check import Fault, fault_of
from qa.composed.compose import Composer
from qa.composed.endpoint import Endpoint

__all__ = ["Composer", "Endpoint", "Fault", "fault_of"]
