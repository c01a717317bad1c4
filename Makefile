# Everything that is done here, by people and by build machines alike: `make` lists it.
# Needs make and Python 3.11 or newer; `test` and `build` also Python 3.13, the function's own, and
# `test` Linux, since it runs the bundle that is built for Lambda, and Chromium or Chrome.
# No account, no Docker. Each tool has its own virtual environment, made from a lock with hashes
# when it is first needed and again when its lock changes; what setting up says goes to stderr.

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory --no-builtin-rules
.SUFFIXES:
.DEFAULT_GOAL := help

PYTHON ?= python3
ARCHITECTURE ?= arm64
BUILD_DIR ?= .aws-sam/build

export SAM_CLI_TELEMETRY := 0

# Packages are installed without being compiled (see `install`): what is not kept once it has been
# compiled is compiled anew by each of the many processes that tests start.
unexport PYTHONDONTWRITEBYTECODE

DEVELOPMENT := .venv/installed.txt
SAM := .tools/sam/installed.txt
CHECKOV := .tools/checkov/installed.txt
MUTMUT := .tools/mutmut/installed.txt
RUNTIME := .tools/runtime/installed.txt

.PHONY: help
help: ## list what can be done
	@sed -n 's/^\([a-z]*\):.* ## /\1\t/p' Makefile | expand -t 10

.PHONY: run
run: $(DEVELOPMENT) ## the whole job on this machine: FAULTS=throttle,partial,outage and JSON=1 if wanted
	@PYTHONPATH=src .venv/bin/python -m tests.emulator \
		$(if $(FAULTS),--faults $(FAULTS)) $(if $(filter-out 0,$(JSON)),--json) $(ARGS)

# pytest comes last, so that its closing line is the last one printed.
.PHONY: test
test: ## every check and every test
	@$(MAKE) chromium
	@$(MAKE) --jobs=4 tools
	@$(MAKE) lint
	@.tools/sam/bin/sam validate --lint
	@.tools/checkov/bin/checkov --config-file .checkov.yaml
	@.venv/bin/python -m pytest --numprocesses=auto --dist=worksteal \
		--cov --cov-config=pyproject.toml $(ARGS)

.PHONY: lint
lint: $(DEVELOPMENT) ## style, types, import rules and the template
	@.venv/bin/ruff check --quiet
	@.venv/bin/ruff format --check --quiet
	@.venv/bin/mypy
	@PYTHONPATH=src .venv/bin/lint-imports --no-logo
	@.venv/bin/cfn-lint template.yaml

.PHONY: bench
bench: $(DEVELOPMENT) $(SAM) $(RUNTIME) ## what it costs and how fast it is: PAGES="cost", PLOT=cost.svg and JSON=1 if wanted
	@PYTHONPATH=src .venv/bin/python -m tests.bench \
		$(if $(filter-out 0,$(JSON)),--json) $(if $(PLOT),--plot $(PLOT)) $(PAGES) $(ARGS)

.PHONY: simulate
simulate: $(DEVELOPMENT) ## virtual time: SEEDS=2000 or 17..40 or 3,5; SEED=17 with its story; BUGS=1
	@PYTHONPATH=src .venv/bin/python -m tests.simulation $(if $(PROFILE),--profile $(PROFILE)) \
		$(if $(SEEDS),--seeds $(SEEDS)) $(if $(SEED),--seed $(SEED)) \
		$(if $(OUTAGE),--outage $(OUTAGE)) $(if $(filter-out 0,$(BUGS)),--bugs) $(ARGS)

# sam looks for the function's Python on PATH and is satisfied with the one of .tools/runtime.
# FINISH=0 leaves the bundles as sam makes them, for the bench to compare.
.PHONY: build
build: $(SAM) $(RUNTIME) ## the bundle, as `sam deploy` would ship it: ARCHITECTURE=x86_64 if wanted
	@PATH="$(CURDIR)/.tools/runtime/bin:$$PATH" .tools/sam/bin/sam build \
		--build-dir "$(BUILD_DIR)" --parameter-overrides Architecture=$(ARCHITECTURE)
	@$(if $(filter 0,$(FINISH)),:,.tools/runtime/bin/python scripts/finish_bundle.py "$(BUILD_DIR)")

# Not a part of `test`: it runs the unit tests some thousand times.
.PHONY: mutate
mutate: $(MUTMUT) ## mutation tests of the rules: MODULES="domain.ledger use_cases.ledger" if wanted
	@.tools/mutmut/bin/python -m tests.mutation $(MODULES) $(ARGS)

.PHONY: tools
tools: $(DEVELOPMENT) $(SAM) $(CHECKOV) $(RUNTIME) ## the virtual environments alone

# What the report's page is tested in. Where there is none and it may be installed, it is: a build
# machine is mostly Debian, and its user mostly root.
.PHONY: chromium
chromium:
	@scripts/find-chromium >/dev/null 2>&1 || { \
		test "$$(id -u)" = 0 && command -v apt-get >/dev/null && echo "Setting up Chromium" && \
		apt-get update --quiet && \
		DEBIAN_FRONTEND=noninteractive apt-get install --quiet --yes --no-install-recommends chromium; \
	} >&2 || true
	@scripts/find-chromium >/dev/null

# A copy of the lock is the sign of a finished environment: a lock that was only touched changes
# nothing, and an interrupted installation is started over. --no-deps since a lock is complete, and
# --no-compile since most modules of these packages are never imported: half the time.
define install
	@cmp -s $< $@ && touch $@ || { \
		echo "Setting up $(@D) from $<" && \
		python=$(PYTHON_OF_ENVIRONMENT) && \
		"$$python" -m venv --clear $(@D) && \
		$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
			--no-deps --no-compile --require-hashes --requirement $< && \
		$(AFTER_INSTALLATION) cp $< $@; \
	} >&2
endef

PYTHON_OF_ENVIRONMENT = $(PYTHON)
$(RUNTIME): PYTHON_OF_ENVIRONMENT = $$(scripts/find-python 3.13)

# .venv/bin/applier, the operator's command; what builds it is in the lock.
$(DEVELOPMENT): AFTER_INSTALLATION = $(@D)/bin/python -m pip install --quiet \
	--disable-pip-version-check --no-deps --no-index --no-build-isolation --editable . &&

$(DEVELOPMENT): requirements/development.txt | supported-python
	$(install)
$(SAM): requirements/sam.txt | supported-python
	$(install)
$(CHECKOV): requirements/checkov.txt | supported-python
	$(install)
$(MUTMUT): requirements/mutmut.txt | supported-python
	$(install)
$(RUNTIME): requirements/runtime.txt
	$(install)

.PHONY: supported-python
supported-python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is not Python 3.11 or newer; name one that is: make PYTHON=..." >&2; exit 1; }

# The locks hold for Python 3.11 and newer on every platform. What is already locked stays as it is
# unless it must change; `make lock UPGRADE=1` takes the newest that the ranges allow.
UV := .tools/lock/bin/uv
COMPILE = $(UV) pip compile --quiet --universal --generate-hashes --no-strip-extras \
	--custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade)

.PHONY: lock
lock: $(UV) ## write the locks anew: after a change in pyproject.toml or requirements/*.in
	@$(COMPILE) --python-version 3.11 --output-file requirements/development.txt \
		--extra cli pyproject.toml requirements/development.in
	@$(COMPILE) --python-version 3.11 --output-file src/requirements.txt \
		--constraint requirements/development.txt pyproject.toml
	@$(COMPILE) --python-version 3.11 --output-file requirements/sam.txt requirements/sam.in
	@$(COMPILE) --python-version 3.11 --output-file requirements/checkov.txt requirements/checkov.in
	@$(COMPILE) --python-version 3.11 --output-file requirements/mutmut.txt \
		--constraint requirements/development.txt requirements/mutmut.in
	@$(COMPILE) --python-version 3.13 --output-file requirements/runtime.txt requirements/runtime.in

$(UV): | supported-python
	@{ $(PYTHON) -m venv --clear .tools/lock && \
		.tools/lock/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9; } >&2
