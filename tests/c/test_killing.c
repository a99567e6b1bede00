/* Processes that are killed, deleted, waited for, many at once, forked, and left running at the end. */
#include "processes.h"
#include <signal.h>
#include <sys/wait.h>

TEST(an_endless_loop_is_killed) {
  host_t host = new_host();
  safewasm_process_t *process = start(host, FOREVER);
  CHECK(!wait_for(process, 0) && !wait_for(process, 20 * 1000 * 1000));
  bool has_ended = true;
  uint32_t status = 1;
  OK(safewasm_process_status(process, &has_ended, &status));
  CHECK(!has_ended && status == 0);
  OK(safewasm_process_kill(process));
  OK(safewasm_process_kill(process));
  safewasm_error_t *error = end_of(process);
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_INTERRUPT);
  CHECK(safewasm_error_frames_len(error) == 1);
  FAILS(error, TRAP, "the process was killed");
  /* To kill a process that has ended changes nothing. */
  OK(safewasm_process_kill(process));
  ENDS(process, TRAP, "the process was killed");
  process = start(host, NOTHING);
  OK(end_of(process));
  OK(safewasm_process_kill(process));
  ends_well(process);
  delete_host(host);
}

TEST(a_process_is_killed_at_each_moment) {
  enum { TIMES = 300 };
  host_t host = new_host();
  safewasm_module_t *modules[] = {
      new_module(host.engine, FOREVER),
      new_module(host.engine, "(module (func $f (loop $again (br $again))) (start $f) (func (export \"_start\")))"),
  };
  for (int i = 0; i < TIMES; i++) {
    safewasm_process_t *process = NULL;
    OK(safewasm_process_new(host.linker, modules[i % 2], new_store(host), NULL, NULL, NULL, &process));
    for (volatile int wait = 0; wait < i * 50; wait++) {}
    OK(safewasm_process_kill(process));
    ENDS(process, TRAP, "the process was killed");
  }
  safewasm_module_delete(modules[0]);
  safewasm_module_delete(modules[1]);
  delete_host(host);
}

/* A host function that waits at a gate. */
typedef struct {
  gate_t is_inside, goes_on;
  safewasm_process_t *process;
  atomic_int ends;
} meeting_t;

static safewasm_error_t *meet(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots, size_t slots_len) {
  meeting_t *meeting = (meeting_t *)env;
  (void)caller, (void)slots, (void)slots_len;
  open_gate(&meeting->is_inside);
  pass_gate(&meeting->goes_on);
  return NULL;
}

TEST(a_process_in_a_host_function_ends_when_that_returns) {
  host_t host = new_host();
  meeting_t meeting = {CLOSED, CLOSED, NULL, 0};
  define(host, meet, &meeting);
  safewasm_process_t *process = start(host, CALLS_F);
  pass_gate(&meeting.is_inside);
  OK(safewasm_process_kill(process));
  CHECK(!wait_for(process, 20 * 1000 * 1000));
  open_gate(&meeting.goes_on);
  ENDS(process, TRAP, "the process was killed");
  delete_host(host);
}

TEST(without_epoch_interruption_a_process_runs_to_its_end) {
  host_t host = {new_engine(), NULL};
  meeting_t meeting = {CLOSED, CLOSED, NULL, 0};
  OK(safewasm_linker_new(host.engine, &host.linker));
  define(host, meet, &meeting);
  safewasm_process_t *process = start(host, CALLS_F);
  pass_gate(&meeting.is_inside);
  FAILS(safewasm_process_kill(process), UNSUPPORTED, "safewasm_config_set_epoch_interruption");
  open_gate(&meeting.goes_on);
  ends_well(process);
  delete_host(host);
}

static void count_end(void *env) {
  atomic_fetch_add((atomic_int *)env, 1);
}

static void wait_for_ends(atomic_int *ends, int wanted) {
  while (atomic_load(ends) < wanted) usleep(1000);
}

TEST(deleting_ends_a_process_that_runs) {
  host_t host = new_host();
  atomic_int ends = 0;
  safewasm_process_t *process = NULL;
  safewasm_module_t *module = new_module(host.engine, FOREVER);
  OK(safewasm_process_new(host.linker, module, new_store(host), count_end, &ends, NULL, &process));
  CHECK(!wait_for(process, 1000 * 1000));
  safewasm_process_delete(process);
  CHECK(!safewasm_process_is_valid(process));
  bool has_ended = true;
  uint32_t status = 0;
  FAILS(safewasm_process_status(process, &has_ended, &status), INVALID_HANDLE, "`process`");
  CHECK(!has_ended);
  FAILS(safewasm_process_wait(process, 0, &has_ended), INVALID_HANDLE, "`process`");
  FAILS(safewasm_process_kill(process), INVALID_HANDLE, "`process`");
  wait_for_ends(&ends, 1);
  safewasm_module_delete(module);
  delete_host(host);
}

static void *wait_here(void *env) {
  meeting_t *meeting = (meeting_t *)env;
  CHECK(wait_for(meeting->process, UINT64_MAX));
  meeting->ends++;
  return NULL;
}

TEST(several_threads_wait_for_a_process_that_is_deleted) {
  enum { THREADS = 4 };
  host_t host = new_host();
  pthread_t threads[THREADS];
  meeting_t meeting = {CLOSED, CLOSED, NULL, 0};
  define(host, meet, &meeting);
  meeting.process = start(host, CALLS_F);
  pass_gate(&meeting.is_inside);
  for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, wait_here, &meeting);
  usleep(100 * 1000);
  CHECK(meeting.ends == 0);
  safewasm_process_delete(meeting.process);
  open_gate(&meeting.goes_on);
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  CHECK(meeting.ends == THREADS);
  delete_host(host);
}

static safewasm_error_t *wait_inside(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                     size_t slots_len) {
  meeting_t *meeting = (meeting_t *)env;
  bool has_ended = true;
  (void)caller, (void)slots, (void)slots_len;
  pass_gate(&meeting->goes_on);
  FAILS(safewasm_process_wait(meeting->process, UINT64_MAX, &has_ended), UNSUPPORTED, "its own end");
  CHECK(!has_ended);
  return NULL;
}

TEST(a_process_cannot_wait_for_itself) {
  host_t host = new_host();
  meeting_t meeting = {CLOSED, CLOSED, NULL, 0};
  define(host, wait_inside, &meeting);
  meeting.process = start(host, CALLS_F);
  open_gate(&meeting.goes_on);
  ends_well(meeting.process);
  delete_host(host);
}

TEST(a_thousand_processes_one_after_another) {
  enum { TIMES = 1000 };
  host_t host = new_host();
  safewasm_module_t *module = new_module(host.engine, "(module (memory 1) (func (export \"_start\")))");
  for (int i = 0; i < TIMES; i++) {
    safewasm_process_t *process = NULL;
    OK(safewasm_process_new(host.linker, module, new_store(host), NULL, NULL, NULL, &process));
    ends_well(process);
  }
  safewasm_module_delete(module);
  delete_host(host);
}

TEST(many_processes_at_once) {
  enum { PROCESSES = 64 };
  host_t host = new_host();
  safewasm_process_t *processes[PROCESSES];
  safewasm_module_t *module = new_module(host.engine, FOREVER);
  atomic_int ends = 0;
  for (int i = 0; i < PROCESSES; i++) {
    OK(safewasm_process_new(host.linker, module, new_store(host), count_end, &ends, NULL, &processes[i]));
  }
  for (int i = 0; i < PROCESSES; i++) CHECK(!wait_for(processes[i], 0));
  for (int i = 0; i < PROCESSES; i += 2) OK(safewasm_process_kill(processes[i]));
  for (int i = 0; i < PROCESSES; i += 2) ENDS(processes[i], TRAP, "killed");
  for (int i = 1; i < PROCESSES; i += 2) safewasm_process_delete(processes[i]);
  wait_for_ends(&ends, PROCESSES);
  safewasm_module_delete(module);
  delete_host(host);
}

/* Runs `work` in a forked child, which must end well and soon. */
static void in_child(void (*work)(host_t, safewasm_process_t *, safewasm_process_t *), host_t host,
                     safewasm_process_t *running, safewasm_process_t *ended) {
  int status = 0;
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGALRM, SIG_DFL);
    alarm(60);
    work(host, running, ended);
    fflush(stdout);
    _exit(failed_here);
  }
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void use_as_child(host_t host, safewasm_process_t *running, safewasm_process_t *ended) {
  bool has_ended = true;
  uint32_t status = 1;
  FAILS(safewasm_process_status(running, &has_ended, &status), UNSUPPORTED, "forked");
  CHECK(!has_ended && status == 0);
  FAILS(safewasm_process_wait(running, UINT64_MAX, &has_ended), UNSUPPORTED, "forked");
  FAILS(safewasm_process_kill(running), UNSUPPORTED, "forked");
  safewasm_process_delete(running);
  CHECK(!safewasm_process_is_valid(running));
  ENDS(ended, TRAP, "unreachable");
  /* The child can run processes of its own, and again after a fork. */
  ends_well(start(host, NOTHING));
  ENDS(start(host, "(module (func (export \"_start\") (unreachable)))"), TRAP, "unreachable");
}

TEST(a_forked_child_knows_that_its_parent_has_the_process) {
  host_t host = new_host();
  safewasm_process_t *running = start(host, FOREVER);
  safewasm_process_t *ended = start(host, "(module (func (export \"_start\") (unreachable)))");
  CHECK(wait_for(ended, UINT64_MAX));
  for (int i = 0; i < 10; i++) in_child(use_as_child, host, running, ended);
  CHECK(!wait_for(running, 0));
  OK(safewasm_process_kill(running));
  ENDS(running, TRAP, "killed");
  ENDS(ended, TRAP, "unreachable");
  delete_host(host);
}

/* Leaves processes behind that run wasm, or wait in a host function. */
static void leave_running(host_t host) {
  static meeting_t meeting = {CLOSED, CLOSED, NULL, 0};
  define(host, meet, &meeting);
  for (int i = 0; i < 3; i++) {
    CHECK(!wait_for(start(host, FOREVER), 0));
    CHECK(!wait_for(start(host, CALLS_F), 0));
    ends_well(start(host, NOTHING));
  }
  pass_gate(&meeting.is_inside);
}

static void exit_now(host_t host, safewasm_process_t *running, safewasm_process_t *ended) {
  (void)running, (void)ended;
  leave_running(host);
  fflush(stdout);
  exit(failed_here);
}

TEST(the_program_exits_while_processes_run) {
  for (int i = 0; i < 5; i++) {
    host_t host = new_host();
    in_child(exit_now, host, NULL, NULL);
    delete_host(host);
  }
}

int main(void) {
  RUN(an_endless_loop_is_killed);
  RUN(a_process_is_killed_at_each_moment);
  RUN(a_process_in_a_host_function_ends_when_that_returns);
  RUN(without_epoch_interruption_a_process_runs_to_its_end);
  RUN(deleting_ends_a_process_that_runs);
  RUN(several_threads_wait_for_a_process_that_is_deleted);
  RUN(a_process_cannot_wait_for_itself);
  RUN(a_thousand_processes_one_after_another);
  RUN(many_processes_at_once);
  RUN_NATIVELY(a_forked_child_knows_that_its_parent_has_the_process);
  RUN_NATIVELY(the_program_exits_while_processes_run);
  /* When `main` returns these still run. */
  begin_test("the end of the program");
  leave_running(new_host());
  return finish("killing") + failed_here;
}
