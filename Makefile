# The usual commands; `make` alone lists them.

PRODUCT := silhouette
SCENARIO := simulations/demo.yaml
OUT := runs/demo
ARGS :=

.DEFAULT_GOAL := help
.PHONY: help bootstrap build test conformance reference fuzz memcheck demo nodes schedules soak lint format clean

help: ## List these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name text; do \
	  printf '  make %-10s %s\n' "$$name" "$$text"; done

bootstrap: ## Install the system packages that are missing
	@scripts/bootstrap

build: bootstrap ## Build the program for use (release)
	@swift build -c release --product $(PRODUCT)

test: bootstrap conformance schedules ## Build and run all tests (debug), golden values and schedules (release)
	@swift build --build-tests
	@scripts/check-local-only
	@scripts/test

conformance: bootstrap ## Check the accountant against all golden values (release)
	@swift build -c release --product $(PRODUCT)
	@"$$(swift build -c release --show-bin-path)/$(PRODUCT)" privacy conformance protocols/vectors/accounting

reference: ## Recompute the vectors of secure aggregation, log and ledger with the independent reference (Python 3)
	@python3 protocols/reference/check_vectors.py
	@python3 protocols/reference/transparency_log.py
	@python3 protocols/reference/ledger_vectors.py

fuzz: bootstrap ## Run libFuzzer on every decoder of secure aggregation; ARGS="--runs 100000 advertise"
	@scripts/fuzz $(ARGS)

memcheck: bootstrap ## Play a masked round under valgrind: no branch and no address depends on a secret
	@scripts/secret-flow

demo: bootstrap ## Run the demo scenario; ARGS="..." is passed on, OUT=DIR says where to write
	@swift build -c release --product $(PRODUCT)
	@"$$(swift build -c release --show-bin-path)/$(PRODUCT)" simulate $(SCENARIO) --out $(OUT) $(ARGS)

nodes: bootstrap ## Run a coordinator and 32 client processes on this machine, kill some, compare with the simulator
	@scripts/nodes $(ARGS)

schedules: bootstrap ## Run 10,000 seeded schedules of faults (release)
	@swift build -c release --product fault-simulation
	@"$$(swift build -c release --show-bin-path)/fault-simulation" --schedules 10000

soak: bootstrap ## Run 10^6 of them; ARGS="--schedules N --first-seed N"
	@swift build -c release --product fault-simulation
	@"$$(swift build -c release --show-bin-path)/fault-simulation" --schedules 1000000 $(ARGS)

lint: ## Check formatting, the layers of the modules and their imports
	@scripts/lint

format: ## Format all Swift files in place
	@scripts/lint --print-files | xargs -0 swift format -i

clean: ## Remove what was built; runs and reports stay
	@swift package clean
	@rm -rf .build
