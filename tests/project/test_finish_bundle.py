"""What `make build` does to the bundles that sam has built."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from gzip import compress
from pathlib import Path
from types import ModuleType

import botocore
import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "finish_bundle.py"
SOURCE = ROOT / "src" / "recommendation_applier"


def load() -> ModuleType:
    """Import the script, which is no module of a package."""
    spec = importlib.util.spec_from_file_location("finish_bundle", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


script = load()


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A small bundle, as sam builds one."""
    made = tmp_path / "build" / "ApplyFunction"
    data = made / "botocore" / "data"
    for name in ("sqs", "ec2"):
        service = data / name / "2012-11-05"
        service.mkdir(parents=True)
        model = {
            "documentation": "<p>Queues.</p>",
            "shapes": {"Page": {"members": {"documentation": {"shape": "Text"}}}},
        }
        (service / "service-2.json.gz").write_bytes(compress(json.dumps(model).encode()))
        (service / "examples-1.json").write_text("{}")
    endpoints = {"version": 3, "partitions": [{"services": {"sqs": {"endpoints": {}}, "ec2": {}}}]}
    (data / "endpoints.json").write_text(json.dumps(endpoints))
    (data / "partitions.json").write_text("{}")
    command = made / "recommendation_applier" / "entrypoints" / "cli"
    command.mkdir(parents=True)
    (command / "main.py").write_text("app = None\n")
    (made / "recommendation_applier" / "kept.py").write_text("def fail():\n    raise OSError\n")
    return made


def test_services_that_nobody_speaks_to_are_taken_away(bundle: Path) -> None:
    """With their endpoints; what all of them share stays."""
    script.trim(bundle)

    data = bundle / "botocore" / "data"
    assert sorted(path.name for path in data.iterdir()) == [
        "endpoints.json",
        "partitions.json",
        "sqs",
    ]
    assert json.loads((data / "endpoints.json").read_text()) == {
        "version": 3,
        "partitions": [{"services": {"sqs": {"endpoints": {}}}}],
    }


def test_models_keep_everything_but_their_sentences(bundle: Path) -> None:
    """A member may be called documentation: that is a shape, and no sentence."""
    script.trim(bundle)

    service = bundle / "botocore" / "data" / "sqs" / "2012-11-05"
    assert [path.name for path in service.iterdir()] == ["service-2.json"]
    assert json.loads((service / "service-2.json").read_text()) == {
        "shapes": {"Page": {"members": {"documentation": {"shape": "Text"}}}}
    }


def test_the_operators_command_is_taken_away(bundle: Path) -> None:
    """Nothing needs it: import-linter holds that."""
    script.trim(bundle)

    assert [path.name for path in (bundle / "recommendation_applier").rglob("*.py")] == ["kept.py"]


def test_it_is_finished_twice_as_well_as_once(bundle: Path) -> None:
    """Whoever runs it by hand may have forgotten that `make build` did."""
    script.trim(bundle)
    before = {path: path.read_bytes() for path in bundle.rglob("*") if path.is_file()}

    script.trim(bundle)

    assert {path: path.read_bytes() for path in bundle.rglob("*") if path.is_file()} == before


def test_what_is_compiled_names_no_place_of_this_machine(bundle: Path) -> None:
    """A traceback names the file in /var/task; the time of the source means nothing."""
    assert script.compile_all(bundle)

    [found] = (bundle / "recommendation_applier" / "__pycache__").glob("kept.*.pyc")
    content = found.read_bytes()
    assert int.from_bytes(content[4:8], "little") == 0b01  # by a hash that is not checked
    assert b"/var/task/recommendation_applier/kept.py" in content
    assert str(bundle).encode() not in content


def test_what_cannot_be_compiled_is_told(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The build fails with the name of the file."""
    (bundle / "recommendation_applier" / "kept.py").write_text("def\n")

    assert script.main([str(bundle.parent)], runtime=sys.version_info[:2]) == 1
    told = capsys.readouterr()
    assert "kept.py" in told.out + told.err
    assert f"{bundle} could not be compiled" in told.err


@pytest.mark.parametrize(
    ("runtime", "arguments", "sentence"),
    [
        ((2, 7), ["build"], "must be run by Python 2.7, the functions' own"),
        (sys.version_info[:2], ["nowhere"], "no function is built in nowhere: run `sam build`"),
        (sys.version_info[:2], [], "usage: finish_bundle.py BUILD_DIR"),
    ],
)
def test_what_it_cannot_do_is_one_sentence(
    runtime: tuple[int, int],
    arguments: list[str],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Compiled by another Python, everything would be compiled anew at each start."""
    assert script.main(arguments, runtime=runtime) == 1
    assert sentence in capsys.readouterr().err


def test_the_services_are_those_that_functions_make_clients_of() -> None:
    """A client of another one could not be made in Lambda."""
    named = {
        name
        for path in SOURCE.rglob("*.py")
        if "cli" not in path.parts
        for name in re.findall(r'client\("([a-z0-9-]+)"', path.read_text())
    }

    assert named == script.SERVICES


def test_a_client_of_each_service_can_be_made_of_what_is_left(tmp_path: Path) -> None:
    """With the operations and the endpoints that botocore's own data gives it."""
    packages = Path(botocore.__file__).parents[1]
    bundle = tmp_path / "ApplyFunction"
    shutil.copytree(
        packages / "botocore",
        bundle / "botocore",
        ignore=lambda folder, names: (
            set(names) - script.SERVICES - {name for name in names if name.endswith(".json")}
            if Path(folder) == packages / "botocore" / "data"
            else {"__pycache__"}
        ),
    )
    (bundle / "recommendation_applier").mkdir()
    before = clients_of(packages)

    script.trim(bundle)

    assert clients_of(bundle) == before


def clients_of(folder: Path) -> object:
    """Make a client of each service in each region, out of *folder*'s botocore."""
    program = f"""
import json, botocore, botocore.session
session = botocore.session.Session()
assert botocore.__file__.startswith({str(folder)!r}), botocore.__file__
print(json.dumps([
    [
        client.meta.endpoint_url,
        {{
            name: [
                str(model.input_shape and sorted(model.input_shape.members)),
                str(model.output_shape and sorted(model.output_shape.members)),
                sorted(shape.name for shape in model.error_shapes),
            ]
            for name in client.meta.service_model.operation_names
            for model in [client.meta.service_model.operation_model(name)]
        }},
    ]
    for service in {sorted(script.SERVICES)}
    for region in ("us-east-1", "eu-west-1", "us-west-2")
    for client in [session.create_client(service, region, aws_access_key_id="a",
                                         aws_secret_access_key="b")]
]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)
