# `make help` lists the targets. `make run` and `make test` need python3 (3.10 or
# later), make and a package index, and nothing else.
PYTHON   ?= python3
# The following are set on the command line only: what a shell exports is not meant.
FUNCTION = bootstrap
EVENT    = tests/events/$(FUNCTION).json
CLOUD    = emulator
OUTPUT   = table
APPLY    =
SAVE     =
# The bundle's target, as in both templates.
VERSION  = 3.12
ARCH     = x86_64

# A value as one word for the shell, whatever is in it.
quoted = '$(subst ','\'',$(1))'

# EVENT, unless it is the default.
GIVEN_EVENT = $(if $(filter command,$(origin EVENT)),$(call quoted,$(EVENT)))

RUN := .venv/run/bin/python
DEV := .venv/dev/bin/python

.DEFAULT_GOAL := help
.PHONY: help run invoke status reconcile serve emulator test soak matrix build sam bench mutants audit lint types check format lock openapi clean FORCE

help: ## list the targets, and the version
	@sed -n 's/^__version__ = "\(.*\)"/ga-access-log \1/p' functions/__init__.py
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

run: .venv/run/ready ## bootstrap a listener twice, against the emulator
	@$(RUN) -m tests.commands.run --cloud $(call quoted,$(CLOUD)) $(GIVEN_EVENT)

invoke: .venv/run/ready ## send EVENT=file.json through FUNCTION=bootstrap
	@$(RUN) -m tests.commands.invoke --cloud $(call quoted,$(CLOUD)) $(call quoted,$(FUNCTION)) $(call quoted,$(EVENT))

status: .venv/run/ready ## show which listener logs where (OUTPUT=json for programs)
	@$(RUN) -m tests.commands.status --cloud $(call quoted,$(CLOUD)) --output $(call quoted,$(OUTPUT)) $(GIVEN_EVENT)

reconcile: .venv/run/ready ## show what is missing; APPLY=1 creates it
	@$(RUN) -m tests.commands.reconcile --cloud $(call quoted,$(CLOUD)) --output $(call quoted,$(OUTPUT)) $(if $(APPLY),--apply $(call quoted,$(APPLY))) $(GIVEN_EVENT)

serve: .venv/run/ready ## serve the functions as webhooks on PORT=8000, until Ctrl-C
	@$(RUN) -m tests.commands.serve --cloud $(call quoted,$(CLOUD)) --port $(call quoted,$(or $(PORT),8000))

emulator: .venv/run/ready ## emulate LTS, GA and IAM on PORT=8080, until Ctrl-C
	@$(RUN) -m tests.commands.emulator --port $(call quoted,$(or $(PORT),8080))

test: .venv/dev/ready .venv/build/ready .venv/sam/ready .venv/awslambdaric/ready .venv/moto/ready ## run all tests, with coverage
	@$(DEV) -m pytest --numprocesses auto --dist loadfile --cov --cov-report=term-missing

soak: .venv/dev/ready ## random events, faults and kills for SECONDS=600, or from SEED on
	@$(DEV) -m tests.e2e.state.account.soak --seconds $(call quoted,$(or $(SECONDS),600)) $(if $(SEED),--seed $(call quoted,$(SEED)))

matrix: ## run the unit, contract and build tests on every installed Python from 3.10 on
	@versions=$$($(PYTHON) tests/commands/interpreters.py) && for version in $$versions; do \
		echo "Python $$version" && \
		python=$$($(PYTHON) tests/commands/interpreters.py $$version) && \
		$(MAKE) --no-print-directory PYTHON="$$python" .venv/$$version/ready && \
		.venv/$$version/bin/python -m pytest --quiet --numprocesses auto --dist loadfile \
			tests/unit tests/contract tests/deployment/test_bundle.py || exit 1; done

BUNDLE = @.venv/build/bin/python -m tests.commands.build --version $(call quoted,$(VERSION)) --arch $(call quoted,$(ARCH))

build: .venv/build/ready ## build build/bundle.zip, for VERSION=3.12 and ARCH=x86_64 or arm64
	$(BUNDLE) --to build/bundle --archive build/bundle.zip --replace

# The SAM CLI passes neither its parameters nor a function's architecture to make, but
# the environment, in which make passes the variables of its own command line.
sam: ## `sam build`, for VERSION=3.12 and ARCH=x86_64 or arm64
	sam build --parameter-overrides PythonVersion=$(call quoted,$(VERSION)) Architecture=$(call quoted,$(ARCH))

build-%: .venv/build/ready # `sam build` asks for each function in turn
	$(BUNDLE) --to "$(or $(ARTIFACTS_DIR),$(error ARTIFACTS_DIR is not set))"

bench: .venv/bench/ready .venv/sam/ready .venv/awslambdaric/ready ## measure the functions beside the alternatives; SAVE=1 replaces the plot
	@.venv/bench/bin/python -m tests.commands.bench $(if $(filter-out 0,$(SAVE)),--plot tests/commands/bench/figures.svg)

mutants: .venv/mutmut/ready ## mutation testing of functions/ by its unit tests; takes about an hour
	@.venv/mutmut/bin/mutmut run
	@.venv/mutmut/bin/mutmut results

# Strict: otherwise an index that does not know the packages would pass for one that
# knows no vulnerability of them.
audit: .venv/audit/ready ## look up known vulnerabilities of what is deployed
	@.venv/audit/bin/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -r functions/requirements.txt

lint: .venv/dev/ready ## ruff: rules and format
	@$(DEV) -m ruff check .
	@$(DEV) -m ruff format --check .

types: .venv/dev/ready ## mypy --strict
	@$(DEV) -m mypy

check: lint types test ## lint, types and test: what must pass before a change lands

format: .venv/dev/ready ## format the code
	@$(DEV) -m ruff check --fix .
	@$(DEV) -m ruff format .

# A lock holds for every Python from 3.10 on, on every platform.
LOCK = .venv/lock/bin/uv pip compile --quiet --universal --python-version 3.10 \
	--generate-hashes --no-annotate --custom-compile-command 'make lock' --upgrade

lock: ## pin the newest versions of all dependencies, with hashes
	@$(PYTHON) -m venv .venv/lock && .venv/lock/bin/python -m pip install --quiet uv
	@$(LOCK) pyproject.toml -o functions/requirements.txt
	@$(LOCK) pyproject.toml --group dev -c functions/requirements.txt -o tests/requirements.txt
	@$(LOCK) pyproject.toml --group build -c tests/requirements.txt -o tests/build.txt
	@$(LOCK) pyproject.toml --group bench -c tests/requirements.txt -o tests/bench.txt
	@$(LOCK) pyproject.toml --group mutmut -c tests/requirements.txt -o tests/mutmut.txt
	@for group in sam awslambdaric moto audit; do \
		$(LOCK) --group pyproject.toml:$$group -c tests/requirements.txt -o tests/$$group.txt; done

openapi: .venv/run/ready ## update schemas/webhooks.openapi.json from the table of functions
	@$(RUN) -m tests.commands.openapi

clean: ## remove everything that the other targets created
	rm -rf .venv build mutants .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis .aws-sam
	find functions tests -name __pycache__ -prune -exec rm -rf {} +

REQUIREMENTS_run = functions/requirements.txt
REQUIREMENTS_build = tests/build.txt
REQUIREMENTS_sam = tests/sam.txt
REQUIREMENTS_awslambdaric = tests/awslambdaric.txt
REQUIREMENTS_moto = tests/moto.txt
REQUIREMENTS_bench = tests/bench.txt
REQUIREMENTS_audit = tests/audit.txt
REQUIREMENTS_mutmut = tests/mutmut.txt
PURPOSE_run = to run the functions on this machine
PURPOSE_dev = to check and test the code
PURPOSE_build = to build the bundle
PURPOSE_sam = to check template.yaml with the SAM CLI of AWS
PURPOSE_awslambdaric = to run the bundle in the runtime of AWS Lambda
PURPOSE_moto = to create the stack in an emulator of AWS
PURPOSE_bench = to compare the functions with the alternatives
PURPOSE_audit = to look up known vulnerabilities
PURPOSE_mutmut = to test the tests by mutations
# The bundle is run by its target's interpreter, if there is one.
OURS := $(PYTHON)
.venv/bench/ready .venv/awslambdaric/ready: PYTHON = $(shell $(OURS) tests/commands/interpreters.py $(VERSION) || echo $(OURS))
.venv/%/ready: FORCE
	@$(PYTHON) -m tests.commands.environment .venv/$* $(or $(REQUIREMENTS_$*),tests/requirements.txt) $(or $(PURPOSE_$*),to run the tests on Python $*)
FORCE:
