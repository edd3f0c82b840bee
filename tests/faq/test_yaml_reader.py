"""What PyYAML would let through, and we do not (M-20, T-17, T-18)."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.yaml_reader import OutsideFolder, YamlProblem, inside, parse_yaml, read_yaml

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n"
    for before, name in zip("abcde", "bcdef", strict=True)
)


@pytest.mark.parametrize(
    ("text", "data"),
    [
        pytest.param("a: no", {"a": "no"}, id="no is a word"),
        pytest.param("a: on", {"a": "on"}, id="on is a word"),
        pytest.param("a: 10:00", {"a": "10:00"}, id="an hour is not 600"),
        pytest.param("a: 2026-11-21", {"a": "2026-11-21"}, id="a day is text until a day is meant"),
        pytest.param("a: 0475", {"a": "0475"}, id="a leading zero stays"),
        pytest.param("a: 1.50", {"a": "1.50"}, id="a trailing zero stays"),
        pytest.param("a: 0x1F", {"a": "0x1F"}, id="no hexadecimal"),
        pytest.param("a: 1e3", {"a": "1e3"}, id="no exponents"),
        pytest.param("a: .inf", {"a": ".inf"}, id="no infinity"),
        pytest.param("a: 112", {"a": 112}, id="a number"),
        pytest.param("a: '112'", {"a": "112"}, id="a quoted number is text"),
        pytest.param("a: true\nb: false", {"a": True, "b": False}, id="true and false"),
        pytest.param("a:\nb: ~\nc: null", {"a": None, "b": None, "c": None}, id="nothing"),
        pytest.param("no: 1\n1: x", {"no": 1, "1": "x"}, id="keys are text"),
        pytest.param("", None, id="an empty file"),
    ],
)
def test_t17_scalars_mean_what_an_editor_means(text: str, data: object) -> None:
    assert parse_yaml(text).data == data


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        pytest.param(BOMB, 1, "anchors", id="alias bomb"),
        pytest.param("a: 1\nb: *x", 2, "aliases", id="alias"),
        pytest.param("a: !!python/object:os.system x", 1, "tags", id="tag"),
        pytest.param("a: 1\na: 2", 2, "twice", id="key twice"),
        pytest.param("<<: {a: 1}", 1, "merging", id="merge"),
        pytest.param("[" * 10_000, 1, "20 levels", id="deep lists"),
        pytest.param("- " * 10_000, 1, "20 levels", id="deep dashes"),
        pytest.param("{a: " * 10_000, 1, "20 levels", id="deep mappings"),
        pytest.param("a: 1\n---\nb: 2", 2, "second document", id="two documents"),
        pytest.param("? [a]\n: b", 1, "cannot be a key", id="list as key"),
        pytest.param("a: b\n c: d\n e", 2, "", id="not YAML"),
        pytest.param("a: 'b\n", 2, "", id="quote not closed"),
        pytest.param("a\nb: \x07", 2, "character", id="control character"),
    ],
)
def test_t17_m20_odd_yaml_is_refused_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(YamlProblem) as refused:
        parse_yaml(text, "file.yaml")

    assert refused.value.problem.file == "file.yaml"
    assert refused.value.problem.line == line
    assert said in refused.value.problem.message


def test_t17_deepest_nesting_that_is_allowed() -> None:
    assert parse_yaml("[" * 20 + "]" * 20).data is not None


def test_t17_large_and_undecodable_files_are_refused(tmp_path: Path) -> None:
    large = tmp_path / "large.yaml"
    large.write_text("a: " + "x" * 256 * 1024)
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"a: 1\nb: caf\xe9\n")

    with pytest.raises(YamlProblem, match=r"large\.yaml:1: is larger than 256 kB"):
        read_yaml(large)
    with pytest.raises(YamlProblem, match=r"latin\.yaml:2: is not UTF-8"):
        read_yaml(latin)
    with pytest.raises(YamlProblem, match=r"none\.yaml:1: cannot be read"):
        read_yaml(tmp_path / "none.yaml")


def test_every_value_knows_its_line() -> None:
    located = parse_yaml("- id: a\n  languages:\n    nl:\n      answer: |-\n        x\n- id: b\n")

    assert located.line((0, "languages", "nl", "answer")) == 4
    assert located.line((1, "id")) == 6
    assert located.line((1, "missing")) == 6
    assert [item.line() for item in located.items()] == [1, 6]


TRAVERSALS = [
    "../secret.yaml",
    "../../etc/passwd",
    "..",
    ".",
    "",
    "/etc/passwd",
    "/etc/x.yaml",
    "a/../../x.yaml",
    "./../x.yaml",
    "content/../../x.yaml",
    "..\\x.yaml",
    "a\\..\\x.yaml",
    "C:\\x.yaml",
    "C:/x.yaml",
    "\\\\host\\x.yaml",
    "%2e%2e/x.yaml",
    "..%2fx.yaml",
    "%2e%2e%2fx.yaml",
    "..%c0%afx.yaml",
    "....//../x.yaml",
    "~/x.yaml",
    "~",
    "file:///etc/x.yaml",
    "http://host/x.yaml",
    "x.yaml\0.txt",
    "a\0/x.yaml",
    "x.py",
    "x",
    "x.yaml.exe",
    ".yaml",
    "link.yaml",
    "linked/x.yaml",
    "x.YAML/../../y.yaml",
]


@pytest.mark.parametrize("name", TRAVERSALS)
def test_t18_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "content"
    folder.mkdir()
    (tmp_path / "secret.yaml").write_text("a: 1")
    (folder / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (folder / "linked").symlink_to(tmp_path)

    with pytest.raises(OutsideFolder):
        inside(folder, name)


def test_t18_names_in_the_folder_are_allowed(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()

    assert inside(tmp_path, "a/x.yaml") == tmp_path / "a" / "x.yaml"


ANY = st.text(max_size=300) | st.text(alphabet="[]{}-:? &*!|>'\"#%@,\n\tab1", max_size=200)


@given(ANY)
def test_t17_whatever_is_written_gives_data_or_a_problem(text: str) -> None:
    with contextlib.suppress(YamlProblem):
        parse_yaml(text)
