#!/bin/sh
# Install vBot from this folder without any network, on Debian 13 or Ubuntu 24.04, as root: sh install.sh [--cpu | --gpu]
# Without an option the worker is for the GPU where an NVIDIA device is there and the folder has that package.
set -eu

say() {
    echo "install.sh: $*" >&2
}

fail() {
    say "error: $*"
    exit 1
}

device=''
case ${1:-} in
    --cpu) device=cpu ;;
    --gpu) device=cuda ;;
    '') ;;
    *) sed -n '2,3s/^# //p' "$0" && exit 2 ;;
esac

stick=$(cd -- "$(dirname -- "$0")" && pwd -P)
[ "$(id -u)" -eq 0 ] || fail "run it as root: sudo sh $0"
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
if [ -z "$suite" ] || [ ! -d "$stick/distribution/$suite" ]; then
    fail "this folder has nothing for ${suite:-a system that does not tell its name}, only for $(cd -- "$stick/distribution" && echo *)"
fi
say "looking whether the folder is whole"
(cd -- "$stick/vbot" && sha256sum --check --strict --quiet SHA256SUMS) || fail "the folder is damaged: copy it again"

found() {
    find "$stick/vbot/apt/pool/$suite" "$stick/vbot/apt/pool/any" -name "$1_*.deb" 2>/dev/null | head -n 1
}

if [ -z "$device" ]; then
    device=cpu
    if [ -e /dev/nvidiactl ] && [ -n "$(found vbot-worker-cuda)" ]; then
        device=cuda
    fi
fi
set --
for name in vbot-appliance "vbot-worker-$device" vbot-models-base; do
    package=$(found "$name")
    if [ -n "$package" ]; then
        set -- "$@" "$package"
    else
        say "without $name: it is not in this folder"
    fi
done
[ $# -gt 0 ] || fail "no package for $suite is in this folder"

# apt takes of the distribution's packages what this machine lacks, and asks no other source. By a link: no space, no comma in
# a mount point's name gets into apt's settings.
state=$(mktemp -d)
trap 'rm -rf -- "$state"' EXIT
mkdir -p "$state/lists/partial" "$state/archives/partial"
ln -s "$stick/distribution/$suite" "$state/distribution"
echo "deb [trusted=yes] file:$state/distribution ./" >"$state/sources.list"
apt() {
    apt-get -o "Dir::Etc::sourcelist=$state/sources.list" -o Dir::Etc::sourceparts=/dev/null -o "Dir::State::lists=$state/lists" \
        -o "Dir::Cache::archives=$state/archives" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root "$@"
}
apt --quiet --quiet update
apt --yes --no-install-recommends install "$@"
