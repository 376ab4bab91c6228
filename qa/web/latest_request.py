"""Who asks last is answered: a question that was stopped or overtaken shows nothing when its answer comes."""

from __future__ import annotations

import secrets
from collections import OrderedDict

MOST_VISITORS = 10_000


class Tickets:
    """One valid ticket a visitor; each new question takes the place of the one before.

    Who leaves while a question is searched never spends the ticket: only the last 10,000 visitors' are kept.
    """

    def __init__(self) -> None:
        self._valid: OrderedDict[str, str] = OrderedDict()

    def take(self, visitor: str) -> str:
        """Return a ticket for a question that begins; the visitor's earlier one is void."""
        ticket = secrets.token_hex(8)
        self._valid[visitor] = ticket
        self._valid.move_to_end(visitor)
        if len(self._valid) > MOST_VISITORS:
            self._valid.popitem(last=False)
        return ticket

    def spend(self, visitor: str, ticket: str) -> bool:
        """Tell whether a ticket is still valid, and void it."""
        if self._valid.get(visitor) != ticket:
            return False
        self.void(visitor)
        return True

    def void(self, visitor: str) -> None:
        """Void the visitor's ticket, if there is one."""
        self._valid.pop(visitor, None)
