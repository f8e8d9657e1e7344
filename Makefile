# `make` tells what there is. Everything is installed on demand by scripts/setup.

TARGET := $(or $(CARGO_TARGET_DIR),target)
export NARRATE_TOOLS ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/narrateai/tools
export NARRATE_ALIGNER_PYTHON ?= $(NARRATE_TOOLS)/aligner/bin/python
export PATH := $(NARRATE_TOOLS):$(PATH)
# Queries are checked against .sqlx, whatever DATABASE_URL or .env say.
export SQLX_OFFLINE := true

# Features of the test harness, the same everywhere so that nothing builds twice.
ALL := --workspace --features local-stack/testing
# Runs a command with a Postgres and a NATS of its own.
SERVERS := $(TARGET)/debug/with-test-servers

TOPIC := Why octopuses have three hearts
# Built with everything else's features, so that nothing builds twice.
SCHEMA := cargo build --quiet $(ALL) --bin print-schema && $(TARGET)/debug/print-schema

.PHONY: chaos fuzz golden third-party third-party-check help demo test check fmt fmt-check lint docs deny schema schema-check sqlx audit bench clean servers setup-test

help: ## what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## a topic becomes a film: demo.mp4
	@scripts/setup demo
	cargo build --release --package narrate
	$(TARGET)/release/narrate make "$(TOPIC)" --niche science --duration 60 --out demo.mp4

test: setup-test ## install what tests need and run them all
	cargo nextest run $(ALL) --no-run
	cargo test $(ALL) --doc --quiet
	$(SERVERS) -- cargo nextest run $(ALL)
	@[ -n "$$KURRENTDB_TEST_URL" ] || echo "SKIPPED: KURRENTDB_TEST_URL is not set, so nothing was verified on a real KurrentDB" >&2

check: setup-test fmt-check third-party-check lint schema-check deny docs ## format, lints, queries, schema, licences, documentation

fmt: ## format the code
	cargo fmt --all
	cargo fmt --manifest-path fuzz/Cargo.toml

fmt-check:
	cargo fmt --all --check
	cargo fmt --manifest-path fuzz/Cargo.toml --check

lint: servers
	$(SERVERS) --migrations migrations -- scripts/queries check
	cargo clippy --manifest-path fuzz/Cargo.toml --target-dir $(TARGET) -- -D warnings

sqlx: servers ## write .sqlx anew after a change of queries or migrations
	$(SERVERS) --migrations migrations -- scripts/queries write

schema: ## write schema.graphql anew after a change of the API
	$(SCHEMA)

schema-check:
	$(SCHEMA) --check

golden: ## write the stored form of an event's new version
	NARRATE_WRITE_GOLDEN=1 cargo test --quiet --package domain --test golden

third-party: ## write the list of crates in THIRD_PARTY.md anew
	scripts/third-party write

third-party-check:
	scripts/third-party check

deny:
	cargo deny --all-features --workspace --log-level error check licenses bans sources

audit: setup-test ## known vulnerabilities (fetches their database), crates in two versions
	cargo deny --all-features --workspace check advisories bans

docs:
	RUSTDOCFLAGS="-D warnings" cargo doc $(ALL) --no-deps --document-private-items --quiet

bench: servers ## run the benchmarks; results in target/bench: make bench [BENCH="crate peers"]
	$(SERVERS) --durable -- scripts/bench $(TARGET)/bench $(BENCH)

chaos: setup-test ## kill every part under load: make chaos [CHAOS="--events 50000 --seed 7"]
	cargo build --package chaos --features local-stack/testing
	$(TARGET)/debug/chaos $(CHAOS)

fuzz: ## fuzz what reads untrusted input: make fuzz [FUZZ="guard tokens"] [SECONDS_EACH=60]
	@scripts/setup fuzz
	scripts/fuzz $(TARGET)/fuzz $(FUZZ)

clean: ## remove what was built
	cargo clean

servers:
	@scripts/setup demo
	cargo build $(ALL) --bin with-test-servers

setup-test:
	@scripts/setup test
