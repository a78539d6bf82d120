"""The ledger: our own store of what was read, judged, done and still has to be done."""

from tierkeeper.sync.ledger.act import Act
from tierkeeper.sync.ledger.lease import Lease
from tierkeeper.sync.ledger.ledger import Ledger
from tierkeeper.sync.ledger.rows import Failed, Intent, Judged, Known, Run, Stored

__all__ = ["Act", "Failed", "Intent", "Judged", "Known", "Lease", "Ledger", "Run", "Stored"]
