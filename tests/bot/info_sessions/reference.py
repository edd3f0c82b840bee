"""What seats and the waiting list must do, said a second time and as simply as possible."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.info_sessions.times import offer_time

PARTY_MAX = 5


@dataclass
class Waiting:
    person: int
    party: int
    passed: int | None = None


@dataclass
class Reference:
    """One info session; every method returns whether it was allowed."""

    seats: int
    closes_at: datetime
    starts_at: datetime
    ends_at: datetime
    confirmed: dict[int, int] = field(default_factory=dict)
    offered: dict[int, tuple[int, datetime]] = field(default_factory=dict)
    queue: list[Waiting] = field(default_factory=list)
    freed: int = 0
    cancelled: bool = False

    def free(self) -> int:
        offered = sum(party for party, _ in self.offered.values())
        return self.seats - sum(self.confirmed.values()) - offered

    def in_turn(self) -> list[Waiting]:
        return [
            each
            for each in self.queue
            if each.party <= self.seats and (each.passed is None or each.passed < self.freed)
        ]

    def settle(self, now: datetime) -> None:
        time = None if self.cancelled else offer_time(now, self.closes_at)
        for each in self.in_turn() if time else []:
            if each.party > self.free():
                break
            assert time is not None
            self.queue.remove(each)
            self.offered[each.person] = (each.party, time.until)

    def join(self, person: int, party: int, now: datetime) -> bool:
        if self.place_of(person):
            return now < self.ends_at
        if self.cancelled or now >= self.closes_at or not 1 <= party <= min(PARTY_MAX, self.seats):
            return False
        if not self.in_turn() and party <= self.free():
            self.confirmed[person] = party
        else:
            self.queue.append(Waiting(person, party))
        return True

    def leave(self, person: int, now: datetime) -> bool:
        return now < self.starts_at and self.remove(person, now)

    def remove(self, person: int, now: datetime) -> bool:
        """By a colleague: also when it has begun."""
        where = self.place_of(person)
        if self.cancelled or not where:
            return False
        self.freed += where == "confirmed"
        self.drop(person)
        self.settle(now)
        return True

    def accept(self, person: int) -> bool:
        if person in self.offered:
            self.confirmed[person] = self.offered.pop(person)[0]
        return person in self.confirmed

    def let_pass(self, person: int, now: datetime) -> bool:
        if person not in self.offered:
            return False
        self.queue.append(Waiting(person, self.offered.pop(person)[0], self.freed))
        self.settle(now)
        return True

    def change_party(self, person: int, party: int, now: datetime) -> bool:
        where = self.place_of(person)
        had = self.party_of(person)
        if self.cancelled or not where or now >= self.starts_at:
            return False
        if party == had:
            return True
        if not 1 <= party <= min(PARTY_MAX, self.seats):
            return False
        if where == "queue":
            (mine,) = (each for each in self.queue if each.person == person)
            if party > had:
                self.queue.remove(mine)
                self.queue.append(Waiting(person, party))
            mine.party = party
        elif party > had and (where == "offered" or self.in_turn() or party - had > self.free()):
            return False
        elif where == "offered":
            self.offered[person] = (party, self.offered[person][1])
        else:
            self.confirmed[person] = party
        self.freed += where != "queue" and party < had
        self.settle(now)
        return True

    def resize(self, seats: int, now: datetime) -> bool:
        if seats < self.seats - self.free():
            return False
        self.freed += seats > self.seats
        self.seats = seats
        self.settle(now)
        return True

    def expire(self, now: datetime) -> None:
        for person, (_, until) in list(self.offered.items()):
            if until <= now:
                self.drop(person)
        self.settle(now)

    def cancel(self) -> None:
        self.cancelled = True
        self.confirmed, self.offered, self.queue = {}, {}, []

    def place_of(self, person: int) -> str:
        if person in self.confirmed:
            return "confirmed"
        if person in self.offered:
            return "offered"
        return "queue" if any(each.person == person for each in self.queue) else ""

    def party_of(self, person: int) -> int:
        if person in self.confirmed:
            return self.confirmed[person]
        if person in self.offered:
            return self.offered[person][0]
        return next((each.party for each in self.queue if each.person == person), 0)

    def drop(self, person: int) -> None:
        self.confirmed.pop(person, None)
        self.offered.pop(person, None)
        self.queue = [each for each in self.queue if each.person != person]
