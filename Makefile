# Two commands matter: `make trailer VIDEO=film.mp4` and `make test`. Each sets up what it needs by itself.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VIDEO ?=
ARGS ?=
PYTHON ?= python3
UV_VERSION := 0.13.8

# Through the shell, never through make's own words: a film's name may hold spaces, quotes and dollars.
override VIDEO := $(value VIDEO)
export VIDEO

PY := .venv/bin/python
UV := $(PY) -m uv
# Compiled once and for all: where Python may not keep what it compiles, every command would do it again.
AT_EVERY_START := annotated_types boto3 botocore dateutil jmespath pydantic pydantic_core rich s3transfer typer typing_inspection urllib3
CDK := npx --no-install cdk
SETUP := .venv/.ready node_modules/.ready

export CDK_DISABLE_CLI_TELEMETRY := true
export NODE_NO_WARNINGS := 1
export JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION := 1
# CDK takes the version that it shall not warn of; asked only where CDK runs.
test infra e2e synth: export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION = $(shell node -p 'process.versions.node.split(".")[0]')
# What runs `app.py` must be our Python, not whatever comes first on the path.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup trailer up down test lint type unit contract infra workflow e2e quality bench chaos synth lock fmt clean ci

help: ## Show this list
	@grep -hE '^[a-z0-9]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/^([a-z0-9]+):.*## /  make \1	/' | expand -t 18

trailer: $(SETUP) ## A film goes in, trailers come out: VIDEO=film.mp4 (a sample film if not given), ARGS="--profile romance --max-duration 15"
	@if [ -n "$$VIDEO" ]; then set -- -- "$$VIDEO"; else set --; fi; exec $(PY) -m cli run $(ARGS) "$$@"

up: $(SETUP) ## Start the AWS of this machine and deploy on it
	@$(PY) -m cli up

down: $(SETUP) ## Stop the AWS of this machine; what it holds is kept
	@$(PY) -m cli down

setup: $(SETUP) ## Install the pinned tools into .venv and node_modules

test: lint type ## Everything that must be green: lint, types, imports and all tests but the benches
	@$(PY) -m pytest tests --ignore=tests/bench --numprocesses=auto --dist=loadfile $(ARGS)

lint: $(SETUP) ## Style, formatting and the direction of imports
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@.venv/bin/lint-imports

type: $(SETUP) ## Types, strictly
	@$(PY) -m mypy
	@$(PY) -m mypy app.py lambdas

unit: $(SETUP) ## Pure rules and steps: no network, no Node
	@$(PY) -m pytest tests/unit $(ARGS)

contract: $(SETUP) ## What we say to AWS, against AWS's own models
	@$(PY) -m pytest tests/contract $(ARGS)

infra: $(SETUP) ## The synthesized templates, with cdk-nag and CloudFormation validation
	@$(PY) -m pytest tests/infra $(ARGS)

workflow: $(SETUP) ## The state machines, with asl-validator
	@$(PY) -m pytest tests/workflow $(ARGS)

e2e: $(SETUP) ## Deploy on the AWS of this machine and make trailers
	@$(PY) -m pytest tests/e2e $(ARGS)

quality: $(SETUP) ## How good detections and trailers are, measured
	@$(PY) -m pytest tests/quality $(ARGS)

bench: $(SETUP) ## Speed against the floor, medians side by side
	@for bench in tests/bench/bench_*.py; do echo "$$bench" >&2; $(PY) -m "tests.bench.$$(basename "$$bench" .py)" $(ARGS); done

# Strings hash as in every other run, so that a seed means the same everywhere.
chaos: $(SETUP) ## Break the pipeline on virtual time and see what holds: SEED=1 RUNS=300 UPLOADS=1000; RUN=17 ARGS=--trace shows one run
	@PYTHONHASHSEED=0 $(PY) -m tests.chaos $(if $(SEED),--seed $(SEED)) $(if $(RUNS),--runs $(RUNS)) $(if $(UPLOADS),--uploads $(UPLOADS)) $(if $(RUN),--run $(RUN)) $(ARGS)
ifeq ($(RUN)$(ARGS),)
	@PYTHONHASHSEED=0 nice $(PY) -m tests.chaos.deployed $(if $(SEED),--seed $(SEED))
endif

# The checks are two thirds of the time, and `make infra`, `make test` and every `cdk deploy` make them.
synth: $(SETUP) ## The CloudFormation templates, into cdk.out, without the checks of `make infra`
	@CDK_VALIDATION=false $(CDK) synth --quiet --no-notices -c nag=false $(ARGS)

fmt: $(SETUP) ## Format and fix what can be fixed
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

lock: .venv/.ready ## Lock the Python packages again after a change of pyproject.toml
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --all-extras pyproject.toml -o requirements.lock

clean: ## Delete the state of the AWS of this machine and all caches; keeps trailers (out) and tools
	@if [ -x $(PY) ]; then $(PY) -m local reset; fi
	@rm -rf cdk.out build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -not -path './.venv/*' -not -path './node_modules/*' -prune -exec rm -rf {} +

ci: ## What the build server runs: from nothing to green
	@.ci/run

.venv/.ready: requirements.lock pyproject.toml
	@command -v $(PYTHON) > /dev/null || { echo "Python is missing: install Python 3.11 or newer, or name one with PYTHON=/path/to/python." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "This needs Python 3.11 or newer, and $(PYTHON) is another: $$($(PYTHON) --version 2>&1 | head -n 1). Name one with PYTHON=/path/to/python." >&2; exit 1; }
	@echo "Installing the Python packages into .venv" >&2
	@$(PY) -c '' 2> /dev/null || $(PYTHON) -m venv --clear .venv
	@$(PY) -m pip install -qq "uv==$(UV_VERSION)"
	@$(UV) pip sync --quiet --python $(PY) requirements.lock
	@$(UV) pip install --quiet --python $(PY) --no-deps --editable .
	@$(PY) -m compileall -qq -j 2 $(addprefix .venv/lib/python*/site-packages/,$(AT_EVERY_START)) cli local layers/core/python || true
	@touch $@

node_modules/.ready: package-lock.json package.json
	@command -v node > /dev/null && command -v npm > /dev/null || { echo "Node is missing: install Node 20 or newer, with npm." >&2; exit 1; }
	@node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' || { echo "This needs Node 20 or newer; $$(node --version) was found." >&2; exit 1; }
	@echo "Installing the Node tools into node_modules" >&2
	@npm ci --silent --no-audit --no-fund
	@touch $@
