"""Who did or read what: append-only, tied together by hashes, people named by keyed hashes.

Inside a use case: ``await audit.record(tx, actor=…, role=…, action="staff.invited", now=…)``.
"""

from bot.audit.model import CLOCK, COMMAND_LINE, Broken, Entry, Fault
from bot.audit.service import Audit
from bot.audit.trail import entries, how_often, last_acts, lately, of_person, record, verify

__all__ = [
    "CLOCK",
    "COMMAND_LINE",
    "Audit",
    "Broken",
    "Entry",
    "Fault",
    "entries",
    "how_often",
    "last_acts",
    "lately",
    "of_person",
    "record",
    "verify",
]
