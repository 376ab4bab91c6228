"""Every fuzz target over its seeds and some thousands of mutations, without a fuzzer: the same ones every time."""

from __future__ import annotations

import pytest

from testing.fuzz import TARGETS, Target
from testing.fuzz.material import mutations, seeds

pytestmark = pytest.mark.fuzz


@pytest.mark.parametrize("target", TARGETS.values(), ids=list(TARGETS))
def test_the_target_holds_for_its_seeds_and_their_mutations(target: Target):
    check = target.load()
    starts = seeds(target.seeds)
    for content in [*starts, *mutations(starts, target.quick, target.name, target.longest)]:
        check(content)
