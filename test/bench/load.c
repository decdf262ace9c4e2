/*
 * Clients and the server behind the proxy, in one event loop, so that one core is enough for both.
 *
 *   load connections|trips|paced|streams|idle PROXY_PORT SERVER_PORT COUNT PARALLEL
 *
 * connections  COUNT connections, PARALLEL at a time: 64 B to the server, 128 B back, the server closes
 * trips        COUNT round trips of the same size over PARALLEL connections
 * paced        COUNT round trips over one connection, one every two milliseconds at most
 * streams      COUNT MiB from the server to PARALLEL clients together
 * idle         COUNT connections that made one round trip, kept until stdin ends; then it says "open"
 *
 * Prints seconds, and the median and 99th percentile of one operation in microseconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const double PACE = 0.002;
enum { REQUEST = 64, REPLY = 128, READ_AT_MOST = 1 << 20 };

enum mode { CONNECTIONS, TRIPS, PACED, STREAMS, IDLE, MODES };
static const char *const NAMES[MODES] = {"connections", "trips", "paced", "streams", "idle"};

struct peer {
  int fd;
  void (*ready)(struct peer *);
  unsigned long got;  /* bytes of the current request or reply */
  unsigned long left; /* bytes that are still to be streamed */
  double started;
};

static enum mode mode;
static int loop, proxy_port;
static unsigned long count, per_stream;
static unsigned long started, finished;
static double *latencies;
static char bytes[256 * 1024];

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(const char *what) {
  fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
  exit(1);
}

static struct sockaddr_in local(int port) {
  return (struct sockaddr_in){.sin_family = AF_INET,
                              .sin_port = htons(port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static struct peer *watch(int fd, void (*ready)(struct peer *)) {
  struct peer *peer = calloc(1, sizeof *peer);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = peer};
  int on = 1;
  peer->fd = fd;
  peer->ready = ready;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event) < 0) fail("epoll_ctl");
  return peer;
}

static void forget(struct peer *peer) {
  close(peer->fd);
  free(peer);
}

/* Bytes read and thrown away, 0 at the end, -1 if there is nothing now. */
static long discard(struct peer *peer) {
  long n = recv(peer->fd, NULL, READ_AT_MOST, MSG_TRUNC | MSG_DONTWAIT);
  if (n < 0 && errno != EAGAIN) fail("recv");
  if (n > 0) peer->got += n;
  return n;
}

static void send_all(struct peer *peer, unsigned long length) {
  if (send(peer->fd, bytes, length, MSG_NOSIGNAL) != (long)length) fail("send");
}

/* The server's side. */

static void stream(struct peer *peer) {
  unsigned long length = peer->left < sizeof bytes ? peer->left : sizeof bytes;
  long n = send(peer->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (n < 0 && errno != EAGAIN) fail("send");
  if (n > 0) peer->left -= n;
  if (peer->left == 0) forget(peer);
}

static void serve(struct peer *peer) {
  struct epoll_event writable = {.events = EPOLLOUT, .data.ptr = peer};
  if (discard(peer) == 0) {
    forget(peer);
    return;
  }
  if (peer->got < REQUEST) return;
  peer->got = 0;
  if (mode == STREAMS) {
    peer->left = per_stream;
    peer->ready = stream;
    epoll_ctl(loop, EPOLL_CTL_MOD, peer->fd, &writable);
    return;
  }
  send_all(peer, REPLY);
  if (mode == CONNECTIONS) forget(peer);
}

static void accept_one(struct peer *listener) {
  int fd = accept(listener->fd, NULL, NULL);
  if (fd < 0) fail("accept");
  watch(fd, serve);
}

static void listen_on(int port) {
  struct sockaddr_in address = local(port);
  int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) fail("bind");
  if (listen(fd, 4096) < 0) fail("listen");
  watch(fd, accept_one);
}

/* The clients' side. */

static void ask(struct peer *peer) {
  started++;
  peer->got = 0;
  peer->started = now();
  send_all(peer, REQUEST);
}

static void answered(struct peer *peer);

static void connect_one(void) {
  struct sockaddr_in address = local(proxy_port);
  double at = now();
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) fail("connect");
  struct peer *peer = watch(fd, answered);
  ask(peer);
  peer->started = at;
}

static void answered(struct peer *peer) {
  unsigned long whole = mode == STREAMS ? per_stream : REPLY;
  int ends = mode == CONNECTIONS || mode == STREAMS;
  long n = discard(peer);
  if (n < 0 || (n > 0 && (ends || peer->got < whole))) return;
  if (peer->got != whole) {
    fprintf(stderr, "load: %lu bytes instead of %lu\n", peer->got, whole);
    exit(1);
  }
  latencies[finished++] = now() - peer->started;
  /* Nobody else is to be served meanwhile. */
  if (mode == PACED && now() < peer->started + PACE)
    usleep((peer->started + PACE - now()) * 1e6);
  if ((mode == TRIPS || mode == PACED) && started < count) ask(peer);
  else if (mode != IDLE) forget(peer);
  if (mode != TRIPS && mode != PACED && started < count) connect_one();
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  struct epoll_event events[256];
  if (argc != 6) return 2;
  while (mode < MODES && strcmp(argv[1], NAMES[mode]) != 0) mode++;
  proxy_port = atoi(argv[2]);
  count = strtoul(argv[4], NULL, 10);
  unsigned long parallel = strtoul(argv[5], NULL, 10);
  if (mode == STREAMS) {
    per_stream = (count << 20) / parallel;
    count = parallel;
  }
  latencies = calloc(count, sizeof *latencies);
  loop = epoll_create1(0);
  listen_on(atoi(argv[3]));

  double began = now();
  for (unsigned long i = 0; i < parallel && i < count; i++) connect_one();
  while (finished < count) {
    int n = epoll_wait(loop, events, 256, -1);
    for (int i = 0; i < n; i++) {
      struct peer *peer = events[i].data.ptr;
      peer->ready(peer);
    }
  }
  double seconds = now() - began;
  qsort(latencies, count, sizeof *latencies, ascending);
  printf("%.4f %.0f %.0f\n", seconds, latencies[count / 2] * 1e6, latencies[count * 99 / 100] * 1e6);
  if (mode == IDLE) {
    puts("open");
    fflush(stdout);
    while (read(0, bytes, sizeof bytes) > 0) continue;
  }
  return 0;
}
