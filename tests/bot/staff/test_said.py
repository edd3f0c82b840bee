"""What colleagues are told, in their own language, with the role in it."""

from bot.notifications.delivery import Delivery
from bot.notifications.message import Message
from bot.notifications.pacing import Pacer
from bot.people.service import People
from bot.staff import Role, Staff
from bot.storage.database import Database
from bot.texts import Texts
from tests.support.clock import FakeClock


class Phone:
    def __init__(self) -> None:
        self.heard: list[tuple[int, str, list[str | None]]] = []

    async def send(self, account: int, message: Message) -> int:
        buttons = [button.data for row in message.buttons for button in row]
        self.heard.append((account, str(message.text), buttons))
        return len(self.heard)


class NoHurry(Pacer):
    def wait_for(self, chat: int) -> float:
        return 0


async def test_t1_the_conversation_around_an_invitation(
    sqlite_database: Database, clock: FakeClock
) -> None:
    staff = Staff(sqlite_database, clock)
    people = People(sqlite_database, clock)
    sofie, els, bram = [
        (await people.arrived(account, language)).id
        for account, language in ((1, "nl"), (2, "fr"), (3, "de"))
    ]
    for coordinator, name in ((sofie, "Sofie"), (els, "Els")):
        invited = await staff.invite(None, Role.COORDINATOR, name=name)
        await staff.redeem(coordinator, invited.code)
    phone = Phone()
    delivery = Delivery(sqlite_database, phone, NoHurry(), Texts.load(), now=clock)
    await delivery.deliver_due()
    phone.heard.clear()

    invited = await staff.invite(sofie, Role.TECHNICAL, name="Bram")
    await staff.redeem(bram, invited.code, called="<b>Bram</b> \u202e✅")
    await delivery.deliver_due()
    await staff.confirm(sofie, invited.id, yes=True)
    await delivery.deliver_due()
    await staff.confirm(els, invited.id, yes=True)
    await delivery.deliver_due()
    await staff.revoke(sofie, bram)
    await delivery.deliver_due()

    yes_no = [f"staff.confirm:{invited.id}", f"staff.decline:{invited.id}"]
    assert [(account, buttons) for account, _, buttons in phone.heard] == [
        (1, yes_no),
        (2, yes_no),
        (3, ["staff.open"]),
        (2, ["staff.open"]),
        (3, []),
    ]
    said = [text for _, text, _ in phone.heard]
    assert "&lt;b&gt;Bram&lt;/b&gt;»" in said[0]
    assert "De rol is: technisch beheerder. Is dit Bram?" in said[0]
    assert said[1].startswith("Bram est invité comme collègue. Le rôle : gestionnaire technique.")
    assert "Ihre Rolle: technischer Verwalter." in said[2]
    assert said[3].startswith("Bram est maintenant collègue.")
    assert said[4].startswith("Eine Ihrer Rollen ist beendet: technischer Verwalter.")
