#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes the pictures of the window again: pictures.sh [NAME…], after `cargo plugin build`.
# Needs Xvfb, wireshark, xdotool and ImageMagick. No settings of the user are read; as root, Wireshark runs as nobody.
set -euo pipefail
cd "$(dirname "$0")/../.."
plugins=${MSN_PLUGIN_DIR:-$PWD/target/plugins}
out=${MSN_PICTURES:-$PWD/wireshark-build/guide/pictures}
captures=tests/captures
scratch=$(mktemp -d /tmp/msn-pictures.XXXXXX)
display=:$((RANDOM % 500 + 90))
servers=()

finish() {
    for process in "${servers[@]}"; do kill "$process" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$scratch"
}
trap finish EXIT

mkdir -p "$out" "$scratch/config/wireshark/profiles" "$scratch/run"
cp -r "$plugins" "$scratch/plugins"
cp -r plugin-c/profile "$scratch/config/wireshark/profiles/MSN"
rm "$scratch/config/wireshark/profiles/MSN/README.md"
cp -r "$captures" "$scratch/captures"
chmod -R a+rX "$scratch"
chmod 700 "$scratch/run"
as=()
if [ "$(id -u)" = 0 ]; then
    chown -R 65534:65534 "$scratch"
    as=(setpriv --reuid=65534 --regid=65534 --clear-groups --)
fi

Xvfb "$display" -screen 0 1280x800x24 >"$scratch/xvfb.log" 2>&1 &
servers+=($!)
sleep 2
export DISPLAY=$display

# window FILE FRAME [FILTER]: opens a capture in the window, at a frame.
window() {
    # The language, the sizes of panes and hints on updates are settings, too.
    printf '%s\n' 'gui.update.enabled: FALSE' 'gui.ask_unsaved: FALSE' 'gui.show_start_up_info: FALSE' \
        >"$scratch/config/wireshark/preferences"
    "${as[@]}" env -i PATH="$PATH" DISPLAY="$DISPLAY" HOME="$scratch" LANG=C.UTF-8 TZ=UTC QT_SCALE_FACTOR=1 \
        XDG_CONFIG_HOME="$scratch/config" XDG_RUNTIME_DIR="$scratch/run" WIRESHARK_PLUGIN_DIR="$scratch/plugins" \
        wireshark -C MSN -r "$scratch/captures/$1" -g "$2" ${3:+-Y "$3"} >"$scratch/wireshark.log" 2>&1 &
    servers+=($!)
    for _ in $(seq 60); do
        shown=$(xdotool search --name "$1" 2>/dev/null | tail -1) && [ -n "$shown" ] && break
        sleep 0.5
    done
    [ -n "${shown:-}" ] || { cat "$scratch/wireshark.log" >&2; exit 1; }
    xdotool windowmove "$shown" 0 0 windowsize "$shown" 1280 800
    sleep 3
}

# More room for the packet, and its last protocol opened: the line of the list is dragged up, then a key opens the tree.
open_tree() {
    xdotool mousemove 320 436 mousedown 1 mousemove --sync 320 400 mousemove --sync 320 300 mouseup 1
    sleep 0.5
    xdotool mousemove 300 380 click 1 key End shift+Right
    sleep 0.5
}

# keep NAME: what the screen shows now.
keep() {
    import -window root png:- | convert - -colors 128 -define png:compression-level=9 -strip "$out/$1.png"
    echo "$out/$1.png"
}

leave() {
    kill "${servers[-1]}"
    wait "${servers[-1]}" 2>/dev/null || true
    unset 'servers[-1]'
    sleep 0.5
}

picture_chat() {
    window msnp18-basic-libpurple2.10.9-escargot.pcap 210 msn
    open_tree
    keep chat
    leave
}

picture_login() {
    window msnp8-basic-libpurple2.0.0-escargot.pcap 1 'msn.auth.phase || msn.error'
    xdotool mousemove 300 124 click 1
    sleep 0.5
    open_tree
    keep login
    leave
}

picture_transfer() {
    window msnp18-p2p-libpurple2.10.9-escargot.pcap 1 'msnslp.method == "INVITE"'
    xdotool mousemove 300 124 click 1
    sleep 0.5
    open_tree
    keep transfer
    leave
}

all=(chat login transfer)
for name in "${@:-${all[@]}}"; do
    "picture_$name"
done
