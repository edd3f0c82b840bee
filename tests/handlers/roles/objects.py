"""What each thing that only colleagues may do can be about: an object with which it works.

Whoever adds a button for colleagues adds its line here; the matrix fails without it.
"""

from collections.abc import Callable
from typing import Final

from bot.staff import Field, Role
from tests.handlers.roles.conftest import Team

Object = Callable[[Team], str]

DAYS: Final = "2026-12-01/2026-12-04"

BUTTONS: Final[dict[str, Object]] = {
    "staff.menu": lambda team: "",
    "staff.open": lambda team: "",
    "staff.invite": lambda team: "",
    "staff.invite_as": lambda team: Role.EDITOR,
    "staff.confirm": lambda team: str(team.redeemed),
    "staff.decline": lambda team: str(team.redeemed),
    "staff.invitations": lambda team: "",
    "staff.invitation": lambda team: str(team.redeemed),
    "staff.withdraw": lambda team: str(team.open),
    "staff.withdrawn": lambda team: str(team.open),
    "staff.colleagues": lambda team: "",
    "staff.colleague": lambda team: str(team.editor.person),
    "staff.term": lambda team: f"{team.editor.person}/editor",
    "staff.until": lambda team: f"{team.editor.person}/editor/2027-01-31",
    "staff.other_day": lambda team: f"{team.editor.person}/editor",
    "staff.end": lambda team: f"{team.editor.person}/editor",
    "staff.ended": lambda team: f"{team.editor.person}/editor",
    "staff.absence": lambda team: "",
    "staff.away": lambda team: DAYS,
    "staff.away_yes": lambda team: DAYS,
    "staff.away_other": lambda team: "",
    "staff.present": lambda team: "",
    "staff.absences": lambda team: "0/",
    "staff.call_off": lambda team: f"{team.absence}/",
    "staff.profile": lambda team: "",
    "staff.show": lambda team: Field.NAME,
    "staff.consent": lambda team: Field.NAME,
    "staff.hide": lambda team: Field.NAME,
    "staff.rename": lambda team: "",
    "staff.service": lambda team: "",
    "staff.no_service": lambda team: "",
    "staff.languages": lambda team: "",
    "staff.speak": lambda team: "nl",
    "staff.leave": lambda team: "",
    "staff.left": lambda team: "",
    "staff.trail": lambda team: "",
    "staff.inventory": lambda team: "",
}

OTHERS: Final[dict[str, Object]] = {
    # For somebody who may press the button, but not about this: an editor where editors may
    # press it, else the lead of another info session, else a coordinator.
    "staff.confirm": lambda team: str(team.redeemed),
    "staff.decline": lambda team: str(team.redeemed),
    "staff.colleague": lambda team: str(team.candidate.person),
    "staff.term": lambda team: f"{team.candidate.person}/editor",
    "staff.until": lambda team: f"{team.dpo.person}/editor/2027-01-31",
    "staff.other_day": lambda team: f"{team.candidate.person}/editor",
    "staff.end": lambda team: f"{team.revoked.person}/coordinator",
    "staff.ended": lambda team: f"{team.dpo.person}/editor",
    "staff.absence": lambda team: str(team.dpo.person),
    "staff.away": lambda team: f"{DAYS}/{team.dpo.person}",
    "staff.away_yes": lambda team: f"{DAYS}/{team.dpo.person}",
    "staff.away_other": lambda team: str(team.dpo.person),
    "staff.present": lambda team: str(team.dpo.person),
    "staff.absences": lambda team: f"0/{team.dpo.person}",
    "staff.call_off": lambda team: f"{team.other_absence}/{team.dpo.person}",
}

TYPED: Final[dict[str, Object]] = {
    "staff.invited_name": lambda team: Role.EDITOR,
    "staff.away_days": lambda team: "",
    "staff.last_day": lambda team: f"{team.editor.person}/editor",
    "staff.own_name": lambda team: "",
    "staff.own_service": lambda team: "",
}
