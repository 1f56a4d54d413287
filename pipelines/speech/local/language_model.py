"""A trigram language model with Witten-Bell smoothing, written as an ARPA file.

Witten, Bell (1991), "The zero-frequency problem"; the file format is described in SRILM's ngram-format(5).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import log10

from pipelines.speech.local.sentences import Sentence

START, END = "<s>", "</s>"
_ORDER = 3
_NEVER = -99.0
"""The base-ten logarithm that stands for probability zero: nothing follows from `<s>` as a word."""

Gram = tuple[str, ...]


class TrigramModel:
    """Probabilities of words after up to two others, complete: each history's probabilities add up to one."""

    def __init__(self, sentences: Iterable[Sentence]) -> None:
        self._counts: list[defaultdict[Gram, float]] = [defaultdict(float) for _ in range(_ORDER)]
        for sentence in sentences:
            self._count(sentence)
        self._total: defaultdict[Gram, float] = defaultdict(float)
        self._novelty: defaultdict[Gram, float] = defaultdict(float)
        for counts in self._counts:
            for gram, count in counts.items():
                self._total[gram[:-1]] += count
                # A pair seen less than once is less proof that new pairs come here.
                self._novelty[gram[:-1]] += min(1.0, count)
        self._vocabulary = len(self._counts[0])

    @property
    def words(self) -> frozenset[str]:
        return frozenset(gram[0] for gram in self._counts[0]) - {END}

    def probability(self, gram: Gram) -> float:
        """Of the last word after the ones before it."""
        if not gram:
            return 1.0 / self._vocabulary
        history, count = gram[:-1], self._counts[len(gram) - 1].get(gram, 0.0)
        new, total = self._novelty[history], self._total[history]
        lower = self.probability(gram[1:])
        return lower if total == 0.0 else (count + new * lower) / (total + new)

    def arpa(self) -> Iterator[str]:
        """The model's lines."""
        yield "\\data\\"
        for order, counts in enumerate(self._counts, start=1):
            yield f"ngram {order}={len(counts) + (order == 1)}"
        for order, counts in enumerate(self._counts, start=1):
            yield f"\n\\{order}-grams:"
            if order == 1:
                yield f"{_NEVER} {START} {self._back_off((START,)):.4f}"
            for gram in sorted(counts):
                line = f"{log10(self.probability(gram)):.4f} {' '.join(gram)}"
                continues = order < _ORDER and self._total.get(gram, 0.0) > 0.0
                yield f"{line} {self._back_off(gram):.4f}" if continues else line
        yield "\n\\end\\"

    def _count(self, sentence: Sentence) -> None:
        padded = (START, *sentence.words, END)
        for end in range(2, len(padded) + 1):
            for order in range(1, min(_ORDER, end) + 1):
                self._counts[order - 1][padded[end - order : end]] += sentence.weight

    def _back_off(self, history: Gram) -> float:
        new = self._novelty[history]
        return log10(new / (self._total[history] + new))
