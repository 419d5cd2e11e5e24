# make run    the service with a demonstration, on http://127.0.0.1:8000
# make test   everything that CI runs
# make fmt    formats what the formatter decides
# make coverage  the lines and branches that the tests of all rooms leave out
# make bench  the benchmarks, with their figures
# make load   ten times a bad day, and a flood of junk, with figures; minutes, best on a machine that does nothing else
# make faults  kills, cuts, full disks and jumping clocks while ten thousand reports are sent; SEED=… repeats the dice
# make screenshots  every page as pictures, in screenshots/
# make walk-install, make walk-containers  installs it as an operator does, on a machine of its own; minutes, as root
# make lock   pins the newest versions of everything anew

VENV := .venv
BIN := $(VENV)/bin
DEMO_PORT ?= 8000

# The rooms of which every line and branch must be walked by the tests.
GUARDED := vault accounts intake casefile
PYTEST := $(BIN)/python -m pytest --numprocesses=3 --dist=worksteal -p tests.measured

# Python keeps what it compiled, whatever the machine says: the tests start hundreds of processes, and each would compile
# the program again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := run
.PHONY: screenshots run test read tested machine fmt coverage bench faults load lock walk-install walk-containers

# The stamps decide, not the folder: an environment that something else made is taken over and completed. What the tests
# need holds what the service needs, in the same versions.
$(VENV)/rodyna-run: requirements.txt pyproject.toml
	@deploy/environment $(VENV)
	@deploy/libraries $(VENV) requirements.txt
	@touch $@

$(VENV)/rodyna-test: requirements-dev.txt requirements.txt pyproject.toml
	@deploy/environment $(VENV)
	@deploy/libraries $(VENV) requirements-dev.txt
	@touch $(VENV)/rodyna-run $@

run: $(VENV)/rodyna-run
	@deploy/run-demo $(BIN)/rodyna $(DEMO_PORT)

machine:
	@deploy/test-machine

# Packages and programs are installed side by side, and what reads the code runs beside what runs it: half of a machine
# would rest meanwhile. The environment comes first, because making it may install by the same tool as the programs.
test:
	@deploy/environment $(VENV)
	@$(MAKE) --jobs=2 --no-print-directory read tested

read: $(VENV)/rodyna-test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/lint-imports

tested: $(VENV)/rodyna-test machine
	$(PYTEST) $(GUARDED:%=--walked=app/%) --all-walked

fmt: $(VENV)/rodyna-test
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

coverage: $(VENV)/rodyna-test machine
	$(PYTEST) --walked=app

bench: $(VENV)/rodyna-test machine
	$(BIN)/python -m pytest tests/benchmarks --capture=no --timeout=0

# One kind of database alone: FAULTS="--database sqlite"; fewer reports: FAULTS="--reports 300".
faults: $(VENV)/rodyna-test machine
	$(BIN)/python -m tests.faults $(if $(SEED),--seed $(SEED)) $(FAULTS)

load: $(VENV)/rodyna-test machine
	$(BIN)/python -m pytest tests/load/bad_day.py --capture=no --timeout=0

LOCK := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --upgrade --quiet \
	--generate-hashes --no-strip-extras --no-emit-index-url --no-emit-find-links --no-annotate --no-header

lock: $(VENV)/rodyna-test
	$(LOCK) --group build --output-file requirements.txt
	$(LOCK) --group dev --constraint requirements.txt --output-file requirements-dev.txt

screenshots: $(VENV)/rodyna-test machine
	$(BIN)/python -m pytest tests/journeys/screenshots.py

# bookworm (Debian 12) or trixie (13)
DEBIAN ?= trixie

walk-install:
	@tests/deploy/walk/debian $(DEBIAN)

walk-containers: $(VENV)/rodyna-test
	@tests/deploy/walk/containers $(VENV)
