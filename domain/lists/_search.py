"""Finding by text: beginnings of words, any spelling of a phone, composed or decomposed letters alike. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from domain.errors import Invalid
from domain.values import PhoneNumber

_FEWEST_DIGITS = 4  # a part of a phone number that is worth looking for


def folded(text: str) -> str:
    """The text as it is compared: NFKC and without case; what can't be seen is left out."""
    if text.isascii():
        return text.lower()  # the same, a hundred times faster
    same = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(c for c in same if unicodedata.category(c) != "Cf")


def words_of(text: str) -> list[str]:
    """The words of a text, folded: as they stand between blanks, and in parts at punctuation.

    Signs that belong to a letter (the vowels of Indian scripts) aren't punctuation, so `\\w` wouldn't do.
    """
    found: list[str] = []
    for word in folded(text).split():
        found.append(word)
        if not word.isalnum():
            parts = "".join(" " if unicodedata.category(c)[0] in "PSZ" else c for c in word).split()
            found += [part for part in parts if part != word]
    return found


def haystack(*, texts: Iterable[str | None], ids: Iterable[str]) -> str:
    """One string in which `Wanted` finds the beginnings of the words of `texts` and of whole `ids`."""
    words = [word for text in texts if text for word in words_of(text)]
    for identifier in ids:
        words += (identifier.lower(), identifier.partition("-")[2])
    return " " + " ".join(dict.fromkeys(words))


class Wanted:
    """What was typed into a search, ready to be compared with many. Every word typed has to be found."""

    def __init__(self, typed: str) -> None:
        self._starts = tuple(" " + word for word in folded(typed).split())
        self._phone, self._digits = _phone_in(typed)
        dialled = self._digits.lstrip("0") if self._digits.startswith("0") else ""
        self._dialled = (f"+91{dialled}", f"+{dialled}") if len(dialled) >= _FEWEST_DIGITS else ()

    @property
    def only_word(self) -> str | None:
        """As it stands in a `haystack`, if one word was typed and no part of a phone."""
        alone = len(self._starts) == 1 and not self._phone and not self._digits
        return self._starts[0] if alone else None

    def found_in(self, words: str, phone: str) -> bool:
        """Whether a `haystack` or an E.164 number has it."""
        return self.found_in_phone(phone) or all(start in words for start in self._starts)

    def found_in_phone(self, phone: str) -> bool:
        """Whether it is this phone number, or a part of it; the first digits may follow a 0 or 0091, as dialled."""
        if self._phone or not self._digits:
            return bool(phone) and phone == self._phone
        return self._digits in phone or phone.startswith(self._dialled)


def _phone_in(typed: str) -> tuple[str, str]:
    """A whole number in E.164, or the digits of a part of one; both empty if it isn't a phone."""
    try:
        return PhoneNumber.parse(typed).e164, ""
    except Invalid:
        pass
    text = folded(typed)
    if any(c.isalpha() for c in text):
        return "", ""
    digits = "".join(str(unicodedata.digit(c)) for c in text if c.isdecimal())
    return "", digits if len(digits) >= _FEWEST_DIGITS else ""
