"""Questions in the candidate's own words, and the approved answers to them."""
