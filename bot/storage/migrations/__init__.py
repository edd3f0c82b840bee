"""Every change to the tables, in order: `versions/NNNN_what.py`, one number after the other."""
