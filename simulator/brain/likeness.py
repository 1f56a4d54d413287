"""How like a text is to examples: tf-idf over words, word pairs and letter triples, with cosine."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from simulator.brain.spoken import is_number_word, words

Vector = Mapping[str, float]

_FILLERS = frozenset(
    {"uh", "um", "erm", "er", "ah", "hmm", "hm", "well", "like", "please"}
    | {"just", "actually", "basically", "so", "yeah", "okay", "ok"}
)
_LONG_FORMS = {
    "where's": "where is", "what's": "what is", "when's": "when is", "it's": "it is", "that's": "that is",
    "how's": "how is", "who's": "who is", "i'm": "i am", "i'd": "i would", "i've": "i have",
    "you're": "you are",
    "haven't": "have not", "hasn't": "has not", "didn't": "did not", "doesn't": "does not", "don't": "do not",
    "can't": "can not", "cannot": "can not", "won't": "will not", "isn't": "is not", "wanna": "want to",
    "gonna": "going to", "gotta": "have to", "wasn't": "was not", "couldn't": "could not", "i'll": "i will",
}  # fmt: skip
_FRAME = re.compile(
    r"\b(?:i (?:would like|want|wanted|need|am trying|have) to (?:know|ask|find out|check)(?: about| if)?"
    r"|(?:can|could|would|will) (?:you|i) (?:tell|check|find out|ask|please)(?: me| about| if| please)?"
    r"|tell me|i (?:was|am) (?:just )?wondering(?: about| if)?|i am (?:just )?calling(?: about| because)?"
    r"|do you know|i (?:just )?want to know|i have a question about)\b"
)
"""What stands before a wish and says nothing of it."""
_DAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b")
_COMMON = frozenset({"i", "my", "you", "is", "it", "the", "a", "to", "do", "me", "that", "this", "of", "in"})
_LETTERS_WEIGHT = 0.4
_PAIR_WEIGHT = 0.8
_COMMON_WEIGHT = 0.5


def content(text: str) -> list[str]:
    """The words that carry meaning: fillers and frames gone, every number one `#`, every weekday one word."""
    spoken = words(text)
    opened = " ".join(_LONG_FORMS.get(word, word) for word in spoken)
    unframed = _DAY.sub("weekday", _FRAME.sub(" ", opened))
    plain: list[str] = []
    for word in (unframed if set(unframed.split()) - _COMMON else opened).split():
        if is_number_word(word) and word not in {"one", "o", "oh"}:
            if plain[-1:] != ["#"]:
                plain.append("#")
        elif word not in _FILLERS and not (word == "one" and plain[-1:] == ["#"]):
            plain.append(word)
    return plain or spoken


def stem(word: str) -> str:
    """A rough root, the same for "delivered", "delivers" and "delivery"."""
    return re.sub(r"(?<=\w{3})(?:ies|ied|ing|ed|es|s|y|e)$", "", word)


def features(text: str) -> dict[str, float]:
    """Weights; `=` marks a word, `+` a pair and `~` letters."""
    plain = content(text)
    stems = [stem(word) for word in plain]
    weights = {f"={stem(word)}": _COMMON_WEIGHT if word in _COMMON else 1.0 for word in plain}
    for first, second in zip(["^", *stems], [*stems, "$"], strict=True):
        weights[f"+{first} {second}"] = _PAIR_WEIGHT
    for word in set(plain) - _COMMON:
        padded = f"<{word}>"
        for at in range(len(padded) - 2):
            weights[f"~{padded[at : at + 3]}"] = _LETTERS_WEIGHT
    return weights


class Likeness:
    """Examples with labels, searched through an inverted index."""

    def __init__(self, examples: Iterable[tuple[str, str]]) -> None:
        """`examples` are (label, text)."""
        pairs = list(examples)
        vectors = [features(text) for _, text in pairs]
        seen_in = Counter(feature for vector in vectors for feature in vector)
        self._idf = {feature: math.log(1 + len(pairs) / count) for feature, count in seen_in.items()}
        self._unseen = math.log(1 + len(pairs))
        self._labels = [label for label, _ in pairs]
        self._index: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, vector in enumerate(vectors):
            for feature, weight in self._weighed(vector).items():
                self._index[feature].append((number, weight))

    def scores(self, text: str) -> dict[str, float]:
        """Label to likeness, 0 to 1: mostly the nearest example, partly its label's next ones."""
        likeness: dict[int, float] = defaultdict(float)
        for feature, weight in self._weighed(features(text)).items():
            for number, other in self._index.get(feature, ()):
                likeness[number] += weight * other
        nearest: dict[str, list[float]] = defaultdict(list)
        for number, value in likeness.items():
            nearest[self._labels[number]].append(value)
        return {label: _blend(values) for label, values in nearest.items()}

    def _weighed(self, vector: Vector) -> dict[str, float]:
        weighed = {
            feature: weight * self._idf.get(feature, self._unseen * 0.5) for feature, weight in vector.items()
        }
        length = math.sqrt(sum(value * value for value in weighed.values())) or 1.0
        return {feature: value / length for feature, value in weighed.items()}


def _blend(values: list[float]) -> float:
    best = sorted(values, reverse=True)[:3]
    return 0.75 * best[0] + 0.25 * sum(best) / 3
