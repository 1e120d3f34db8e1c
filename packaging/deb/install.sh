#!/bin/sh
# Install vBot from this folder without any network, on Debian 13 or Ubuntu 24.04, as root:
#   sh install.sh [--cpu | --gpu] [--signed-by FINGERPRINT]
# --cpu, --gpu   which worker (without: for the GPU where an NVIDIA device is there and the folder has that package).
#                NVIDIA's driver is not in this folder: install the distribution's before
# --signed-by    the fingerprint of the key that signs vBot's releases, as whoever supplies the box has told it: nothing is
#                installed of a folder that another has signed. Without it, whose key it was is said.
set -eu

say() {
    echo "install.sh: $*" >&2
}

fail() {
    say "error: $*"
    exit 1
}

device='' wanted=''
while [ $# -gt 0 ]; do
    case $1 in
        --cpu) device=cpu ;;
        --gpu) device=cuda ;;
        --signed-by)
            wanted=$(echo "${2:-}" | tr -d ' :' | tr a-f A-F)
            [ -n "$wanted" ] || fail "a fingerprint must follow --signed-by"
            shift
            ;;
        *) sed -n '2,/^set /s/^# //p' "$0" && exit 2 ;;
    esac
    shift
done

stick=$(cd -- "$(dirname -- "$0")" && pwd -P)
[ "$(id -u)" -eq 0 ] || fail "run it as root: sudo sh $0"
state=$(mktemp -d)
trap 'rm -rf -- "$state"' EXIT

# Every file that is used, this one included, is among those whose sums are signed. Of what apt itself verifies its sources
# with one is on every system: sqv on Debian 13, gpgv elsewhere.
signer() {
    if command -v gpgv >/dev/null; then
        gpgv --status-fd 1 --keyring "$1" "$stick/SHA256SUMS.gpg" "$stick/SHA256SUMS" >"$state/status" 2>"$state/why" || return 0
        # A revoked or expired key's is valid, too, but not good.
        ! grep -q '^\[GNUPG:\] GOODSIG ' "$state/status" || sed -n 's/^\[GNUPG:\] VALIDSIG .* \([0-9A-F]*\)$/\1/p' "$state/status"
    elif command -v sqv >/dev/null; then
        sqv --keyring "$1" "$stick/SHA256SUMS.gpg" "$stick/SHA256SUMS" 2>"$state/why" | tail -n 1
    else
        fail "neither gpgv nor sqv is here to verify the signature: this is no Debian or Ubuntu that we know"
    fi
}

say "looking whether the folder is whole and as it was signed"
# One that was installed before is what a later folder must be signed with.
keyring=/usr/share/keyrings/vbot-archive-keyring.gpg
[ -e "$keyring" ] || keyring=$stick/vbot/apt/vbot-archive-keyring.gpg
by=$(signer "$keyring")
[ -n "$by" ] || fail "its signature is none of $keyring: $(tail -n 1 "$state/why" 2>/dev/null)"
[ -z "$wanted" ] || [ "$by" = "$wanted" ] || fail "it was signed by $by, and not by $wanted"
(cd -- "$stick" && sha256sum --check --strict --quiet SHA256SUMS) || fail "the folder is damaged: copy it again"
(cd -- "$stick" && find install.sh vbot distribution ! -type d 2>/dev/null | LC_ALL=C sort) >"$state/there"
sed 's/^[0-9a-f]\{64\} [ *]//' "$stick/SHA256SUMS" | LC_ALL=C sort >"$state/signed"
added=$(LC_ALL=C comm -23 "$state/there" "$state/signed" | head -n 1)
[ -z "$added" ] || fail "$added is not among what was signed: remove it, or copy the folder again"
if [ -n "$wanted" ]; then
    say "signed by $by, as you said"
else
    say "signed by $by: compare that with what whoever supplies vBot has told you (--signed-by)"
fi

suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
if [ -z "$suite" ] || [ ! -d "$stick/distribution/$suite" ]; then
    fail "this folder has nothing for ${suite:-a system that does not tell its name}, only for $(cd -- "$stick/distribution" && echo *)"
fi

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
if [ "$device" = cuda ] && [ ! -e /dev/nvidiactl ]; then
    say "no NVIDIA driver is here (/dev/nvidiactl): the worker does not start until there is one. It is not in this folder: install the"
    say "distribution's (Debian: nvidia-driver, Ubuntu: nvidia-driver-…-server), and restart the box; or take --cpu"
fi
for name in vbot-appliance "vbot-worker-$device" vbot-models-base; do
    package=$(found "$name")
    if [ -n "$package" ]; then
        set -- "$@" "$package"
    else
        say "without $name: it is not in this folder"
    fi
done
[ $# -gt 0 ] || fail "no package for $suite is in this folder"
if [ -n "$(found "vbot-worker-$device")" ]; then
    # With what it reads M4A, AMR, G.722, G.729.
    if [ -n "$(find "$stick/distribution/$suite" -name 'ffmpeg_*.deb')" ]; then
        set -- "$@" ffmpeg
    else
        say "without ffmpeg: it is not in this folder; M4A, AMR, G.722, G.729 stay unread"
    fi
fi

# apt takes of the distribution's packages what this machine lacks, and asks no other source. By a link: no space, no comma in
# a mount point's name gets into apt's settings.
mkdir -p "$state/lists/partial" "$state/archives/partial"
ln -s "$stick/distribution/$suite" "$state/distribution"
echo "deb [trusted=yes] file:$state/distribution ./" >"$state/sources.list"
apt() {
    apt-get -o "Dir::Etc::sourcelist=$state/sources.list" -o Dir::Etc::sourceparts=/dev/null -o "Dir::State::lists=$state/lists" \
        -o "Dir::Cache::archives=$state/archives" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root "$@"
}
apt --quiet --quiet update
apt --yes --no-install-recommends install "$@"
