# Everything sets itself up: a machine with Python 3.11+, make and git is enough.
# People without make (Windows) find the same commands, plain, in README.md.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Said before anything is made: a resolver would only name a package that has no file for it.
CHECK := import sys; sys.exit(None if sys.version_info >= (3, 11) else 'informality needs Python 3.11 or newer, and this is Python ' + sys.version.split()[0] + '. What to do: install a newer one, then run: make setup PYTHON=python3.11')

.PHONY: setup demo quick test parity check docs bench spark ui

setup: $(READY)

# The lock holds every version with its hashes; uv, itself in the lock, installs the rest.
# It compiles them too: where Python may not store bytecode, each command would compile for 13 s.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c "$(CHECK)"
	$(PYTHON) -m venv $(VENV)
	sed -n '/^uv==/,/^[^ ]*==/p' requirements.lock | grep -E '^uv==|^    --hash' > $(VENV)/installer.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $(VENV)/installer.lock
	$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $(READY)

demo: $(READY)
	$(BIN)/informality demo

# The rules alone, without the road: an answer within a minute.
quick: $(READY)
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal -m "not slow" tests/unit tests/house

# COVERAGE=1 measures lines as well and holds the floor (pyproject.toml); CI does.
test: $(READY)
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal $(if $(COVERAGE),--cov --cov-report=)
	$(if $(COVERAGE),$(BIN)/coverage report --skip-covered --show-missing)

parity: $(READY)
	$(BIN)/python -m tests.agreement.parity

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Pages and schemas that are made of contracts, models and tests; none by hand.
docs: $(READY)
	$(BIN)/informality contract docs docs/reference
	$(BIN)/informality contract schemas data_contracts/schemas
	$(BIN)/python docs/specification.py

bench: $(READY)
	$(BIN)/python benchmarks/intervals.py
	$(BIN)/python benchmarks/simulation.py
	$(BIN)/python benchmarks/coverage_table.py

# Needs Java 17. An environment of its own: pyspark is half a gigabyte, and not in the lock.
spark: $(READY)
	$(BIN)/uv venv --quiet --allow-existing $(VENV)/spark
	$(BIN)/uv pip sync --quiet --python $(VENV)/spark/bin/python --require-hashes requirements.lock
	$(BIN)/uv pip install --quiet --python $(VENV)/spark/bin/python --no-build-isolation-package informality --editable ".[spark]"
	$(VENV)/spark/bin/python -m pytest -m spark tests/unit/analyses/wave/test_collapse_ibis_spark.py

ui: $(READY)
	$(BIN)/informality ui
