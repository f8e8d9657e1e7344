# shellcheck shell=sh
# System packages: `want THING WHY` collects, `install_wanted` installs all at once.

wanted=

want() {
    packages=$(packages_for "$1")
    [ -n "$packages" ] || return 0
    case " $wanted " in *" $packages "*) return 0 ;; esac
    say "$packages: $2"
    wanted="$wanted $packages"
}

install_wanted() {
    [ -n "$wanted" ] || return 0
    packages=${wanted# }
    wanted=
    if has apt-get; then
        install_by_apt "$packages"
    elif has brew; then
        # Several packages in one word.
        # shellcheck disable=SC2086
        brew install --quiet $packages || stop "Homebrew failed" "brew install $packages"
    else
        stop "this script knows apt and Homebrew only" \
            "your own package manager, for what Debian calls: $packages"
    fi
}

has_font() {
    case "${system:?}:$1" in
    # macOS has fonts for all of them.
    Darwin:*) return 0 ;;
    *:latin) set -- NotoSans-Regular ;;
    *:cjk) set -- NotoSansCJK-Regular ;;
    *:emoji) set -- NotoColorEmoji ;;
    esac
    found=$(find /usr/share/fonts /usr/local/share/fonts "$HOME/.local/share/fonts" \
        -name "$1.tt[cf]" -print -quit 2>/dev/null) || true
    [ -n "$found" ]
}

packages_for() {
    case "${system:?}:$1" in
    Darwin:postgres) echo postgresql@18 ;;
    Darwin:nats) echo nats-server ;;
    Darwin:ffmpeg) echo ffmpeg ;;
    Darwin:compiler) stop "the command line tools are missing" "xcode-select --install" ;;
    Darwin:node) echo node ;;
    Darwin:pip | Darwin:venv) has python3 || echo python ;;
    Darwin:*) ;;
    *:ffmpeg) echo ffmpeg ;;
    *:compiler) echo build-essential ;;
    *:postgres) echo postgresql ;;
    *:font-latin) echo fonts-noto-core ;;
    *:font-cjk) echo fonts-noto-cjk ;;
    *:font-emoji) echo fonts-noto-color-emoji ;;
    # Fetched as a wheel, because Debian's own is too old up to its release 12.
    *:pip | *:node) python3 -m pip --version >/dev/null 2>&1 || echo python3-pip ;;
    *:venv) python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv ;;
    esac
}

install_by_apt() {
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        has sudo || stop "packages are missing and sudo is, too" "apt-get install $1   (as root)"
        as_root=sudo
    fi
    $as_root apt-get update -q >/dev/null || stop "the package lists cannot be read" "$as_root apt-get update"
    case " $1 " in *" postgresql "*) no_main_cluster ;; esac
    apt_install "$1"
}

apt_install() {
    # Several packages in one word; the variable passes through sudo by env.
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends $1 >/dev/null ||
        stop "apt-get failed" "$as_root apt-get install $1"
}

# Debian's package would create a database server on port 5432 and start it at
# every boot. Only its programs are wanted.
no_main_cluster() {
    apt_install postgresql-common
    $as_root mkdir -p /etc/postgresql-common/createcluster.d
    printf '%s\n' \
        "# NarrateAI runs a Postgres of its own; remove this file to let packages" \
        "# create a cluster of the system's again." \
        "create_main_cluster = false" |
        $as_root tee /etc/postgresql-common/createcluster.d/narrateai.conf >/dev/null
}
