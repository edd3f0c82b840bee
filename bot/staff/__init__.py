"""Colleagues: who they are to us, what they may do, and until when.

Inside a use case: ``async with staff.acting(person, Role.SESSION_LEAD) as (tx, colleague):``
opens the transaction, asks anew whether they may, and notes a refusal.
"""

from bot.staff.access import check, colleague_of, present, today_of
from bot.staff.model import Colleague, Field, NotAllowed, Role
from bot.staff.service import Staff

__all__ = [
    "Colleague",
    "Field",
    "NotAllowed",
    "Role",
    "Staff",
    "check",
    "colleague_of",
    "present",
    "today_of",
]
