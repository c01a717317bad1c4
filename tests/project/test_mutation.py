"""What `make mutate` lets pass, it lets pass for a reason that still holds."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mutation.mutants import (
    PACKAGE,
    Mutant,
    explanation_of,
    read_equivalents,
    read_mutants,
    table_of,
)

SOURCE = Path(__file__).parents[2] / "src" / PACKAGE
RESULTS = """
    recommendation_applier.domain.dates.x__in_utc__mutmut_1: killed
    recommendation_applier.domain.dates.x__in_utc__mutmut_2: survived
    recommendation_applier.domain.ledger.xǁKnownǁas_seen_by__mutmut_1: timeout
    recommendation_applier.domain.ledger.x_kept_until__mutmut_10: no tests
    recommendation_applier.use_cases.ledger.xǁLedgerǁ_take__mutmut_3: not checked
"""
DIFF = """\
--- src/recommendation_applier/domain/dates.py
+++ src/recommendation_applier/domain/dates.py
@@ -1,3 +1,3 @@
 def _in_utc(moment):
-    return a(
-        moment)
+    return None
"""
EXPLAINED = """
[[equivalent]]
function = "domain.dates._in_utc"
was = '''
return a(
    moment)
'''
becomes = ["return 0", "return None"]
why = "It is the same."
"""


LOCK = SOURCE.parents[1] / "requirements" / "mutmut.txt"
COLLECTING = """
import re, sys
from importlib.metadata import packages_distributions

import pytest

allowed, distributions = set(sys.argv[1].split(",")), packages_distributions()

def canonical(name):
    return re.sub("[-_.]+", "-", name).lower()

class Refusal:
    def find_spec(self, name, path=None, target=None):
        packages = distributions.get(name.partition(".")[0], ())
        if packages and not allowed.intersection(map(canonical, packages)):
            raise ModuleNotFoundError(f"{name} is not in the environment of make mutate")

sys.meta_path.insert(0, Refusal())
plugins = ["-p", "pytest_socket", "-p", "_hypothesis_pytestplugin"]
sys.exit(pytest.main(["--collect-only", "-qq", *plugins, *sys.argv[2:]]))
"""


def functions(path: Path) -> Iterator[tuple[str, str]]:
    """Give the functions of a module, named like mutants, with their lines stripped."""
    text = path.read_text()
    module = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
    tree = ast.parse(text)
    owners: list[tuple[str, ast.AST]] = [("", tree)]
    owners += [(f"{each.name}.", each) for each in tree.body if isinstance(each, ast.ClassDef)]
    for owner, node in owners:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef):
                source = ast.get_source_segment(text, child) or ""
                lines = "\n".join(line.strip() for line in source.splitlines())
                yield f"{module}.{owner}{child.name}", lines


def test_every_explanation_is_of_a_line_that_exists() -> None:
    """Once the code changes, its explanation has to be thought about again."""
    sources = dict(each for path in SOURCE.rglob("*.py") for each in functions(path))

    for each in read_equivalents():
        assert each.was in sources[each.function], each.function
        assert each.becomes
        assert each.why.endswith("."), each.why


def test_what_is_run_for_each_mutant_needs_no_more_than_is_installed_for_it() -> None:
    """The unit tests of domain and use_cases: without AWS, without HTTP, without a template."""
    root = SOURCE.parents[1]
    allowed = re.findall(r"^([a-z0-9._-]+)==", LOCK.read_text(), flags=re.MULTILINE)
    configured = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["mutmut"]
    tests = configured["pytest_add_cli_args_test_selection"]

    done = subprocess.run(
        [sys.executable, "-c", COLLECTING, ",".join([*allowed, "recommendation-applier"]), *tests],
        cwd=root,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_explanations_are_in_order_and_given_once() -> None:
    """A reader finds them, and none contradicts another."""
    explained = [(each.function, each.was) for each in read_equivalents()]

    assert explained == sorted(explained, key=lambda one: one[0])
    assert len(explained) == len(set(explained))


def test_what_mutmut_found_is_read() -> None:
    """Functions and methods go by their own names; what was not asked for is left out."""
    found = [(each.module, each.function, each.status) for each in read_mutants(RESULTS)]

    assert found == [
        ("domain.dates", "domain.dates._in_utc", "killed"),
        ("domain.dates", "domain.dates._in_utc", "survived"),
        ("domain.ledger", "domain.ledger.Known.as_seen_by", "timeout"),
        ("domain.ledger", "domain.ledger.kept_until", "no tests"),
    ]


def test_a_name_that_is_not_understood_is_told() -> None:
    """No mutant is passed over in silence."""
    with pytest.raises(ValueError, match=r"not known: elsewhere\.x_f__mutmut_1"):
        read_mutants("    elsewhere.x_f__mutmut_1: survived")


def test_a_mutant_is_explained_by_its_function_and_its_lines() -> None:
    """Another function, or another change of the same lines, is another matter."""
    explained = read_equivalents(EXPLAINED)
    mutant = Mutant("key", "survived", "domain.dates", "domain.dates._in_utc")
    other = Mutant("key", "survived", "domain.dates", "domain.dates.other")

    assert explanation_of(mutant, DIFF, explained) is explained[0]
    assert explanation_of(other, DIFF, explained) is None
    assert explanation_of(mutant, DIFF.replace("None", "1"), explained) is None
    assert explanation_of(mutant, DIFF.replace("a(", "b("), explained) is None


def test_the_table_counts_each_mutant_once() -> None:
    """What no test reaches has survived."""
    mutants = read_mutants(RESULTS)

    table = table_of(mutants, equivalent=frozenset({mutants[1].key}))

    assert [line.split() for line in table.splitlines()] == [
        ["module", "mutants", "killed", "timeouts", "equivalent", "survived"],
        ["domain.dates", "2", "1", "0", "1", "0"],
        ["domain.ledger", "2", "0", "1", "0", "1"],
        ["all", "4", "1", "1", "1", "1"],
    ]
