#!/bin/sh
# Looks for the system programs that the tests drive; as root on Debian it installs what is missing.
# Elsewhere it says in one line what is missing and goes on, because the tests that need it then skip
# themselves; with CI set nothing may be missing.
set -eu

# One line for each need: Debian package, then how to see that it is there.
missing=""
need() { # need PACKAGE COMMAND...
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}

# Any of the names under which a program may be installed.
program() {
    for name in "$@"; do
        if command -v "$name"; then return 0; fi
    done
    return 1
}

browser() {
    program chromium-headless-shell chromium chromium-browser google-chrome
}

# LibreOffice may be there without the half that opens tables (calc) or texts (writer).
office_part() {
    soffice=$(command -v soffice || command -v libreoffice) || return 1
    folder=$(dirname "$(readlink -f "$soffice")")
    [ -e "$folder/../program/$1" ] || [ -e "$folder/../Frameworks/$1" ]
}

chinese_font() {
    fc-list ":lang=zh-cn" family | grep -q .
}

look() {
    missing=""
    need chromium-headless-shell browser                 # drives the pages; a whole Chromium or Chrome will do
    need fontconfig program fc-list                      # finds the fonts
    need fonts-noto-cjk chinese_font                     # Chinese text on pages, letters, drawn seals
    need libreoffice-writer-nogui office_part libswlo.so # opens the Word papers as the office would
    need libreoffice-calc-nogui office_part libsclo.so   # opens the Excel papers as the office would
}

look
if [ -n "$missing" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "安装测试所需的系统软件 / Installing what the tests need:$missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # shellcheck disable=SC2086  # one word for each package
    apt-get install -y -qq --no-install-recommends $missing >/dev/null
    look
fi
# A whole Chromium does too, but each of its windows has a frame that draws itself anew with every change of size, and on a
# busy machine it was seen to stand still. The shell has none: where it is easily had it is taken, and nothing waits for it.
if [ "$(id -u)" = 0 ] && ! program chromium-headless-shell >/dev/null && command -v apt-get >/dev/null; then
    DEBIAN_FRONTEND=noninteractive timeout 90 \
        apt-get install -y -qq --no-install-recommends chromium-headless-shell >/dev/null 2>&1 || true
fi
[ -z "$missing" ] && exit 0
echo "缺少系统软件，相关测试将跳过 / Missing, so the tests that need it are skipped (Debian package names):$missing" >&2
[ -z "${CI:-}" ]
