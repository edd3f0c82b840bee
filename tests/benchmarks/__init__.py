"""`faq` is imported before numpy here: it says how many threads numpy may take."""

import faq as faq
