"""An index on disk: numpy arrays and JSON in one file, no pickle; rebuilt when it is not right."""

import hashlib
import json
import os
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from faq.classifier import Spoken
from faq.features import Vocabulary
from faq.index import Class, Index, Phrasing
from faq.language import Languages
from faq.postings import Postings
from faq.synonyms import Synonyms

_CODE = (
    "classifier",
    "features",
    "index",
    "language",
    "markup",
    "normalise",
    "postings",
    "synonyms",
)
_POSTINGS = ("starts", "texts", "amounts", "row_of", "rows")


@cache
def code_version() -> str:
    """Changes with the code that builds an index, so that an old file is never read by new code."""
    digest = hashlib.sha256()
    for name in _CODE:
        digest.update(Path(__file__).with_name(f"{name}.py").read_bytes())
    return digest.hexdigest()


def path_of(folder: Path, digest: str) -> Path:
    key = hashlib.sha256(f"{digest} {code_version()} {np.__version__}".encode()).hexdigest()
    return folder / f"index-{key[:24]}.npz"


def save(index: Index, path: Path) -> None:
    """Write at once or not at all; other indexes in the folder are old and are removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    described = {
        "classes": [(c.kind, c.id) for c in index.classes],
        "phrasings": [(p.of, p.language, p.shown, p.words) for p in index.phrasings],
        "terms": list(index.vocabulary.terms),
        "tags": index.languages.tags,
        "pieces": index.languages.known,
        "synonyms": index.vocabulary.synonyms.groups,
    }
    text = json.dumps(described, ensure_ascii=False, separators=(",", ":"))
    arrays: dict[str, Any] = {
        "described": np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8),
        "vocabulary": index.vocabulary.weights,
        "weights": index.weights,
        "spoken_row_of": index.spoken.row_of,
        "spoken_rows": index.spoken.rows,
        "norms": index.norms,
        "logs": index.languages.logs,
        **_flat("postings", index.postings),
    }
    if index.answers is not None:
        arrays |= _flat("answers", index.answers) | {"answer_of": index.answer_of}
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    for other in path.parent.glob("index-*.npz"):
        if other != path:
            other.unlink(missing_ok=True)


def read(path: Path) -> Index | None:
    """The index, or None when there is none or it is damaged."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        described = json.loads(arrays["described"].tobytes().decode("utf-8", "surrogatepass"))
        classes = tuple(Class(kind, id_) for kind, id_ in described["classes"])
        phrasings = tuple(
            Phrasing(of, language, shown, tuple(words))
            for of, language, shown, words in described["phrasings"]
        )
        terms = {term: place for place, term in enumerate(described["terms"])}
        index = Index(
            classes=classes,
            phrasings=phrasings,
            vocabulary=Vocabulary(terms, arrays["vocabulary"], Synonyms(described["synonyms"])),
            postings=_postings("postings", len(phrasings), arrays),
            weights=arrays["weights"],
            spoken=Spoken(arrays["spoken_row_of"], arrays["spoken_rows"]),
            norms=arrays["norms"],
            answers=_postings("answers", len(arrays["answer_of"]), arrays)
            if "answer_of" in arrays
            else None,
            answer_of=arrays.get("answer_of", np.empty(0, np.int32)),
            languages=Languages(described["tags"], described["pieces"], arrays["logs"]),
        )
        whole = index.weights.shape == (len(phrasings), len(classes)) and len(terms) == len(
            index.vocabulary.weights
        )
        whole = whole and index.spoken.rows.shape[1] == len(classes)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, SyntaxError):
        return None
    return index if whole else None


def _flat(name: str, postings: Postings) -> dict[str, Any]:
    return {f"{name}_{field}": getattr(postings, field) for field in _POSTINGS}


def _postings(name: str, size: int, arrays: dict[str, Any]) -> Postings:
    return Postings(size, *(arrays[f"{name}_{field}"] for field in _POSTINGS))
