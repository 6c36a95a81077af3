# `make help` lists the targets. `make run` and `make test` need python3 (3.10 or
# later), make and a package index, and nothing else.
PYTHON   ?= python3
# Those below are set on the command line alone: what a shell exports is not meant.
FUNCTION = bootstrap
EVENT    = tests/events/$(FUNCTION).json
CLOUD    = emulator
# The bundle's target; both templates say the same.
VERSION  = 3.12
ARCH     = x86_64

RUN := .venv/run/bin/python
DEV := .venv/dev/bin/python

.DEFAULT_GOAL := help
.PHONY: help run invoke serve emulator test build bench audit lint types check format lock clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

run: .venv/run/ready ## bootstrap a listener against the emulator, twice
	@$(RUN) -m tests.commands.run --cloud $(CLOUD) $(if $(filter command,$(origin EVENT)),$(EVENT))

invoke: .venv/run/ready ## send EVENT=file.json through FUNCTION=bootstrap
	@$(RUN) -m tests.commands.invoke --cloud $(CLOUD) $(FUNCTION) $(EVENT)

serve: .venv/run/ready ## take webhooks on PORT=8000 until interrupted
	@$(RUN) -m tests.commands.serve --cloud $(CLOUD) --port $(or $(PORT),8000)

emulator: .venv/run/ready ## play LTS, GA and IAM on PORT=8080 until interrupted
	@$(RUN) -m tests.emulator --port $(or $(PORT),8080)

test: .venv/dev/ready .venv/build/ready .venv/sam/ready .venv/awslambdaric/ready ## run all tests, with coverage
	@$(DEV) -m pytest --numprocesses auto --dist loadfile --cov --cov-report=term-missing

BUNDLE = @.venv/build/bin/python -m tests.commands.build --version $(VERSION) --arch $(ARCH)

build: .venv/build/ready ## make build/bundle.zip, for VERSION=3.12 and ARCH=x86_64 or arm64
	@rm -rf build/bundle build/bundle.zip
	$(BUNDLE) --to build/bundle --archive build/bundle.zip

build-%: .venv/build/ready # `sam build` asks for each function in turn
	$(BUNDLE) --to "$(or $(ARTIFACTS_DIR),$(error ARTIFACTS_DIR is not set))"

bench: .venv/bench/ready .venv/sam/ready .venv/awslambdaric/ready ## measure it beside the alternatives, in a table of ratios
	@.venv/bench/bin/python -m tests.commands.bench --plot tests/commands/bench/figures.svg

# Strict: else an index that knows no package would pass for one without a fault.
audit: .venv/audit/ready ## ask for known vulnerabilities of what is deployed
	@.venv/audit/bin/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -r functions/requirements.txt

lint: .venv/dev/ready ## ruff: rules and format
	@$(DEV) -m ruff check .
	@$(DEV) -m ruff format --check .

types: .venv/dev/ready ## mypy --strict
	@$(DEV) -m mypy

check: lint types test ## all of the above: what must pass before anything lands

format: .venv/dev/ready ## let ruff lay out the code
	@$(DEV) -m ruff check --fix .
	@$(DEV) -m ruff format .

# A lock holds for every Python from 3.10 on, on every platform.
LOCK = .venv/lock/bin/uv pip compile --quiet --universal --python-version 3.10 \
	--generate-hashes --no-annotate --custom-compile-command 'make lock' --upgrade

lock: ## pin the newest dependencies, with hashes
	@$(PYTHON) -m venv .venv/lock && .venv/lock/bin/python -m pip install --quiet uv
	@$(LOCK) pyproject.toml -o functions/requirements.txt
	@$(LOCK) pyproject.toml --group dev -c functions/requirements.txt -o tests/requirements.txt
	@for group in build sam awslambdaric bench audit; do \
		$(LOCK) --group pyproject.toml:$$group -c tests/requirements.txt -o tests/$$group.txt; done

clean: ## remove what the other targets made
	rm -rf .venv build .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis .aws-sam
	find functions tests -name __pycache__ -prune -exec rm -rf {} +

.venv/run/ready: functions/requirements.txt
.venv/dev/ready: tests/requirements.txt
.venv/build/ready: tests/build.txt
.venv/sam/ready: tests/sam.txt
.venv/awslambdaric/ready: tests/awslambdaric.txt
.venv/bench/ready: tests/bench.txt
.venv/audit/ready: tests/audit.txt
# The bundle is run by its target's interpreter, if there is one.
OURS := $(PYTHON)
.venv/bench/ready .venv/awslambdaric/ready: PYTHON = $(shell python$(VERSION) -c 'import sys; print(sys.executable)' 2>/dev/null || echo $(OURS))
.venv/%/ready:
	@echo "installing $< into .venv/$*"
	@$(PYTHON) -m venv --clear .venv/$*
	@.venv/$*/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@
