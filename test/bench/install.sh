#!/usr/bin/env bash
# Installs what the bench compares with and what it measures with, where it is missing: haproxy, nginx
# with its stream module, a C compiler; and by the tests' own script Node 24, Docker and its test image.
set -euo pipefail
cd "$(dirname "$0")/../.."
bash test/e2e/support/install.sh

packages=()
command -v haproxy >/dev/null || packages+=(haproxy)
[ -e /usr/lib/nginx/modules/ngx_stream_module.so ] || packages+=(nginx libnginx-mod-stream)
command -v gcc >/dev/null || packages+=(gcc libc6-dev)
command -v unshare >/dev/null || packages+=(util-linux)
if [ ${#packages[@]} -gt 0 ]; then
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || {
    echo "sluice bench: ${packages[*]} missing, and installing takes root on Debian" >&2
    exit 1
  }
  # Debian starts what it installs; these are only wanted as programs.
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod +x /usr/sbin/policy-rc.d
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi

mkdir -p dist/test/bench
gcc -O2 -Wall -Wextra -Werror -o dist/test/bench/load test/bench/load.c
