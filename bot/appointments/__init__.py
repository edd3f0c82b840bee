"""Appointments: weekly hours of contact points, free times, a talk that is booked once."""
