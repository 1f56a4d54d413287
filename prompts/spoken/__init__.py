"""Text for the ear: numbers, money, days and names as people say them, and writing made speakable."""

from prompts.spoken.amounts import digits, money, number, ordinal, percent, spelled
from prompts.spoken.days import day, time_of_day
from prompts.spoken.ear import for_the_ear
from prompts.spoken.facts import UnknownForm, fill, forms_in
from prompts.spoken.tongues import tongue_for

__all__ = [
    "UnknownForm",
    "day",
    "digits",
    "fill",
    "for_the_ear",
    "forms_in",
    "money",
    "number",
    "ordinal",
    "percent",
    "spelled",
    "time_of_day",
    "tongue_for",
]
