"""Info sessions: seats, a waiting list with timed offers, an interest list, the day itself."""
