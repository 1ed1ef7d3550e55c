# Everything a person types. Needs make, git and Python 3.11 or newer with venv; the rest is installed from the locks.

PYTHON ?= python3
# Further arguments for the program behind a target: make test ARGS="-k door"
ARGS ?=

BIN = .venv/bin
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Only what the lock names, only wheels, only with the recorded hashes.
FROM_LOCK = --require-hashes --only-binary :all: --no-deps -r

.PHONY: help run test check format bench detectors screenshots soak mutate clean lock
.DEFAULT_GOAL = help

help:
	@echo "make run      start Banjie with the demo county (the first start installs and fills it)"
	@echo "make test     run all tests, on SQLite and on a private PostgreSQL; ARGS goes on to pytest"
	@echo "make check    formatting, style, types, import contracts, migrations, settings, templates, words"
	@echo "make format   put every Python file into the common format"
	@echo "make bench    measure side by side with other software; ARGS goes on to bench/run.py"
	@echo "make detectors  measure the detectors of gaming anew and write docs/detectors.md"
	@echo "make screenshots  take the pictures in docs/screenshots anew; ARGS names some of them"
	@echo "make soak     run the slow tests at full length on PostgreSQL"
	@echo "make mutate   break the time limits one small way at a time; ARGS=timelimits names a module"
	@echo "make lock     resolve pyproject.toml anew into the lock files; ARGS=--upgrade takes newer releases"
	@echo "make clean    remove the environments and everything the tools left; no data"

run: .venv/.run-stamp
	$(BIN)/banjie serve --demo $(ARGS)

test: .venv/.dev-stamp
	@$(BIN)/python tools/test.py $(ARGS)

# Every check runs, so that one look shows all that is wrong.
check: .venv/.dev-stamp
	@failed=""; \
	try() { \
		name="$$1"; shift; \
		echo "== $$name"; \
		"$$@" || failed="$$failed\n  $$name"; \
	}; \
	try "formatting" $(BIN)/ruff format --check .; \
	try "style" $(BIN)/ruff check .; \
	try "types" $(BIN)/mypy; \
	try "import contracts" $(BIN)/lint-imports; \
	try "migrations" $(BIN)/python -m django makemigrations --check --dry-run --settings banjie.config.settings; \
	try "settings" $(BIN)/python -m django check --deploy --settings banjie.config.settings; \
	try "templates and translations" $(BIN)/python tools/check_templates.py; \
	if [ -n "$$failed" ]; then printf "\nFailed:$$failed\n"; exit 1; fi; \
	printf "\nAll checks passed.\n"

format: .venv/.dev-stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/.run-stamp .venv-bench/.stamp
	.venv-bench/bin/python bench/run.py $(ARGS)

detectors: .venv/.dev-stamp
	$(BIN)/python tools/detectors_report.py $(ARGS)

screenshots: .venv/.dev-stamp
	$(BIN)/python -m tests.browser.install
	$(BIN)/python tools/screenshots.py $(ARGS)

soak: .venv/.dev-stamp
	BANJIE_SOAK=1 $(BIN)/python -m tests.postgres -- $(BIN)/python -m pytest -m slow $(ARGS)

# One process, behind everything else: some minutes a module.
mutate: .venv/.dev-stamp
	nice -n 19 $(BIN)/python tools/mutate.py $(ARGS)

clean:
	rm -rf .venv .venv-bench .venv-lock build dist .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The locks hold names, versions and hashes, and no word on where they came from: no header, no index.
lock: .venv-lock/.stamp
	.venv-lock/bin/uv pip compile $(LOCK_FLAGS) $(ARGS) pyproject.toml -o requirements.lock
	.venv-lock/bin/uv pip compile $(LOCK_FLAGS) $(ARGS) --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	.venv-lock/bin/uv pip compile $(LOCK_FLAGS) bench/requirements.in -o bench/requirements.txt

LOCK_FLAGS = --quiet --universal --python-version 3.11 --only-binary :all: --generate-hashes --no-header --no-annotate

# A stamp is newer than the files it was installed from: as long as they do not change, pip is not called.
.venv/.run-stamp: requirements.lock pyproject.toml
	@$(call make_environment,.venv)
	$(INSTALL) $(FROM_LOCK) requirements.lock
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

# The dev lock holds everything of the other lock, so one installation serves both stamps.
.venv/.dev-stamp: requirements-dev.lock requirements.lock pyproject.toml
	@$(call make_environment,.venv)
	$(INSTALL) $(FROM_LOCK) requirements-dev.lock
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch .venv/.run-stamp $@

.venv-bench/.stamp: bench/requirements.txt
	@$(call make_environment,.venv-bench)
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check -r bench/requirements.txt
	@touch $@

.venv-lock/.stamp:
	@$(call make_environment,.venv-lock)
	.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	@touch $@

# Debian and its kin leave ensurepip out of python3; without it venv stops half-way. An environment that is there
# and works is kept; one that an interrupted run left behind is made anew.
define make_environment
	set -e; \
	if ! command -v $(PYTHON) >/dev/null; then \
		echo "There is no $(PYTHON) here. Banjie needs Python 3.11 or newer."; exit 1; \
	fi; \
	if ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then \
		echo "$(PYTHON) is $$($(PYTHON) --version). Banjie needs Python 3.11 or newer: make PYTHON=/path/to/python3.11"; exit 1; \
	fi; \
	if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "$(PYTHON) cannot make environments: its venv module is not complete."; \
		if [ "$$(id -u)" = 0 ]; then echo "Type:  apt-get install -y python3-venv"; \
		else echo "Type:  sudo apt-get install -y python3-venv"; fi; \
		echo "Then repeat the make command."; exit 1; \
	fi; \
	if ! $(1)/bin/python -c 'import pip, sys; sys.exit(sys.prefix == sys.base_prefix)' >/dev/null 2>&1; then \
		$(PYTHON) -m venv --clear $(1); \
	fi
endef
