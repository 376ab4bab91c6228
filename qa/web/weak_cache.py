"""What is worked out once for an object and kept for as long as that object lives, and no longer."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TypeVar

Owner = TypeVar("Owner")
Value = TypeVar("Value")


def kept_with_it(function: Callable[[Owner], Value]) -> Callable[[Owner], Value]:
    """Cache a function of one object; the cache keeps no object alive, so an index that was replaced can go.

    The value must not hold the object. Two threads may work it out twice; both get the same.
    """
    values: weakref.WeakKeyDictionary[Owner, Value] = weakref.WeakKeyDictionary()

    def keeping(owner: Owner) -> Value:
        if owner not in values:
            values[owner] = function(owner)
        return values[owner]

    keeping.__doc__, keeping.__name__ = function.__doc__, function.__name__
    return keeping
