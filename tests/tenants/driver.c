/*
 * Sends many mixed requests to a server of tenants over several connections, and checks each answer: it has the number
 * of its request, and the result for its input. Looks at the memory of the server after a tenth of the requests and at
 * the end. Prints the rate and the time that requests take.
 *
 *   driver NAME REQUESTS LOOPS CONNECTIONS COMMAND...
 *
 * LOOPS of 1000 requests run until their time is over. With REQUESTS of the form `NUMBER:FILE`, the time per request is
 * appended to the file, as a line for `make bench`, and the memory may grow.
 */
#define _GNU_SOURCE
#include "client.h"
#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <time.h>

enum { MAX_CONNECTIONS = 64, ROOM = 16384 };

static uint64_t seed = 20261129;

/* A pseudo-random number (xorshift). */
static uint64_t chance(void) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  return seed ^= seed << 17;
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* A connection with one request under way. */
typedef struct {
  uint64_t sent;      /* When, in nanoseconds. */
  char number[24];    /* Of the request. */
  char how[40];       /* The right answer, and */
  char text[20];      /* its text, if it isn't the message of an error. */
  size_t len;         /* What was received so far. */
  char bytes[ROOM];
} connection_t;

static connection_t connections[MAX_CONNECTIONS];
static struct pollfd sockets[MAX_CONNECTIONS];

static void choose_input(char *input) {
  const size_t len = 1 + chance() % 60;
  for (size_t i = 0; i < len; i++) input[i] = (char)('!' + chance() % 94);
  input[len] = 0;
}

/* Chooses a tenant, and writes down the right answer for an input. */
static const char *choose_tenant(connection_t *to, const char *input, unsigned loops) {
  uint32_t hash = 0x811c9dc5, sum = 0;
  for (const char *at = input; *at != 0; at++) {
    hash = (hash ^ (uint8_t)*at) * 0x01000193;
    sum += (uint8_t)*at;
  }
  to->text[0] = 0;
  if (chance() % 1000 < loops) return strcpy(to->how, "error time"), "loop";
  switch (chance() % 16) {
  case 0: return strcpy(to->how, "error trap"), "trap";
  case 1: return strcpy(to->how, "error limit"), "print";
  case 2: return strcpy(to->how, "exit 16"), "grow";
  case 3: case 4: case 5: return sprintf(to->how, "exit %u", sum % 64), "exit";
  default:
    sprintf(to->text, "%08" PRIx32, hash);
    return strcpy(to->how, "exit 0"), "hash";
  }
}

static void send_request(int i, unsigned loops) {
  connection_t *to = &connections[i];
  char input[64], line[200];
  choose_input(input);
  const char *tenant = choose_tenant(to, input, loops);
  sprintf(to->number, "%" PRIu64, chance());
  const int len = sprintf(line, "%s %s %s\n", to->number, tenant, input);
  to->sent = now();
  if (send(sockets[i].fd, line, (size_t)len, MSG_NOSIGNAL) != len) fail("can't send a request");
}

/* Receives what there is. Returns whether the answer is complete, which is checked. */
static bool receive_answer(int i) {
  connection_t *from = &connections[i];
  answer_t answer;
  const ssize_t got = recv(sockets[i].fd, from->bytes + from->len, ROOM - from->len, 0);
  if (got <= 0) fail("the server has closed a connection");
  from->len += (size_t)got;
  const size_t used = parse_answer(from->bytes, from->len, &answer);
  if (used == 0) return false;
  const bool is_error = strncmp(from->how, "error", 5) == 0;
  if (used != from->len || strcmp(answer.number, from->number) != 0 || strcmp(answer.how, from->how) != 0 ||
      (is_error ? answer.len == 0 : strcmp(answer.text, from->text) != 0)) {
    fprintf(stderr, "a wrong answer: %.*s\ninstead of %s %s %s\n", (int)from->len, from->bytes, from->number,
            from->how, from->text);
    exit(1);
  }
  from->len = 0;
  return true;
}

/* Sends the requests and receives the answers. Notes how long each took. */
static void exchange(uint32_t *times, size_t count, int open, unsigned loops) {
  size_t sent = 0, answered = 0;
  while (answered < count) {
    for (int i = 0; i < open; i++) {
      if (connections[i].sent == 0 && sent < count) send_request(i, loops), sent++;
    }
    if (poll(sockets, (nfds_t)open, 60000) <= 0) fail("no answer for a minute");
    for (int i = 0; i < open; i++) {
      if (sockets[i].revents == 0 || !receive_answer(i)) continue;
      times[answered++] = (uint32_t)((now() - connections[i].sent) / 1000);
      connections[i].sent = 0;
    }
  }
}

/* The resident memory of a process, in kilobytes. */
static long memory_of(pid_t process) {
  char path[40], line[200];
  long memory = 0;
  sprintf(path, "/proc/%d/status", (int)process);
  FILE *file = fopen(path, "r");
  while (file != NULL && fgets(line, sizeof line, file) != NULL) sscanf(line, "VmRSS: %ld", &memory);
  if (file != NULL) fclose(file);
  return memory;
}

/* The time of the processor that a process has used, in seconds. */
static double work_of(pid_t process) {
  char path[40];
  unsigned long user = 0, system = 0;
  sprintf(path, "/proc/%d/stat", (int)process);
  FILE *file = fopen(path, "r");
  /* The name is the only field that may have spaces, and ends with the last parenthesis. */
  if (file == NULL || fscanf(file, "%*[^)])%*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %lu %lu", &user, &system) != 2) {
    fail("can't read what the server has worked");
  }
  fclose(file);
  return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static int compare(const void *a, const void *b) {
  const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  if (argc < 6) return fprintf(stderr, "usage: driver NAME REQUESTS LOOPS CONNECTIONS COMMAND...\n"), 2;
  const char *record = strchr(argv[2], ':');
  const size_t count = strtoul(argv[2], NULL, 10), tenth = count / 10;
  const unsigned loops = (unsigned)atoi(argv[3]);
  const int open = atoi(argv[4]);
  uint32_t *times = calloc(count + 1, sizeof *times);
  if (times == NULL || tenth == 0 || open < 1 || open > MAX_CONNECTIONS) return fprintf(stderr, "wrong numbers\n"), 2;
  const server_t server = start_server(argv + 5);
  for (int i = 0; i < open; i++) sockets[i] = (struct pollfd){.fd = connect_to(server, 0), .events = POLLIN};
  exchange(times, tenth, open, loops);
  const long before = memory_of(server.process);
  const double worked = work_of(server.process);
  const uint64_t start = now();
  exchange(times, count - tenth, open, loops);
  const double seconds = (double)(now() - start) / 1e9, rate = (double)(count - tenth) / seconds;
  const long after = memory_of(server.process);
  const double work = (work_of(server.process) - worked) / (double)(count - tenth);
  tell_to_stop(server);
  const int status = wait_for_server(server);
  qsort(times, count - tenth, sizeof *times, compare);
  printf("%s: %zu requests, each with its answer; %.0f a second; %.0f µs of the processor for each; 50 %% within %u µs, 99 %% within %u µs, 99.9 %% within "
         "%u µs; %.1f MB after a tenth, %.1f MB at the end\n",
         argv[1], count, rate, work * 1e6, times[(count - tenth) / 2], times[(count - tenth) * 99 / 100],
         times[(count - tenth) * 999 / 1000], (double)before / 1e3, (double)after / 1e3);
  if (record != NULL) {
    FILE *file = fopen(record + 1, "a");
    if (file == NULL || fprintf(file, "%s %.0f\n", argv[1], 1e9 / rate) < 0 || fclose(file) != 0) fail(record + 1);
  }
  if (status != 0 && status != -SIGTERM) return printf("the server ended with status %d\n", status), 1;
  if (record == NULL && after - before > before / 4) return printf("the memory grows\n"), 1;
  return 0;
}
