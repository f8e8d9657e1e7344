#!/bin/sh
# Makes the Python virtualenv with the aligner that tests/timing.rs needs.
# usage: setup-aligner.sh DIR   (tests look in target/aligner by default)
set -eu

dir=${1:?usage: setup-aligner.sh DIR}
here=$(cd "$(dirname "$0")" && pwd)

if "$dir/bin/python" -c 'import pocketsphinx' 2>/dev/null; then
    exit 0
fi
python3 -m venv "$dir" || {
    echo "python3 with venv is missing; on Debian and Ubuntu type: apt-get install python3-venv" >&2
    exit 1
}
# Its only dependency is for microphones, which no test has.
"$dir/bin/pip" install --quiet --disable-pip-version-check --no-deps \
    --require-hashes -r "$here/aligner-requirements.txt"
"$dir/bin/python" -c 'import pocketsphinx'
