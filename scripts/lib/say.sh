# shellcheck shell=sh
# How the scripts talk.

say() { echo "setup: $1"; }

# stop PROBLEM COMMAND: says what is wrong and what to type.
stop() {
    echo "setup: $1" >&2
    echo "setup: to go on, type: $2" >&2
    exit 1
}
