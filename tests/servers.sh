#!/bin/sh
# Installs what tests/servers.txt lists and this machine lacks; says what to install where apt-get is not at hand.
set -eu
list=$(dirname "$0")/servers.txt

missing() {
    while read -r package program purpose; do
        case $package in "#"* | "") continue ;; esac
        if command -v dpkg-query >/dev/null; then
            dpkg-query -W -f '${db:Status-Abbrev}\n' "$package" 2>/dev/null | grep -q '^ii' || echo "$package"
        elif [ "$program" != - ] && ! PATH=$PATH:/usr/sbin command -v "$program" >/dev/null; then
            echo "$program ($purpose)"
        fi
    done <"$list"
}

lacking=$(missing)
[ -n "$lacking" ] || exit 0
root=
[ "$(id -u)" = 0 ] || root="sudo -n"
if command -v apt-get >/dev/null && { [ -z "$root" ] || $root true 2>/dev/null; }; then
    echo "installing, for the tests:" $lacking >&2
    $root apt-get update -qq
    # shellcheck disable=SC2086  # a list of words is meant
    DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends $lacking >/dev/null
    exit 0
fi
{
    echo "The tests start real servers, which this machine lacks. Install these, then make test again:"
    echo "$lacking" | sed 's/^/  /'
    echo "On Debian and Ubuntu: sudo apt-get install --no-install-recommends" $lacking
    echo "make test-quick runs what needs only Python."
} >&2
exit 2
