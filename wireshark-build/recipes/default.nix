# SPDX-License-Identifier: GPL-2.0-or-later
# Not tried: written after nixpkgs' manual, never built. Wireshark of nixpkgs looks for plugins in its own output only, so the
# plugin is linked into the user's folder, or WIRESHARK_PLUGIN_DIR names $out/lib/wireshark/plugins.
{ pkgs ? import <nixpkgs> { } }:
pkgs.rustPlatform.buildRustPackage {
  pname = "wireshark-plugin-msn";
  version = "0.1.0";
  src = ../..;
  cargoLock.lockFile = ../../Cargo.lock;
  nativeBuildInputs = [ pkgs.pkg-config ];
  buildInputs = [ pkgs.glib pkgs.wireshark.dev ];
  buildPhase = "cargo plugin build --yes";
  doCheck = false;
  installPhase = ''
    mkdir -p $out/lib/wireshark
    cp -r target/plugins $out/lib/wireshark/plugins
  '';
  meta.license = pkgs.lib.licenses.gpl2Plus;
}
