#!/bin/sh
# Installs the Debian packages that the tests need and the product does not.
set -eu

missing=''
need() { # package, program or file it brings, what for
    if command -v "$2" >/dev/null 2>&1 || [ -e "$2" ]; then return; fi
    echo "needed by the tests: $1 ($3)"
    missing="$missing $1"
}

need dovecot-imapd /usr/sbin/dovecot 'the IMAP server that polling is tested against'
need libreoffice-writer soffice 'makes Word, ODT and RTF forms that our readers did not write'
need ffmpeg ffmpeg 'makes the videos that are read'
need fonts-noto-cjk /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc 'Chinese text on scans, seals and subtitles'
need fonts-wqy-microhei /usr/share/fonts/truetype/wqy/wqy-microhei.ttc 'a second face for scans'
need libarchive-tools bsdtar 'opens RAR archives, as the desk does where it is there'
need 7zip 7zz 'likewise'
need zip zip 'spans a zip over volumes, as a program of applicants does'
need openssl openssl 'the certificate of the test servers'
need postgresql "$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | tail -n 1)" 'the database that several machines share'
need npm npm 'brings s3rver, the S3 server that the bucket is tested against'

[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
    echo "please install:$missing" >&2
    exit 1
fi
as_root=''
[ "$(id -u)" -eq 0 ] || as_root=sudo
$as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
# shellcheck disable=SC2086  # a list of names
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
