#!/bin/sh
# Makes a virtual environment and installs what is asked for: demo | dev | render | train.
# Finds Python by itself; PYTHON=/path/to/python chooses one. pip's own settings (PIP_*) are respected.
set -eu

cd "$(dirname "$0")/.."
what=${1:?usage: scripts/setup.sh demo|dev|render|train}

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

usable() {
    command -v "$1" >/dev/null 2>&1 && "$1" -c "import sys, venv; sys.exit(not $2)" >/dev/null 2>&1
}

find_python() {
    wanted=$1
    shift
    for candidate in ${PYTHON:-} "$@"; do
        if usable "$candidate" "$wanted"; then
            command -v "$candidate"
            return
        fi
    done
}

make_venv() {
    # A venv without its pip is one that an interrupted run left behind.
    if [ -x "$1/bin/python" ] && "$1/bin/python" -m pip --version >/dev/null 2>&1; then
        return
    fi
    rm -rf "$1"
    if "$2" -c 'import ensurepip' >/dev/null 2>&1; then
        "$2" -m venv "$1"
    elif "$2" -m pip --version >/dev/null 2>&1; then
        # Debian keeps ensurepip in another package; the system's pip can fill an empty environment.
        "$2" -m venv --without-pip "$1"
        "$2" -m pip --python "$1/bin/python" install --quiet pip
    else
        fail "$2 has neither ensurepip nor pip." \
            "On Debian or Ubuntu: apt-get install python3-venv. Or name another Python: make PYTHON=/path/to/python"
    fi
}

case $what in
    demo) venv=.venv extras=edge,backend,embedded minutes="one to three minutes" ;;
    dev) venv=.venv extras=dev minutes="two to five minutes" ;;
    train) venv=.venv-train extras=edge,train minutes="long; torch brings gigabytes for GPUs on Linux" ;;
    render) venv=.venv-render extras=render minutes="some minutes; Blender is large" ;;
    *) fail "usage: scripts/setup.sh demo|dev|render|train" ;;
esac

if [ "$what" = render ]; then
    python=$(find_python '(sys.version_info[:2] == (3, 11))' python3.11 python3)
    [ -n "$python" ] || fail "Rendering needs Python 3.11: Blender's wheel (bpy 4.5) is made for that one only."
else
    # The tested version first; the newest last, as wheels for it come late.
    python=$(find_python '(sys.version_info >= (3, 11))' python3.11 python3.12 python3.13 python3 python3.14 python)
    [ -n "$python" ] || fail "Python 3.11 or newer was not found." "Name one: make PYTHON=/path/to/python"
fi

say "Setting up $venv ($what) with $("$python" --version), once: $minutes"
make_venv "$venv" "$python"

set -- --disable-pip-version-check --editable ".[$extras]"
[ ! -f constraints.txt ] || [ "$what" = render ] || [ "$what" = train ] || set -- --constraint constraints.txt "$@"
"$venv/bin/python" -m pip install "$@"

# dev has everything of demo.
[ "$what" != dev ] || touch "$venv/.ready-demo"
touch "$venv/.ready-$what"
say "Ready."
