# Sourced by quickstart and check: the virtual environment in .venv of this checkout, and the Debian packages they need.
# Needs bash. Everything that is said goes to standard error.
# shellcheck shell=bash

packaging_folder=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
checkout=$(dirname -- "$packaging_folder")
venv=$checkout/.venv
program=${0##*/}

# What a first installation takes at most: the environment (measured: 2.1 GB with the CPU build of torch, 6.5 GB with
# the one for NVIDIA GPUs) and beside it the wheels while they are unpacked (9.7 GB in all).
NEEDED_DISK_MB=3000
NEEDED_DISK_MB_FOR_CUDA=10500

# Qt's own wheels bring Qt; these are Debian's libraries below it: first what every window needs, then what X11 needs.
# a|b: the first that this Debian knows.
# shellcheck disable=SC2034 # used by those who source this
QT_PACKAGES=(
    'libglib2.0-0t64|libglib2.0-0' libegl1 libgl1 libfontconfig1 libdbus-1-3 libxkbcommon0 libgssapi-krb5-2
    libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0
)

# The tests that need neither seconds nor weights: each pytest mark is explained in pyproject.toml.
# shellcheck disable=SC2034
QUICK_TESTS="not slow and not long"
# Three on two cores: many tests wait for a process to start or to notice something.
# shellcheck disable=SC2034
PYTEST_PROCESSES=(-n 3 --dist loadfile --no-loadscope-reorder)

# Another Python's settings would leak into the virtual environment; without kept bytecode each process of ours that
# starts, and the tests start thousands, would compile all its modules anew.
unset PYTHONHOME PYTHONPATH PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_USER=0

say() {
    printf '%s: %s\n' "$program" "$*" >&2
}

fail() {
    say "error: $*"
    exit 1
}

trap 'say "error: line $LINENO: \`$BASH_COMMAND\` failed"' ERR

is_root() {
    [ "$(id -u)" -eq 0 ]
}

# Debian packages

is_debian() {
    command -v dpkg-query >/dev/null && command -v apt-get >/dev/null
}

package_installed() {
    local name
    for name in ${1//|/ }; do
        # One line for each architecture of which dpkg knows the package.
        if dpkg-query -W -f '${db:Status-Status}\n' "$name" 2>/dev/null | grep -qx installed; then
            return 0
        fi
    done
    return 1
}

package_name() {
    local name
    for name in ${1//|/ }; do
        if [ -n "$(apt-cache --quiet=0 show "$name" 2>/dev/null)" ]; then
            printf '%s\n' "$name"
            return
        fi
    done
    printf '%s\n' "${1%%|*}"
}

package_names() {
    local package
    for package in "$@"; do
        package_name "$package"
    done | paste -sd ' '
}

missing_packages() {
    local package
    for package in "$@"; do
        package_installed "$package" || printf '%s\n' "$package"
    done
}

# Install those of the packages that are missing. Returns 1 when they are still missing, having said what would help.
debian_packages() {
    local purpose=$1 missing=()
    shift
    if ! is_debian; then
        return 0
    fi
    mapfile -t missing < <(missing_packages "$@")
    if [ ${#missing[@]} -eq 0 ]; then
        return 0
    fi
    if ! is_root; then
        say "Debian packages are missing $purpose: sudo apt-get install $(package_names "${missing[@]}")"
        return 1
    fi
    update_package_lists
    say "installing Debian packages $purpose"
    # shellcheck disable=SC2046 # names have no blanks
    if ! DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
        --no-install-recommends install $(package_names "${missing[@]}") >&2 </dev/null; then
        say "apt-get could not install them $purpose: apt-get install $(package_names "${missing[@]}")"
        return 1
    fi
}

update_package_lists() {
    if [ -z "${package_lists_updated:-}" ]; then
        package_lists_updated=yes
        say "updating Debian's package lists"
        apt-get -qq -o DPkg::Lock::Timeout=300 update >&2 </dev/null || say "apt-get update failed; trying with the lists as they are"
    fi
}

# Python

# The versions that it was tried with; pyproject.toml says the same to pip.
is_supported() {
    command -v "$1" >/dev/null && "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' >/dev/null 2>&1
}

choose_python() {
    local candidate
    for candidate in python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do
        if is_supported "$candidate"; then
            "$candidate" -c 'import sys; print(getattr(sys, "_base_executable", sys.executable))'
            return
        fi
    done
    fail "Python 3.11 to 3.14 is needed; found $(python3 --version 2>/dev/null || echo none)"
}

# "3.13 /usr/bin/python3.13" for each Python of this machine, the system's first, then those of PATH and of a pyenv.
all_pythons() {
    local folder candidate folders=(/usr/bin)
    mapfile -t -O 1 folders < <(tr : '\n' <<<"$PATH")
    for folder in "${folders[@]}" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/*/bin; do
        case $folder in */shims) continue ;; esac
        for candidate in "$folder"/python3 "$folder"/python3.[0-9] "$folder"/python3.[0-9][0-9]; do
            if [ -x "$candidate" ]; then
                "$candidate" -c 'import os, sys
if sys.prefix == sys.base_prefix:
    print("%d.%d" % sys.version_info[:2], os.path.realpath(sys.executable))' 2>/dev/null || true
            fi
        done
    done | awk '!seen[$2]++'
}

ensure_python_can_make_venvs() {
    local python=$1 package=python3-venv
    if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        return
    fi
    # Debian's python3-venv is for Debian's python3.
    if [ "$("$python" -c 'import sys; print(sys.version_info[:2])')" != "$(/usr/bin/python3 -c 'import sys; print(sys.version_info[:2])')" ]; then
        package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    fi
    debian_packages "for virtual environments" "$package" || fail "$python has no venv module: apt-get install $package"
    "$python" -c 'import ensurepip, venv' 2>/dev/null || fail "$python has no venv module: apt-get install $package"
}

# The virtual environment

environment_line() {
    "$venv/bin/python" "$packaging_folder/describe_environment.py"
}

# Make .venv hold these extras of this checkout, as packaging/locks/ has them. Quick when it does already.
# For another environment than .venv, set venv and chosen_python before; with only_small_torch, "worker", the last of the
# extras, is left out where pip sees no CPU build of torch. Sets installed_extras.
ensure_installed() {
    local extras=$1 state=0
    # One at a time: a second quickstart waits for the first. The lock ends with this shell at the latest.
    exec {lock}<"$checkout/pyproject.toml"
    if command -v flock >/dev/null; then
        flock "$lock"
    fi
    venv_state "$extras" || state=$?
    if [ "$state" -ne 0 ]; then
        ensure_disk "$NEEDED_DISK_MB"
    fi
    if [ "$state" -ge 2 ]; then
        make_venv
    fi
    if [ "$state" -ne 0 ]; then
        choose_torch
        if [ -n "${only_small_torch:-}" ] && [ "$torch_build" != cpu ] && [ "$torch_build" != present ]; then
            extras=${extras//,worker/}
            state=0
            venv_state "$extras" || state=1
        fi
    fi
    if [ "$state" -ne 0 ]; then
        install "$extras"
    fi
    # shellcheck disable=SC2034 # used by those who source this
    installed_extras=$extras
    exec {lock}<&-
}

# 0: as wanted; 1: pip must install; 2 or more: must be made anew.
venv_state() {
    if [ ! -e "$venv" ]; then
        return 2
    fi
    if ! is_supported "$venv/bin/python" || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        say "${venv##*/} is broken: making it anew"
        return 2
    fi
    "$venv/bin/python" "$packaging_folder/venv_stamp.py" check "$1" >&2
}

ensure_disk() {
    local needed_mb=$1 free_mb
    free_mb=$(df -Pm -- "$checkout" | awk 'NR == 2 { print $4 }')
    if [ "${free_mb:-$needed_mb}" -lt "$needed_mb" ]; then
        fail "not enough disk: $checkout has $free_mb MB free, and the installation needs $needed_mb MB${2:-}"
    fi
}

has_nvidia_device() {
    [ -e /dev/nvidiactl ]
}

# The build of torch that pip is to install, and what there is to say of it before anything is downloaded. Sets
# torch_build, and torch_constraint where pip would by itself take another one.
choose_torch() {
    local version options=()
    torch_build='' torch_constraint='' torch_version=''
    has_nvidia_device || options+=(--prefer-cpu)
    read -r torch_build version < <("$venv/bin/python" "$packaging_folder/torch_build.py" ${options[@]+"${options[@]}"}) || true
    torch_build=${torch_build:-unknown} torch_version=$version
    case $torch_build in
        cpu)
            if ! has_nvidia_device; then
                say "no NVIDIA device here: taking the small CPU build of torch that pip sees, $version"
                torch_constraint=torch==$version
            fi
            ;;
        cuda)
            if [ -n "${only_small_torch:-}" ]; then
                return 0
            fi
            if ! has_nvidia_device; then
                say "no NVIDIA device here, and pip sees torch only as built for NVIDIA GPUs: it works here too, but" \
                    "about 3 GB will be downloaded and 6.5 GB of disk taken"
                say "the small CPU build is 200 MB: stop this (Ctrl+C), let pip see that build, and start again;" \
                    "README.md, \"The small CPU build of torch\", has the two ways: PIP_EXTRA_INDEX_URL=… or PIP_FIND_LINKS=FOLDER"
                # Somebody may be reading it.
                [ ! -t 2 ] || sleep 10
            fi
            ensure_disk "$NEEDED_DISK_MB_FOR_CUDA" " (torch for NVIDIA GPUs; the small CPU build needs $NEEDED_DISK_MB MB: README.md)"
            ;;
    esac
}

make_venv() {
    local python=${chosen_python:-}
    if [ -z "$python" ]; then
        python=$(choose_python) || exit 1
    fi
    ensure_python_can_make_venvs "$python"
    say "making ${venv##*/} with $("$python" --version) ($python)"
    "$python" -m venv --clear -- "$venv" >&2 || fail "$python could not make $venv"
}

install() {
    local extras=$1 log=$venv/pip.log temporary=$venv/tmp
    rm -f -- "$venv/vbot-stamp"
    mkdir -p -- "$temporary"
    : >"$log"
    say "pip installs the extras $extras; its output is also in $log"
    if [ -n "${PACKAGES_UNVERIFIED:-}" ]; then
        say "PACKAGES_UNVERIFIED is set: what the index serves is taken without looking at its hashes"
        pip_install -c packaging/constraints.txt ${torch_constraint:+"$torch_constraint"} -e ".[$extras]"
    else
        install_verified "$extras"
    fi
    rm -rf -- "$temporary"
    "$venv/bin/python" "$packaging_folder/venv_stamp.py" write "$extras" >&2 || fail "could not note what is installed in $venv"
}

# What packaging/locks/ has a hash of, and nothing else: the packages, torch where PyPI serves it, this checkout.
install_verified() {
    local extras=$1 extra requirements=(-r packaging/locks/base.txt)
    for extra in ${extras//,/ }; do
        requirements+=(-r "packaging/locks/$extra.txt")
    done
    # The locks are complete; a dependency would have to be in them with its hash, and torch's build is no lock's to say.
    pip_install --require-hashes --no-deps "${requirements[@]}"
    if [[ ,$extras, == *,worker,* ]]; then
        install_torch
    fi
    # setuptools is installed by now, by its hash: pip is not to fetch another one to build with.
    pip_install --no-deps --no-build-isolation -e .
}

# The CPU build is not PyPI's, so that nobody could say beforehand what is in it; and what a CUDA build brings along is
# pinned by torch, by version. The rest of what it needs is there by now.
install_torch() {
    local version=${torch_version:-} wheel=$venv/torch-lock.txt
    if [ "${torch_build:-}" != present ] && [ -n "$version" ] &&
        awk -v head="torch==$version" '$1 == head { on = 1; print; next } on && /^ / { print; next } { on = 0 }' \
            "$packaging_folder/locks/torch.txt" >"$wheel" && [ -s "$wheel" ]; then
        pip_install --require-hashes --no-deps -r "$wheel"
    elif [ "${torch_build:-}" != present ]; then
        say "torch ${version:-} is in no lock of ours: pip takes it as its settings serve it"
    fi
    pip_install -c packaging/constraints.txt ${torch_constraint:+"$torch_constraint"} "$(grep '^torch>' "$packaging_folder/constraints.txt")"
}

# pip's own temporary folder may be a small one in memory. Index, proxy, certificate, wheels on disk are pip's settings.
pip_install() {
    local log=$venv/pip.log
    if ! (cd -- "$checkout" && TMPDIR=${TMPDIR:-$venv/tmp} \
        "$venv/bin/python" -m pip install "$@" 2>&1 </dev/null | tee -a -- "$log" >&2); then
        fail "$(why_pip_failed "$log")"
    fi
}

why_pip_failed() {
    local log=$1
    if grep -qE 'No space left on device|Errno 28' "$log"; then
        printf 'not enough disk: pip ran out of space in %s\n' "$venv"
    elif grep -qF 'CERTIFICATE_VERIFY_FAILED' "$log"; then
        printf 'pip does not trust the certificate of its package index (its settings: pip config list, PIP_CERT; its output: %s)\n' "$log"
    elif grep -qE 'NewConnectionError|NameResolutionError|Failed to establish a new connection|ConnectTimeout|ReadTimeout|Network is unreachable|ProxyError|Temporary failure in name resolution|Connection refused' "$log"; then
        printf 'no network: pip could not reach its package index (its settings: pip config list; its output: %s)\n' "$log"
    elif grep -qF 'DO NOT MATCH THE HASHES' "$log"; then
        printf 'what the package index serves is not what was locked: %s (its output: %s)\n' \
            "$(sed -n '/DO NOT MATCH THE HASHES/,$s/^ *\([A-Za-z0-9._-]*==[^ ]*\).*/\1/p' "$log" | head -n 1)" "$log"
    elif grep -qF '(from versions: none)' "$log"; then
        printf 'no network: pip found nothing in its package index (its settings: pip config list; its output: %s)\n' "$log"
    else
        printf 'pip failed: %s (its output: %s)\n' "$(grep -E '^ *ERROR:' "$log" | tail -n 1 | sed 's/^ *//')" "$log"
    fi
}
