/* Signals of the process that are not traps of wasm. */
#include "check.h"
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static sigjmp_buf recovery;
static volatile sig_atomic_t faults;

static void on_fault(int signal) {
  (void)signal;
  faults++;
  siglongjmp(recovery, 1);
}

static const char *TRAPS = "(module (memory 1)"
                           "  (func (export \"f\") (param i32) (result i32)"
                           "    (i32.div_s (i32.const 1) (local.get 0)))"
                           "  (func (export \"load\") (param i32) (result i32)"
                           "    (i32.load (local.get 0))))";

static void expect_traps(void) {
  world_t world = new_world(TRAPS);
  safewasm_extern_t func = get_export(world.instance, "f");
  safewasm_slot_t slot = {.i32 = 0};
  FAILS(safewasm_func_call_slots(func.of.func, &slot, 1), TRAP, "divide by zero");
  safewasm_extern_delete(&func);
  func = get_export(world.instance, "load");
  slot.i32 = -8;
  FAILS(safewasm_func_call_slots(func.of.func, &slot, 1), TRAP, "out of bounds");
  safewasm_extern_delete(&func);
  delete_world(world);
}

TEST(faults_of_the_program_still_reach_its_own_handler) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_fault;
  sigaction(SIGSEGV, &action, NULL);
  /* The library's handlers are installed after the program's, and pass on every signal that is not a trap. */
  expect_traps();
  int *volatile nowhere = NULL;
  for (int round = 0; round < 3; round++) {
    if (sigsetjmp(recovery, 1) == 0) *nowhere = 1;
    expect_traps();
  }
  CHECK(faults == 3);
}

/* The action of a signal before the first engine. */
typedef enum { DEFAULT, IGNORE, PLAIN, INFO, ONE_SHOT, MASKED, UNDEFERRED, DISPOSITIONS } disposition_t;

/* Where a signal comes from. */
typedef enum { RAISED, KILLED, QUEUED, TO_THREAD, FAULT, SOURCES } source_t;

static volatile sig_atomic_t handled, blocked_meanwhile, told;

static void note(int signal) {
  sigset_t mask;
  pthread_sigmask(SIG_BLOCK, NULL, &mask);
  handled++;
  blocked_meanwhile = sigismember(&mask, signal) + 2 * sigismember(&mask, SIGUSR1);
}

static void on_plain(int signal) {
  note(signal);
  siglongjmp(recovery, 1);
}

static void on_info(int signal, siginfo_t *info, void *context) {
  note(signal);
  told = info->si_signo == signal && context != NULL;
  siglongjmp(recovery, 1);
}

static void dispose(disposition_t disposition, int signal) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = disposition == DEFAULT ? SIG_DFL : disposition == IGNORE ? SIG_IGN : on_plain;
  if (disposition == INFO) {
    action.sa_flags = SA_SIGINFO;
    action.sa_sigaction = on_info;
  }
  if (disposition == ONE_SHOT) action.sa_flags = (int)SA_RESETHAND;
  if (disposition == UNDEFERRED) action.sa_flags = SA_NODEFER;
  if (disposition == MASKED) sigaddset(&action.sa_mask, SIGUSR1);
  sigaction(signal, &action, NULL);
}

static void fault_by(int signal) {
  if (signal == SIGSEGV) {
    int *volatile nowhere = NULL;
    *nowhere = 1;
  } else if (signal == SIGFPE) {
    volatile int zero = 0;
    volatile int result = 1 / zero;
    (void)result;
  } else {
    __builtin_trap();
  }
}

static void send(source_t source, int signal) {
  union sigval value = {.sival_int = 0};
  if (sigsetjmp(recovery, 1) != 0) return;
  switch (source) {
  case RAISED: raise(signal); break;
  case KILLED: kill(getpid(), signal); break;
  case QUEUED: sigqueue(getpid(), signal, value); break;
  case TO_THREAD: pthread_kill(pthread_self(), signal); break;
  default: fault_by(signal); break;
  }
}

/* The status of a process that gets a signal twice, with the signals that its handler saw. */
static int outcome(int with_library, disposition_t disposition, source_t source, int signal) {
  int status = 0;
  pid_t child = fork();
  if (child == 0) {
    const struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    alarm(60);
    dispose(disposition, signal);
    for (int round = 0; round < 2; round++) {
      if (with_library) expect_traps();
      send(source, signal);
      if (with_library) expect_traps();
    }
    _exit(failed_here ? 99 : handled * 16 + blocked_meanwhile * 2 + told);
  }
  waitpid(child, &status, 0);
  return status;
}

TEST(signals_do_what_they_would_have_done_without_the_library) {
  const int signals[] = {SIGSEGV, SIGFPE, SIGILL};
  for (int which = 0; which < 3; which++) {
    for (int disposition = 0; disposition < DISPOSITIONS; disposition++) {
      for (int source = 0; source < SOURCES; source++) {
        int signal = signals[which];
        int with = outcome(1, (disposition_t)disposition, (source_t)source, signal);
        int without = outcome(0, (disposition_t)disposition, (source_t)source, signal);
        CHECK((with & 0xff7f) == (without & 0xff7f)); /* Except for the bit of core dumps. */
        if ((with & 0xff7f) != (without & 0xff7f)) {
          printf("signal %d, disposition %d, source %d: status %x with the library, %x without\n",
                 signal, disposition, source, (unsigned)with, (unsigned)without);
        }
      }
    }
  }
}

/* Runs `body` in a process of its own, in which it is the first to use the library. */
static void in_child(void (*body)(void)) {
  int status = 0;
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    alarm(60);
    body();
    fflush(stdout);
    _exit(failed_here);
  }
  waitpid(child, &status, 0);
  CHECK(status == 0);
}

static struct sigaction librarys;

static void on_late(int signal, siginfo_t *info, void *context) {
  handled++;
  librarys.sa_sigaction(signal, info, context);
}

static void chain_later(void) {
  struct sigaction action;
  expect_traps();
  memset(&action, 0, sizeof action);
  action.sa_sigaction = on_late;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigaction(SIGSEGV, &action, &librarys);
  for (int round = 0; round < 3; round++) expect_traps();
  CHECK(handled == 3);
}

TEST(a_handler_that_is_installed_later_and_chains_gets_traps_first) {
  in_child(chain_later);
}

static void turn_signals_off(void) {
  safewasm_config_t *config = NULL;
  safewasm_engine_t *engine = NULL;
  struct sigaction after;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_signals_based_traps(config, false));
  OK(safewasm_engine_new(config, &engine));
  const int signals[] = {SIGSEGV, SIGFPE, SIGILL};
  for (int which = 0; which < 3; which++) {
    sigaction(signals[which], NULL, &after);
    CHECK(after.sa_handler == SIG_DFL);
  }
  safewasm_engine_delete(engine);
  /* An engine whose traps need these signals may be made later. */
  expect_traps();
}

TEST(without_traps_by_signals_no_handler_is_installed) {
  in_child(turn_signals_off);
}

/* Without a memory: valgrind has address space for few. */
static const char *DIVISION = "(module (func (export \"f\") (param i32) (result i32)"
                              "  (i32.div_s (i32.const 1) (local.get 0))))";

static void *run_for_ever(void *ignored) {
  world_t world = new_world("(module (func (export \"loop\") (loop $again (br $again))))");
  safewasm_extern_t func = get_export(world.instance, "loop");
  OK(safewasm_func_call_slots(func.of.func, NULL, 0));
  return ignored;
}

TEST(a_program_may_end_while_other_threads_run_wasm) {
  int status = 0;
  pid_t child = fork();
  if (child == 0) {
    pthread_t threads[2];
    alarm(60);
    for (int index = 0; index < 2; index++) pthread_create(&threads[index], NULL, run_for_ever, NULL);
    expect_traps();
    usleep(50000);
    exit(3);
  }
  waitpid(child, &status, 0);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
}

TEST(code_that_outlives_its_module_still_traps) {
  world_t worlds[200];
  safewasm_slot_t slot = {.i32 = 0};
  for (int index = 0; index < 200; index++) {
    worlds[index] = new_world(DIVISION);
    safewasm_module_delete(worlds[index].module);
  }
  for (int index = 0; index < 200; index++) {
    safewasm_extern_t func = get_export(worlds[index].instance, "f");
    FAILS(safewasm_func_call_slots(func.of.func, &slot, 1), TRAP, "divide by zero");
    safewasm_extern_delete(&func);
    /* The entries of freed modules are used again. */
    if (index % 2 == 0) delete_world(worlds[index]);
    if (index % 2 == 0) worlds[index] = new_world(DIVISION);
  }
  for (int index = 0; index < 200; index++) {
    safewasm_extern_t func = get_export(worlds[index].instance, "f");
    FAILS(safewasm_func_call_slots(func.of.func, &slot, 1), TRAP, "divide by zero");
    safewasm_extern_delete(&func);
    delete_world(worlds[index]);
  }
}

TEST(code_traps_however_it_came_into_its_store) {
  safewasm_engine_t *engine = new_engine();
  safewasm_store_t *store = NULL;
  safewasm_linker_t *linker = NULL;
  safewasm_instancepre_t *pre = NULL;
  safewasm_instance_t *instance = NULL;
  safewasm_extern_t item;
  safewasm_slot_t slot = {.i32 = 0};
  OK(safewasm_store_new(engine, &store));
  OK(safewasm_linker_new(engine, &linker));

  safewasm_module_t *module = new_module(engine, DIVISION);
  OK(safewasm_linker_instantiate_pre(linker, module, &pre));
  safewasm_module_delete(module);
  OK(safewasm_instancepre_instantiate(pre, store, &instance));
  safewasm_instancepre_delete(pre);
  item = get_export(instance, "f");
  FAILS(safewasm_func_call_slots(item.of.func, &slot, 1), TRAP, "divide by zero");

  /* In a row loop. The last call divides by zero. */
  int32_t numbers[5000];
  for (int index = 0; index < 5000; index++) numbers[index] = 4999 - index;
  safewasm_column_t column = {numbers, 4};
  FAILS(safewasm_func_call_bulk(item.of.func, 5000, &column, 1, &column, 1), TRAP, "call 4999 of 5000");
  safewasm_extern_delete(&item);
  safewasm_instance_delete(instance);

  /* A command. Each call of it makes an instance. */
  module = new_module(engine, "(module (func (export \"_start\") unreachable)"
                              "  (func (export \"f\") (param i32) (result i32)"
                              "    (i32.div_s (i32.const 1) (local.get 0))))");
  OK(safewasm_linker_define_module(linker, store, "command", 7, module));
  safewasm_module_delete(module);
  OK(safewasm_linker_get(linker, store, "command", 7, "f", 1, &item));
  safewasm_linker_delete(linker);
  safewasm_engine_delete(engine);
  FAILS(safewasm_func_call_slots(item.of.func, &slot, 1), TRAP, "divide by zero");
  safewasm_extern_delete(&item);
  safewasm_store_delete(store);
}

int main(void) {
  RUN_NATIVELY(signals_do_what_they_would_have_done_without_the_library);
  RUN_NATIVELY(a_handler_that_is_installed_later_and_chains_gets_traps_first);
  RUN_NATIVELY(without_traps_by_signals_no_handler_is_installed);
  RUN_NATIVELY(faults_of_the_program_still_reach_its_own_handler);
  RUN_NATIVELY(a_program_may_end_while_other_threads_run_wasm);
  RUN(code_that_outlives_its_module_still_traps);
  RUN(code_traps_however_it_came_into_its_store);
  return finish("process");
}
