/*
 * Clients that make mistakes, are slow or ask for too much, and a server of tenants that stays usable for the others.
 *
 *   mistakes FEWEST COMMAND...
 *
 * The command starts the server; a port and a number of seconds are added to it. The server works on FEWEST requests at
 * once at least.
 */
#define _GNU_SOURCE
#include "client.h"
#include "../c/check.h"
#include <poll.h>
#include <stdint.h>

enum { CLIENTS = 64, ROOM = 10000, LINE = 1000 };

static char **command;
static int command_len, fewest;
static server_t server; /* Gives its clients much time. */

static server_t start(const char *seconds) {
  char *words[20];
  int len = 0;
  for (; len < command_len; len++) words[len] = command[len];
  words[len++] = (char *)"0";
  words[len++] = (char *)(uintptr_t)seconds;
  words[len] = NULL;
  return start_server(words);
}

static int stop(server_t which) {
  tell_to_stop(which);
  return wait_for_server(which);
}

static void say(int client, const char *text, size_t len) {
  while (len > 0) {
    const ssize_t sent = send(client, text, len, MSG_NOSIGNAL);
    if (sent <= 0) fail("can't send");
    text += sent;
    len -= (size_t)sent;
  }
}

/* Receives an answer, byte by byte. Returns false at the end of the connection. */
static bool hear(int client, answer_t *answer) {
  char bytes[ROOM];
  for (size_t len = 0; len < sizeof bytes; len++) {
    if (recv(client, bytes + len, 1, 0) <= 0) return false;
    if (parse_answer(bytes, len + 1, answer) > 0) return true;
  }
  return false;
}

/* Sends a line and checks the answer to it: its number, how the request ended, and a part of the text. */
static void check_answer(int client, const char *line, const char *number, const char *how, const char *text) {
  answer_t answer = {.how = "no answer"};
  say(client, line, strlen(line));
  say(client, "\n", 1);
  hear(client, &answer);
  if (strcmp(answer.number, number) == 0 && strcmp(answer.how, how) == 0 && strstr(answer.text, text) != NULL) return;
  printf("%s: %s %s: %s\n", line, answer.number, answer.how, answer.text);
  failed_here = 1;
}

/* Whether the server closes a connection, without any further answer. */
static bool is_closed(int client) {
  char byte;
  return recv(client, &byte, 1, 0) <= 0;
}

/* The server works on another client's request. */
static void serves_others(server_t which) {
  const int client = connect_to(which, 0);
  check_answer(client, "12345678901234567890 hash hello", "12345678901234567890", "exit 0", "4f9f2cab");
  close(client);
}

TEST(each_end_of_a_program_has_its_answer) {
  const int client = connect_to(server, 0);
  check_answer(client, "1 hash hello", "1", "exit 0", "4f9f2cab");
  check_answer(client, "2 hash", "2", "exit 0", "811c9dc5");
  check_answer(client, "3 hash  with  spaces ", "3", "exit 0", "77fd5e98");
  check_answer(client, "4 exit hello", "4", "exit 20", "");
  check_answer(client, "5 trap", "5", "error trap", "integer divide by zero");
  check_answer(client, "6 print", "6", "error limit", "4096");
  check_answer(client, "7 grow", "7", "exit 16", "");
  check_answer(client, "8 loop", "8", "error time", "time limit");
  check_answer(client, "9 hash hello", "9", "exit 0", "4f9f2cab");
  close(client);
}

TEST(lines_that_are_no_requests_are_refused) {
  static const char *const lines[] = {"", "hash hello", "-1 hash hello", "123456789012345678901 hash hello",
                                      "\xff\xfe hash"};
  for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
    const int client = connect_to(server, 0);
    check_answer(client, lines[i], "0", "error request", "a request is");
    check_answer(client, "1 hash hello", "1", "exit 0", "4f9f2cab");
    close(client);
  }
  const int client = connect_to(server, 0);
  check_answer(client, "1", "1", "error tenant", "no such tenant");
  check_answer(client, "2 nobody hello", "2", "error tenant", "no such tenant");
  check_answer(client, "3 ../hash hello", "3", "error tenant", "no such tenant");
  check_answer(client, "4 %s%n hello", "4", "error tenant", "no such tenant");
  say(client, "5 hash a\0b", 11);
  check_answer(client, "", "0", "error request", "a request is");
  check_answer(client, "6 hash hello", "6", "exit 0", "4f9f2cab");
  close(client);
}

TEST(the_third_line_that_is_no_request_ends_the_connection) {
  for (int i = 0; i < 20; i++) {
    answer_t answer;
    const int client = connect_to(server, 0);
    check_answer(client, "hash hello", "0", "error request", "a request is");
    check_answer(client, "1 hash hello", "1", "exit 0", "4f9f2cab");
    check_answer(client, "hash hello", "0", "error request", "a request is");
    check_answer(client, "2 nobody", "2", "error tenant", "no such tenant");
    /* Bytes after the third must not cost the client the answer. */
    say(client, "GET\n3 hash hello\n4 hash hello\n", 30);
    CHECK(hear(client, &answer) && strcmp(answer.how, "error request") == 0);
    CHECK(is_closed(client));
    close(client);
  }
  serves_others(server);
}

TEST(a_client_that_ends_its_side_gets_its_answers) {
  for (int i = 0; i < 30; i++) {
    answer_t answer;
    const int client = connect_to(server, 0);
    if (i % 2 == 0) check_answer(client, "1 hash hello", "1", "exit 0", "4f9f2cab");
    say(client, "2 hash hello\n3 exit hello\n4 hash", 32);
    shutdown(client, SHUT_WR);
    CHECK(hear(client, &answer) && strcmp(answer.number, "2") == 0 && strcmp(answer.text, "4f9f2cab") == 0);
    CHECK(hear(client, &answer) && strcmp(answer.number, "3") == 0 && strcmp(answer.how, "exit 20") == 0);
    CHECK(is_closed(client));
    close(client);
  }
}

TEST(several_requests_in_one_packet_are_answered_in_their_order) {
  const int client = connect_to(server, 0);
  answer_t answer;
  say(client, "1 hash hello\n2 trap\n3 exit hello\n4 ha", 37);
  CHECK(hear(client, &answer) && strcmp(answer.number, "1") == 0 && strcmp(answer.text, "4f9f2cab") == 0);
  CHECK(hear(client, &answer) && strcmp(answer.number, "2") == 0 && strcmp(answer.how, "error trap") == 0);
  CHECK(hear(client, &answer) && strcmp(answer.number, "3") == 0 && strcmp(answer.how, "exit 20") == 0);
  check_answer(client, "sh hello", "4", "exit 0", "4f9f2cab");
  close(client);
}

TEST(a_line_that_is_too_long_is_refused) {
  char line[10 * LINE];
  answer_t answer;
  memset(line, 'x', sizeof line);
  memcpy(line, "1 hash ", 7);
  const int client = connect_to(server, 0);
  say(client, line, sizeof line);
  CHECK(hear(client, &answer) && strcmp(answer.how, "error request") == 0 && strstr(answer.text, "too long") != NULL);
  CHECK(is_closed(client));
  close(client);
  /* With its newline, `LINE` bytes is the longest. */
  const int other = connect_to(server, 0);
  line[LINE - 1] = 0;
  check_answer(other, line, "1", "exit 0", "");
  close(other);
  serves_others(server);
}

TEST(clients_that_leave_hold_nothing) {
  const struct linger at_once = {.l_onoff = 1};
  for (int i = 0; i < 2 * CLIENTS; i++) {
    const int client = connect_to(server, 0);
    if (i % 3 == 0) say(client, "1 hash hel", 10);
    if (i % 3 == 1) say(client, "1 exit x\n", 9);
    /* By a reset instead of an orderly end. */
    if (i % 2 == 0) setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(client);
    if (i % 8 == 7) serves_others(server);
  }
}

TEST(clients_that_are_slow_are_disconnected) {
  const server_t impatient = start("1");
  const int silent = connect_to(impatient, 0), half = connect_to(impatient, 0), slow = connect_to(impatient, 2000);
  say(half, "1 hash hel", 10);
  /* One that sends requests, and reads no answers, until the server closes the connection. */
  char lines[10 * LINE];
  for (size_t i = 0; i < sizeof lines; i += 10) memcpy(lines + i, "123 nobody\n" + 1, 10);
  while (send(slow, lines, sizeof lines, MSG_NOSIGNAL) > 0) {}
  serves_others(impatient);
  CHECK(is_closed(silent));
  CHECK(is_closed(half));
  close(silent), close(half), close(slow);
  CHECK(stop(impatient) == 0);
}

TEST(too_many_clients_are_refused) {
  int clients[CLIENTS];
  answer_t answer;
  const server_t other = start("100");
  for (int i = 0; i < CLIENTS; i++) clients[i] = connect_to(other, 0);
  for (int i = 0; i < 20; i++) {
    const int more = connect_to(other, 0);
    /* Bytes that the server doesn't read must not cost the client the answer. */
    if (i % 2 == 0) {
      say(more, "1 hash hello\n", 13);
      usleep(2000);
    }
    CHECK(hear(more, &answer) && strcmp(answer.how, "error busy") == 0 && strstr(answer.text, "clients") != NULL);
    CHECK(is_closed(more));
    close(more);
  }
  for (int i = 0; i < CLIENTS; i++) check_answer(clients[i], "1 hash hello", "1", "exit 0", "4f9f2cab");
  /* A client that leaves makes room. */
  close(clients[0]);
  for (bool is_refused = true; is_refused;) {
    clients[0] = connect_to(other, 0);
    say(clients[0], "1 hash hello\n", 13);
    is_refused = !hear(clients[0], &answer) || strcmp(answer.how, "error busy") == 0;
    if (is_refused) close(clients[0]);
  }
  CHECK(strcmp(answer.how, "exit 0") == 0);
  for (int i = 0; i < CLIENTS; i++) close(clients[i]);
  CHECK(stop(other) == 0);
}

TEST(too_many_requests_of_a_tenant_are_refused_at_once_others_not_and_those_in_work_end_before_the_server_does) {
  enum { SLEEPERS = 40 };
  struct pollfd clients[SLEEPERS];
  answer_t answer;
  int busy = 0, ended = 0;
  const server_t other = start("100");
  const int of_others = connect_to(other, 0);
  for (int i = 0; i < SLEEPERS; i++) clients[i] = (struct pollfd){.fd = connect_to(other, 0), .events = POLLIN};
  for (int i = 0; i < SLEEPERS; i++) say(clients[i].fd, "1 sleep\n", 8);
  for (bool is_told = false; busy + ended < SLEEPERS;) {
    if (poll(clients, SLEEPERS, -1) < 0) fail("can't wait for answers");
    for (int i = 0; i < SLEEPERS; i++) {
      if (clients[i].revents == 0) continue;
      CHECK(hear(clients[i].fd, &answer));
      const bool is_busy = strcmp(answer.how, "error busy") == 0;
      CHECK(is_busy || strcmp(answer.how, "error time") == 0);
      /* The first answer is to a request that came later than those in work. */
      if (busy + ended == 0) {
        CHECK(is_busy);
        say(of_others, "2 hash hello\n", 13);
      }
      busy += is_busy, ended += !is_busy;
      close(clients[i].fd);
      clients[i].fd = -1;
    }
    if (ended > 0 && !is_told) tell_to_stop(other), is_told = true;
  }
  CHECK(ended >= fewest);
  CHECK(busy >= SLEEPERS / 4);
  CHECK(hear(of_others, &answer) && strcmp(answer.how, "exit 0") == 0);
  close(of_others);
  CHECK(wait_for_server(other) == 0);
}

/* Runs the server with other arguments, which it refuses. Returns its exit status. */
static int status_with(bool has_folder, const char *port, const char *seconds) {
  char *words[20];
  int len = 0;
  for (; len < command_len - !has_folder; len++) words[len] = command[len];
  if (port != NULL) words[len++] = (char *)(uintptr_t)port;
  if (seconds != NULL) words[len++] = (char *)(uintptr_t)seconds;
  words[len] = NULL;
  const pid_t process = fork();
  if (process < 0) fail("can't fork");
  if (process == 0) {
    const int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 3; fd++) dup2(null, fd);
    execvp(words[0], words);
    _exit(1);
  }
  return wait_for_server((server_t){process, 0, -1});
}

TEST(wrong_arguments_are_refused) {
  static const char *const ports[] = {"abc", "99999", "-5", "", "70x"}, *const times[] = {"0", "-1", "soon", "999999"};
  CHECK(status_with(false, NULL, NULL) == 2);
  for (int i = 0; i < 5; i++) CHECK(status_with(true, ports[i], NULL) == 2);
  for (int i = 0; i < 4; i++) CHECK(status_with(true, "0", times[i]) == 2);
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  fewest = atoi(argv[1]);
  command = argv + 2;
  command_len = argc - 2;
  server = start("100");
  RUN(each_end_of_a_program_has_its_answer);
  RUN(lines_that_are_no_requests_are_refused);
  RUN(the_third_line_that_is_no_request_ends_the_connection);
  RUN(a_client_that_ends_its_side_gets_its_answers);
  RUN(several_requests_in_one_packet_are_answered_in_their_order);
  RUN(a_line_that_is_too_long_is_refused);
  RUN(clients_that_leave_hold_nothing);
  RUN(clients_that_are_slow_are_disconnected);
  RUN(too_many_clients_are_refused);
  RUN(too_many_requests_of_a_tenant_are_refused_at_once_others_not_and_those_in_work_end_before_the_server_does);
  RUN(wrong_arguments_are_refused);
  CHECK(stop(server) == 0);
  return finish("tenants");
}
