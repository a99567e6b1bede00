/* Starting a server of tenants, and talking to it. */
#ifndef CLIENT_H
#define CLIENT_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
  pid_t process;
  int port;
  int input; /* Its standard input. */
} server_t;

static inline void fail(const char *why) {
  perror(why);
  exit(1);
}

/* Starts a server, whose first line of output has its port. */
static inline server_t start_server(char **command) {
  server_t server = {0, 0, -1};
  int input[2], output[2];
  if (pipe2(input, O_CLOEXEC) != 0 || pipe2(output, O_CLOEXEC) != 0) fail("can't make a pipe");
  server.input = input[1];
  if ((server.process = fork()) < 0) fail("can't fork");
  if (server.process == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* If this program fails. */
    dup2(input[0], STDIN_FILENO);
    dup2(output[1], STDOUT_FILENO);
    execvp(command[0], command);
    fail(command[0]);
  }
  close(input[0]);
  close(output[1]);
  FILE *said = fdopen(output[0], "r");
  if (said == NULL || fscanf(said, "port %d", &server.port) != 1) {
    fprintf(stderr, "the server doesn't print its port\n");
    exit(1);
  }
  fclose(said);
  return server;
}

/* Tells a server to stop: by SIGTERM, or, for STOP=input in the environment, by the end of its standard input. */
static inline void tell_to_stop(server_t server) {
  const char *way = getenv("STOP");
  if (way != NULL && strcmp(way, "input") == 0) close(server.input);
  else kill(server.process, SIGTERM);
}

/* Waits for the end of a server. Returns its exit status, or the negative number of the signal that ended it. */
static inline int wait_for_server(server_t server) {
  int status;
  if (waitpid(server.process, &status, 0) != server.process) fail("can't wait for the server");
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* Connects to a server, with `room` bytes for what was received and not read, or the system's default for 0. */
static inline int connect_to(server_t server, int room) {
  const int one = 1, client = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)server.port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (room > 0) setsockopt(client, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (client < 0 || connect(client, (struct sockaddr *)&address, sizeof address) != 0) fail("can't connect");
  return client;
}

/* An answer. */
typedef struct {
  char number[24], how[40]; /* As in `exit 0` or `error busy`. */
  size_t len;
  char text[8192];
} answer_t;

/* Takes the first answer out of received bytes. Returns how many bytes it has, or 0 if it isn't complete. */
static inline size_t parse_answer(const char *bytes, size_t len, answer_t *answer) {
  char head[100] = "", kind[20], detail[20];
  const char *newline = memchr(bytes, '\n', len);
  const size_t head_len = newline == NULL ? len : (size_t)(newline - bytes);
  if (head_len >= sizeof head) fail("the answer's first line is too long");
  if (newline == NULL) return 0;
  memcpy(head, bytes, head_len);
  if (sscanf(head, "%20s %19s %19s %zu", answer->number, kind, detail, &answer->len) != 4 ||
      answer->len >= sizeof answer->text) {
    fprintf(stderr, "the answer has a wrong first line: %s\n", head);
    exit(1);
  }
  if (len < head_len + answer->len + 2) return 0;
  snprintf(answer->how, sizeof answer->how, "%s %s", kind, detail);
  memcpy(answer->text, newline + 1, answer->len);
  answer->text[answer->len] = 0;
  if (newline[1 + answer->len] != '\n') fail("an answer's text isn't as long as it says");
  return head_len + answer->len + 2;
}

#endif
