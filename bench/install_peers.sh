#!/bin/sh
# Installs the Debian program that fetching is measured against: mbsync, of the release the machine runs.
set -eu

command -v mbsync >/dev/null 2>&1 && exit 0
as_root=''
[ "$(id -u)" -eq 0 ] || as_root=sudo
$as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends 'isync=1.4.*' >/dev/null ||
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends isync >/dev/null
