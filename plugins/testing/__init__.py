"""The contract that every tracker must pass, for authors of trackers.

Bring a bench and inherit the tests::

    class TestMyTracker(TrackerContract):
        @pytest.fixture
        def bench(self):
            with my_sandbox() as box:
                yield MyBench(box)

A bench gives a tracker and a queue, acts as people do, and moves the tracker's clock.
"""

from tierkeeper.plugins.testing.bench import Bench, Read, ref_of, snapshot_of
from tierkeeper.plugins.testing.contract import TrackerContract

__all__ = ["Bench", "Read", "TrackerContract", "ref_of", "snapshot_of"]
