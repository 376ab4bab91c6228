"""History and follow-up → a question that stands alone."""

from qa.follow_ups.rewrite import complete

__all__ = ["complete"]
