/*
 * A server of many tenants, on the loopback interface. A request is a line with a number, the name of a tenant and an
 * input, which the tenant's program reads. The answer is a line with the number of the request, how it ended and the
 * length of a text in bytes, and then the text and a newline. The text is the program's output, or says why it failed.
 *
 *   request          answer
 *   1 hash hello     1 exit 0 8
 *                    4f9f2cab
 *   2 trap           2 error trap 33
 *                    wasm trap: integer divide by zero
 *
 * The answers on a connection come in the order of its requests. Too much work is refused at once, by `error busy`.
 *
 *   cc -Iinclude examples/tenants/server.c -Ltarget/release -lsafewasm -Wl,-rpath,target/release -pthread -o server
 *   ./server examples/tenants [PORT [SECONDS]]
 *
 * A client has SECONDS to send a line, and as long to receive an answer. The third line that is no request ends its
 * connection. SIGTERM and SIGINT stop the server, after the requests in work.
 */
#define _POSIX_C_SOURCE 200809L
#include "tenants.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* How many requests wait until one of those in work ends. The last places are for tenants that have no request yet. */
enum { WAITING = 12, RESERVED = 4 };

/* How many clients are connected, how many refused ones may still receive why, the bytes of a line. */
enum { CONNECTIONS = 64, REFUSED = 16, LINE = 1000 };

/* How many lines of a connection that are no requests end it. */
enum { WRONG = 3 };

static int64_t patience; /* The time that a client has, in milliseconds. */

/* The mutex protects these. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work_ended = PTHREAD_COND_INITIALIZER, client_left = PTHREAD_COND_INITIALIZER;
static int working, waiting, connected;
static int requests[TENANTS]; /* In work and waiting, of each tenant. */
static bool is_stopping;

/* A client, which has a thread of its own. The mutex protects `is_used`, and the socket against being closed. */
typedef struct {
  bool is_used;
  int socket, wrong; /* `wrong` is the number of lines that were no requests. */
  size_t len;        /* The number of bytes that were received and not handled. */
  char bytes[LINE];
} client_t;

static client_t clients[CONNECTIONS];

/* Returns the time in milliseconds. */
static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * INT64_C(1000) + time.tv_nsec / 1000000;
}

/* Waits until a socket is ready. Returns false if it isn't in time. */
static bool is_ready(int socket, short events, int64_t end) {
  const int64_t left = end - now();
  struct pollfd one = {.fd = socket, .events = events};
  return left > 0 && poll(&one, 1, (int)left) > 0;
}

static bool send_all(int socket, const char *bytes, size_t len) {
  const int64_t end = now() + patience;
  while (len > 0) {
    const ssize_t sent = send(socket, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) bytes += sent, len -= (size_t)sent;
    else if (errno != EAGAIN || !is_ready(socket, POLLOUT, end)) return false;
  }
  return true;
}

/* Sends an answer, whose text has at most `OUTPUT` bytes. */
static bool answer(int socket, const char *number, const char *how, const char *text, size_t len) {
  char bytes[OUTPUT + 100];
  const size_t head = (size_t)snprintf(bytes, 99, "%s %s %zu\n", number, how, len);
  memcpy(bytes + head, text, len);
  bytes[head + len] = '\n';
  return send_all(socket, bytes, head + len + 1);
}

static bool refuse(int socket, const char *number, const char *how, const char *why) {
  return answer(socket, number, how, why, strlen(why));
}

/* Waits for room to work on a request of a tenant. Returns false at once if too many wait already. */
static bool begin_work(int tenant) {
  pthread_mutex_lock(&mutex);
  const int places = WORKING + WAITING - (requests[tenant] > 0 ? RESERVED : 0);
  const bool has_room = working + waiting < places;
  if (has_room) {
    requests[tenant]++;
    waiting++;
    while (working == WORKING) pthread_cond_wait(&work_ended, &mutex);
    waiting--;
    working++;
  }
  pthread_mutex_unlock(&mutex);
  return has_room;
}

static void end_work(int tenant) {
  pthread_mutex_lock(&mutex);
  requests[tenant]--;
  working--;
  pthread_cond_signal(&work_ended);
  pthread_mutex_unlock(&mutex);
}

/* Sends why a tenant's program failed. */
static bool answer_failure(int socket, const char *number, safewasm_error_t *error) {
  char how[40], message[500];
  snprintf(how, sizeof how, "error %s", reason(error));
  safewasm_error_take(error, message, sizeof message);
  message[strcspn(message, "\n")] = 0; /* Without the backtrace. */
  return refuse(socket, number, how, message);
}

/* Works on a request, and sends the answer. */
static bool work(int socket, const char *number, int tenant, const char *input) {
  char how[40];
  safewasm_bytes_t *output;
  const uint8_t *data;
  size_t len;
  uint32_t status;
  if (!begin_work(tenant)) return refuse(socket, number, "error busy", "too many requests");
  safewasm_error_t *error = run(&tenants[tenant], input, &status, &output);
  end_work(tenant);
  if (error == NULL) error = safewasm_bytes_data(output, &data, &len);
  if (error != NULL) return answer_failure(socket, number, error);
  snprintf(how, sizeof how, "exit %u", status);
  const bool is_sent = answer(socket, number, how, (const char *)data, len);
  safewasm_bytes_delete(output);
  return is_sent;
}

/* Takes a word, and the space after it, off the front of a text. */
static char *take_word(char **text) {
  char *word = *text;
  *text += strcspn(*text, " ");
  if (**text != 0) *(*text)++ = 0;
  return word;
}

/* Refuses a line and ends the connection. Reads the client's other bytes: the system may drop the answer otherwise. */
static bool refuse_last(int socket, const char *why) {
  const int64_t end = now() + patience;
  char bytes[LINE];
  if (!refuse(socket, "0", "error request", why)) return false;
  shutdown(socket, SHUT_WR);
  while (is_ready(socket, POLLIN, end) && recv(socket, bytes, LINE, MSG_DONTWAIT) > 0) {}
  return false;
}

/* Handles a line of `len` characters. Returns false if the connection ends. */
static bool handle(client_t *client, char *line, size_t len) {
  static const char why[] = "a request is a number, the name of a tenant and an input";
  const int socket = client->socket;
  const bool is_text = strlen(line) == len;
  const char *number = take_word(&line), *name = take_word(&line);
  if (!is_text || *number == 0 || strlen(number) > 20 || number[strspn(number, "0123456789")] != 0) {
    return ++client->wrong == WRONG ? refuse_last(socket, why) : refuse(socket, "0", "error request", why);
  }
  const int tenant = find_tenant(name);
  if (tenant == TENANTS) return refuse(socket, number, "error tenant", "there is no such tenant");
  return work(socket, number, tenant, line);
}

static bool goes_on(void) {
  pthread_mutex_lock(&mutex);
  const bool is_serving = !is_stopping;
  pthread_mutex_unlock(&mutex);
  return is_serving;
}

/* Handles one request of a client. Returns false if the connection ends. */
static bool serve_request(client_t *client) {
  const int64_t end = now() + patience;
  const int socket = client->socket;
  char *newline;
  while ((newline = memchr(client->bytes, '\n', client->len)) == NULL) {
    if (client->len == LINE) return refuse_last(socket, "the line is too long");
    if (!is_ready(socket, POLLIN, end)) return false;
    const ssize_t got = recv(socket, client->bytes + client->len, LINE - client->len, MSG_DONTWAIT);
    if (got <= 0) return false;
    client->len += (size_t)got;
  }
  *newline = 0;
  const size_t len = (size_t)(newline - client->bytes);
  const bool is_answered = handle(client, client->bytes, len);
  client->len -= len + 1;
  memmove(client->bytes, newline + 1, client->len);
  return is_answered && goes_on();
}

static void remove_client(client_t *client) {
  pthread_mutex_lock(&mutex);
  close(client->socket);
  client->is_used = false;
  connected--;
  pthread_cond_signal(&client_left);
  pthread_mutex_unlock(&mutex);
}

static void *serve(void *client) {
  while (serve_request(client)) {}
  remove_client(client);
  return NULL;
}

/* Returns a new client, or NULL if there are too many. */
static client_t *add_client(int socket) {
  client_t *client = NULL;
  pthread_mutex_lock(&mutex);
  for (int i = 0; i < CONNECTIONS && client == NULL; i++) {
    if (!clients[i].is_used) client = &clients[i];
  }
  if (client != NULL) {
    client->is_used = true;
    client->socket = socket;
    client->wrong = 0;
    client->len = 0;
    connected++;
  }
  pthread_mutex_unlock(&mutex);
  return client;
}

/* Closes a socket later: to close it at once may drop the answer, if the client has sent anything. */
static void close_later(int socket) {
  static int sockets[REFUSED], next;
  static bool is_full;
  if (is_full) close(sockets[next]);
  shutdown(socket, SHUT_WR);
  sockets[next] = socket;
  next = (next + 1) % REFUSED;
  is_full |= next == 0;
}

static void accept_client(int listener) {
  const int one = 1, socket = accept(listener, NULL, NULL);
  pthread_t thread;
  if (socket < 0) return; /* The client has left. */
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  client_t *client = add_client(socket);
  if (client != NULL && pthread_create(&thread, NULL, serve, client) == 0) {
    pthread_detach(thread);
    return;
  }
  refuse(socket, "0", "error busy", "too many clients");
  if (client != NULL) remove_client(client);
  else close_later(socket);
}

/* Ends the connections when their requests are done, and waits for that. */
static void stop(void) {
  pthread_mutex_lock(&mutex);
  is_stopping = true;
  for (int i = 0; i < CONNECTIONS; i++) {
    if (clients[i].is_used) shutdown(clients[i].socket, SHUT_RD);
  }
  while (connected > 0) pthread_cond_wait(&client_left, &mutex);
  pthread_mutex_unlock(&mutex);
}

/* Listens on a port of the loopback interface, or on any one for 0, and prints it. */
static int listen_on(int port) {
  const int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  socklen_t len = sizeof address;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&address, len) != 0 || listen(listener, CONNECTIONS) != 0 ||
      getsockname(listener, (struct sockaddr *)&address, &len) != 0) {
    perror("can't listen");
    exit(1);
  }
  printf("port %d\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

/* Returns the number that a text is, or -1 if it is none of at most `most`. */
static int parse_number(const char *text, int most) {
  const size_t len = strspn(text, "0123456789");
  const int number = len == 0 || len > 9 || text[len] != 0 ? -1 : atoi(text);
  return number <= most ? number : -1;
}

int main(int argc, char **argv) {
  const int port = argc > 2 ? parse_number(argv[2], 65535) : 0, seconds = argc > 3 ? parse_number(argv[3], 86400) : 10;
  if (argc < 2 || argc > 4 || port < 0 || seconds < 1) {
    fprintf(stderr, "usage: server FOLDER [PORT [SECONDS]]\n");
    return 2;
  }
  patience = seconds * INT64_C(1000);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, NULL); /* In all threads: `signalfd` receives them. */
  open_tenants(argv[1]);
  struct pollfd ready[] = {{.fd = listen_on(port), .events = POLLIN},
                           {.fd = signalfd(-1, &signals, 0), .events = POLLIN}};
  while (poll(ready, 2, -1) >= 0 && ready[1].revents == 0) accept_client(ready[0].fd);
  close(ready[0].fd);
  stop();
  close_tenants();
  return 0;
}
