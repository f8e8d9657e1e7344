# shellcheck shell=sh
# Python programs of the tests, each in a virtual environment of its own in the
# tools folder, made of wheels of pinned versions and hashes.

has_venv() {
    cmp -s "${here:?}/$2" "${tools:?}/$1/requirements.txt"
}

# venv NAME REQUIREMENTS WHY: made anew when the requirements change.
venv() {
    has_venv "$1" "$2" && return 0
    say "$1: $3"
    fill_venv "$tools/$1" "$here/$2" || stop "$1 could not be installed" \
        "python3 -m venv --clear $tools/$1 && $tools/$1/bin/pip install --no-deps --require-hashes -r $here/$2"
}

# The copy comes last: it says that the rest is there.
fill_venv() {
    python3 -m venv --clear "$1" &&
        "$1/bin/pip" install --quiet --disable-pip-version-check --no-deps \
            --require-hashes -r "$2" &&
        cp "$2" "$1/requirements.txt"
}
