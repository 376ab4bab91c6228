"""Who asks last is answered: a question that was stopped or overtaken shows nothing when its answer comes."""

from __future__ import annotations

import secrets


class Tickets:
    """One valid ticket a visitor; each new question takes the place of the one before."""

    def __init__(self) -> None:
        self._valid: dict[str, str] = {}

    def take(self, visitor: str) -> str:
        """Return a ticket for a question that begins; the visitor's earlier one is void."""
        ticket = secrets.token_hex(8)
        self._valid[visitor] = ticket
        return ticket

    def spend(self, visitor: str, ticket: str) -> bool:
        """Tell whether a ticket is still valid, and void it."""
        if self._valid.get(visitor) != ticket:
            return False
        del self._valid[visitor]
        return True

    def void(self, visitor: str) -> None:
        """Void the visitor's ticket, if there is one."""
        self._valid.pop(visitor, None)
