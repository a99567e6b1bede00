/* Processes that are programs for WASI: their exit status, their streams, and how they are ended while they wait. */
#include "processes.h"
#include "wasi.h"
#include <signal.h>
#include <sys/wait.h>

#define EXIT(status) "(func (export \"_start\") (call $proc_exit (i32.const " status ")))"

/* Copies standard input to standard output. Exits with 141 if it can't be written, with 1 if it can't be read. */
#define CAT                                                                                    \
  "(func (export \"_start\") (local $n i32) (local $at i32)"                                   \
  "  (loop $again"                                                                             \
  "    (i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const 65536))"   \
  "    (if (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8))"            \
  "      (then (call $proc_exit (i32.const 1))))"                                              \
  "    (local.set $n (i32.load (i32.const 8)))"                                                \
  "    (if (i32.eqz (local.get $n)) (then (return)))"                                          \
  "    (local.set $at (i32.const 64))"                                                         \
  "    (loop $more"                                                                            \
  "      (i32.store (i32.const 0) (local.get $at)) (i32.store (i32.const 4) (local.get $n))"   \
  "      (if (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))"         \
  "        (then (call $proc_exit (i32.const 141))))"                                          \
  "      (local.set $at (i32.add (local.get $at) (i32.load (i32.const 8))))"                   \
  "      (local.set $n (i32.sub (local.get $n) (i32.load (i32.const 8))))"                     \
  "      (br_if $more (local.get $n)))"                                                        \
  "    (br $again)))"

/* Writes to standard output for ever. */
#define WRITE                                                                                  \
  "(func (export \"_start\")"                                                                  \
  "  (loop $again"                                                                             \
  "    (i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const 65536))"   \
  "    (if (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))"           \
  "      (then (call $proc_exit (i32.const 141))))"                                            \
  "    (br $again)))"

/* Sleeps for 146 years. */
#define SLEEP                                                                                  \
  "(func (export \"_start\")"                                                                  \
  "  (i32.store (i32.const 16) (i32.const 1))"                                                 \
  "  (i64.store (i32.const 24) (i64.const 4611686018427387904))"                               \
  "  (drop (call $poll_oneoff (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128))))"

/* A host whose linker has the functions of WASI. */
static host_t new_wasi_host(void) {
  host_t host = new_host();
  OK(safewasm_linker_define_wasi(host.linker));
  return host;
}

/* A module of the prelude and `body`. */
static safewasm_module_t *new_command(host_t host, const char *body) {
  text_t text = {NULL, 0, 0};
  put(&text, "(module ");
  put(&text, PRELUDE);
  put(&text, body);
  put(&text, ")");
  safewasm_module_t *module = new_module(host.engine, text.data);
  free(text.data);
  return module;
}

static safewasm_process_t *start_with(host_t host, safewasm_module_t *module, safewasm_wasi_t *wasi) {
  safewasm_process_t *process = NULL;
  safewasm_store_t *store = new_store(host);
  OK(safewasm_store_set_wasi(store, wasi));
  OK(safewasm_process_new(host.linker, module, store, NULL, NULL, NULL, &process));
  return process;
}

static safewasm_process_t *start_command(host_t host, const char *body, safewasm_wasi_t *wasi) {
  safewasm_module_t *module = new_command(host, body);
  safewasm_process_t *process = start_with(host, module, wasi);
  safewasm_module_delete(module);
  return process;
}

/* Waits for the exit status of a process, and deletes it. */
static uint32_t status_of(safewasm_process_t *process) {
  bool has_ended = false;
  uint32_t status = 0;
  CHECK(wait_for(process, UINT64_MAX));
  OK(safewasm_process_status(process, &has_ended, &status));
  CHECK(has_ended);
  safewasm_process_delete(process);
  return status;
}

TEST(the_status_of_an_exit_is_that_of_the_process) {
  host_t host = new_wasi_host();
  CHECK(status_of(start_command(host, EXIT("0"), new_wasi())) == 0);
  CHECK(status_of(start_command(host, EXIT("1"), new_wasi())) == 1);
  CHECK(status_of(start_command(host, EXIT("125"), new_wasi())) == 125);
  CHECK(status_of(start_command(host, EXIT("255"), new_wasi())) == 255);
  CHECK(status_of(start_command(host, EXIT("-1"), new_wasi())) == UINT32_MAX);
  CHECK(status_of(start_command(host, "(func $f (call $proc_exit (i32.const 7))) (start $f)"
                                      "(func (export \"_start\"))", new_wasi())) == 7);
  delete_host(host);
}

TEST(a_store_without_wasi_is_an_error_of_the_process) {
  host_t host = new_wasi_host();
  safewasm_module_t *module = new_command(host, EXIT("0"));
  safewasm_process_t *process = NULL;
  OK(safewasm_process_new(host.linker, module, new_store(host), NULL, NULL, NULL, &process));
  ENDS(process, UNSUPPORTED, "WASI");
  safewasm_module_delete(module);
  delete_host(host);
}

/* Takes what is in a buffer, which must be that text. */
static void buffer_has(safewasm_buffer_t *buffer, const char *text) {
  safewasm_bytes_t *bytes = NULL;
  const uint8_t *data = NULL;
  size_t len = 0;
  OK(safewasm_buffer_take(buffer, &bytes));
  OK(safewasm_bytes_data(bytes, &data, &len));
  CHECK(len == strlen(text) && memcmp(data, text, len) == 0);
  safewasm_bytes_delete(bytes);
}

TEST(streams_are_bytes_buffers_and_pipes) {
  enum { TIMES = 100 };
  host_t host = new_wasi_host();
  safewasm_module_t *cat = new_command(host, CAT);
  safewasm_buffer_t *buffer = NULL;
  OK(safewasm_buffer_new(1000, &buffer));
  for (int i = 0; i < TIMES; i++) {
    /* Two programs, the output of the first one being the input of the second one. */
    int pipes[2];
    CHECK(pipe(pipes) == 0);
    safewasm_wasi_t *first = new_wasi(), *second = new_wasi();
    OK(safewasm_wasi_set_stdin_bytes(first, (const uint8_t *)"hello", 5));
    OK(safewasm_wasi_set_stream_fd(first, SAFEWASM_WASI_STDOUT, pipes[1]));
    OK(safewasm_wasi_set_stream_fd(second, SAFEWASM_WASI_STDIN, pipes[0]));
    OK(safewasm_wasi_set_stream_buffer(second, SAFEWASM_WASI_STDOUT, buffer));
    close(pipes[0]);
    close(pipes[1]);
    safewasm_process_t *writer = start_with(host, cat, first), *reader = start_with(host, cat, second);
    /* The reader ends when the writer's store is freed, and with it the pipe. */
    CHECK(status_of(reader) == 0 && status_of(writer) == 0);
    buffer_has(buffer, "hello");
  }
  safewasm_buffer_delete(buffer);
  safewasm_module_delete(cat);
  delete_host(host);
}

TEST(a_limit_of_output_ends_the_process_and_what_was_written_stays) {
  host_t host = new_wasi_host();
  safewasm_wasi_t *wasi = new_wasi();
  safewasm_buffer_t *buffer = NULL;
  size_t len = 0;
  OK(safewasm_buffer_new(100000, &buffer));
  OK(safewasm_wasi_set_stream_buffer(wasi, SAFEWASM_WASI_STDOUT, buffer));
  ENDS(start_command(host, WRITE, wasi), LIMIT, "");
  OK(safewasm_buffer_len(buffer, &len));
  CHECK(len == 100000);
  safewasm_buffer_delete(buffer);
  delete_host(host);
}

/* Programs that wait for ever: in a read, a write, a sleep. */
typedef struct {
  host_t host;
  safewasm_module_t *modules[3];
  int pipes[2][2];
} waiting_t;

static waiting_t new_waiting(void) {
  waiting_t waiting = {new_wasi_host(), {NULL, NULL, NULL}, {{0, 0}, {0, 0}}};
  waiting.modules[0] = new_command(waiting.host, CAT);
  waiting.modules[1] = new_command(waiting.host, WRITE);
  waiting.modules[2] = new_command(waiting.host, SLEEP);
  CHECK(pipe(waiting.pipes[0]) == 0 && pipe(waiting.pipes[1]) == 0);
  return waiting;
}

static void delete_waiting(waiting_t *waiting) {
  for (int i = 0; i < 2; i++) close(waiting->pipes[i][0]), close(waiting->pipes[i][1]);
  for (int i = 0; i < 3; i++) safewasm_module_delete(waiting->modules[i]);
  delete_host(waiting->host);
}

/* A store for the program of that number. */
static safewasm_store_t *store_for(waiting_t *waiting, int which) {
  safewasm_store_t *store = new_store(waiting->host);
  safewasm_wasi_t *wasi = new_wasi();
  if (which == 0) OK(safewasm_wasi_set_stream_fd(wasi, SAFEWASM_WASI_STDIN, waiting->pipes[0][0]));
  if (which == 1) OK(safewasm_wasi_set_stream_fd(wasi, SAFEWASM_WASI_STDOUT, waiting->pipes[1][1]));
  OK(safewasm_store_set_wasi(store, wasi));
  return store;
}

static void count_end(void *env) {
  atomic_fetch_add((atomic_int *)env, 1);
}

static safewasm_process_t *start_waiting(waiting_t *waiting, int which, safewasm_store_t *store,
                                         atomic_int *ends) {
  safewasm_process_t *process = NULL;
  OK(safewasm_process_new(waiting->host.linker, waiting->modules[which], store, ends == NULL ? NULL : count_end,
                          ends, NULL, &process));
  return process;
}

TEST(a_program_that_waits_is_killed) {
  enum { TIMES = 30 };
  waiting_t waiting = new_waiting();
  for (int i = 0; i < TIMES; i++) {
    safewasm_process_t *process = start_waiting(&waiting, i % 3, store_for(&waiting, i % 3), NULL);
    CHECK(!wait_for(process, (uint64_t)(i / 3) * 1000 * 1000));
    OK(safewasm_process_kill(process));
    ENDS(process, TRAP, "the process was killed");
  }
  delete_waiting(&waiting);
}

TEST(a_deadline_ends_a_program_that_waits) {
  waiting_t waiting = new_waiting();
  for (int i = 0; i < 6; i++) {
    safewasm_store_t *store = store_for(&waiting, i % 3);
    OK(safewasm_store_set_deadline(store, (uint64_t)i * 10 * MILLISECONDS));
    ENDS(start_waiting(&waiting, i % 3, store, NULL), TRAP, "deadline");
  }
  delete_waiting(&waiting);
}

TEST(many_programs_that_wait_are_ended_at_once) {
  enum { PROCESSES = 60 };
  waiting_t waiting = new_waiting();
  safewasm_process_t *processes[PROCESSES];
  atomic_int ends = 0;
  for (int i = 0; i < PROCESSES; i++) {
    processes[i] = start_waiting(&waiting, i % 3, store_for(&waiting, i % 3), &ends);
  }
  CHECK(!wait_for(processes[0], 10 * MILLISECONDS));
  for (int i = 0; i < PROCESSES; i++) {
    if (i % 2 == 0) OK(safewasm_process_kill(processes[i]));
    safewasm_process_delete(processes[i]);
  }
  while (ends < PROCESSES) usleep(1000);
  delete_waiting(&waiting);
}

TEST(a_reader_that_leaves_sends_no_signal) {
  int pipes[2];
  host_t host = new_wasi_host();
  safewasm_wasi_t *wasi = new_wasi();
  CHECK(pipe(pipes) == 0);
  OK(safewasm_wasi_set_stream_fd(wasi, SAFEWASM_WASI_STDOUT, pipes[1]));
  close(pipes[1]);
  safewasm_process_t *process = start_command(host, WRITE, wasi);
  CHECK(!wait_for(process, 10 * MILLISECONDS));
  signal(SIGPIPE, SIG_DFL);
  close(pipes[0]);
  CHECK(status_of(process) == 141);
  delete_host(host);
}

/* Leaves programs behind that wait. */
static void leave_waiting(void) {
  static waiting_t waiting;
  waiting = new_waiting();
  for (int i = 0; i < 6; i++) {
    CHECK(!wait_for(start_waiting(&waiting, i % 3, store_for(&waiting, i % 3), NULL), MILLISECONDS));
  }
}

TEST(a_forked_child_can_run_programs_while_the_parent_does) {
  waiting_t waiting = new_waiting();
  safewasm_process_t *processes[3];
  for (int i = 0; i < 3; i++) processes[i] = start_waiting(&waiting, i, store_for(&waiting, i), NULL);
  for (int i = 0; i < 10; i++) {
    int status = 0;
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
      signal(SIGALRM, SIG_DFL);
      alarm(60);
      CHECK(status_of(start_command(waiting.host, EXIT("7"), new_wasi())) == 7);
      safewasm_process_t *own = start_waiting(&waiting, 2, store_for(&waiting, 2), NULL);
      CHECK(!wait_for(own, MILLISECONDS));
      OK(safewasm_process_kill(own));
      ENDS(own, TRAP, "killed");
      leave_waiting();
      fflush(stdout);
      exit(failed_here);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  for (int i = 0; i < 3; i++) {
    OK(safewasm_process_kill(processes[i]));
    ENDS(processes[i], TRAP, "killed");
  }
  delete_waiting(&waiting);
}

int main(void) {
  RUN(the_status_of_an_exit_is_that_of_the_process);
  RUN(a_store_without_wasi_is_an_error_of_the_process);
  RUN(streams_are_bytes_buffers_and_pipes);
  RUN(a_limit_of_output_ends_the_process_and_what_was_written_stays);
  RUN(a_program_that_waits_is_killed);
  RUN(a_deadline_ends_a_program_that_waits);
  RUN(many_programs_that_wait_are_ended_at_once);
  RUN(a_reader_that_leaves_sends_no_signal);
  RUN_NATIVELY(a_forked_child_can_run_programs_while_the_parent_does);
  /* When `main` returns these still run. */
  begin_test("the end of the program");
  leave_waiting();
  return finish("programs") + failed_here;
}
