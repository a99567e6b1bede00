/* Threads in unusual states: with blocked signals, without files, on other stacks. */
#include "check.h"
#include <errno.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *MODULE =
    "(module (import \"\" \"f\" (func $f)) (memory (export \"memory\") 1)"
    "  (func (export \"load\") (drop (i32.load (i32.const -8))))"
    "  (func (export \"boom\") (unreachable)) (func (export \"short\"))"
    "  (func (export \"host\") (call $f) (drop (i32.load (i32.const -8))))"
    "  (func $r (export \"recurse\") (param i32) (result i32)"
    "    (i32.add (call $r (local.get 0)) (i32.const 1))))";

static void (*inside)(void);

static safewasm_error_t *host(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                              size_t slots_len) {
  (void)env, (void)caller, (void)slots, (void)slots_len;
  if (inside != NULL) inside();
  return NULL;
}

/* An instance on an engine, whose import runs `inside`. */
static world_t new_linked(safewasm_engine_t *engine) {
  world_t world = {engine, NULL, new_module(engine, MODULE), NULL};
  safewasm_functype_t *type;
  safewasm_extern_t import = {.kind = SAFEWASM_EXTERN_FUNC};
  OK(safewasm_store_new(engine, &world.store));
  OK(safewasm_functype_new(engine, NULL, 0, NULL, 0, &type));
  OK(safewasm_func_new_slots(world.store, type, host, NULL, NULL, &import.of.func));
  safewasm_functype_delete(type);
  OK(safewasm_instance_new(world.store, world.module, &import, 1, &world.instance));
  safewasm_extern_delete(&import);
  return world;
}

static safewasm_error_t *call(world_t world, const char *name) {
  safewasm_extern_t func = get_export(world.instance, name);
  safewasm_slot_t slot = {.i32 = 0};
  safewasm_error_t *error =
      safewasm_func_call_slots(func.of.func, &slot, strcmp(name, "recurse") == 0 ? 1 : 0);
  safewasm_extern_delete(&func);
  return error;
}

static void check_traps(world_t world) {
  FAILS(call(world, "load"), TRAP, "out of bounds");
  FAILS(call(world, "boom"), TRAP, "unreachable");
  FAILS(call(world, "host"), TRAP, "out of bounds");
  OK(call(world, "short"));
}

/* A test that runs in a child, which may be killed. */
#define TEST_IN_CHILD(name)                 \
  static void name##_in_child(void);        \
  TEST(name) { in_child(name##_in_child); } \
  static void name##_in_child(void)

static void in_child(void (*body)(void)) {
  int status = 0;
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    alarm(120);
    body();
    fflush(stdout);
    _exit(failed_here);
  }
  CHECK(waitpid(child, &status, 0) == child);
  if (WIFSIGNALED(status)) printf("killed by signal %d\n", WTERMSIG(status));
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void on_thread(size_t stack_len, void *(*body)(void *), void *argument) {
  pthread_t thread;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  if (stack_len > 0) CHECK(pthread_attr_setstacksize(&attributes, stack_len) == 0);
  CHECK(pthread_create(&thread, &attributes, body, argument) == 0);
  pthread_attr_destroy(&attributes);
  pthread_join(thread, NULL);
}

/* Blocks all signals, as in a program that has a thread for signals. */
static void block_all(sigset_t *before) {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, before);
}

static int is_blocked(int signal) {
  sigset_t mask;
  pthread_sigmask(SIG_BLOCK, NULL, &mask);
  return sigismember(&mask, signal);
}

static void *trap_with_signals_blocked(void *world) {
  block_all(NULL);
  check_traps(*(world_t *)world);
  /* Only the signals of faults were unblocked. */
  CHECK(is_blocked(SIGTERM) && is_blocked(SIGUSR1) && is_blocked(SIGBUS));
  return NULL;
}

static void *trap_in_own_store(void *engine) {
  world_t world = new_linked(engine);
  block_all(NULL); /* The thread has made instances, but no calls. */
  OK(call(world, "short"));
  safewasm_instance_delete(world.instance);
  safewasm_module_delete(world.module);
  safewasm_store_delete(world.store);
  return NULL;
}

TEST_IN_CHILD(wasm_traps_on_a_thread_that_blocked_all_signals) {
  world_t world = new_linked(new_engine());
  for (int round = 0; round < 3; round++) on_thread(0, trap_with_signals_blocked, &world);
  on_thread(0, trap_in_own_store, world.engine);
  check_traps(world);
  delete_world(world);
}

TEST_IN_CHILD(wasm_traps_where_all_signals_are_blocked_from_the_start) {
  block_all(NULL);
  world_t world = new_linked(new_engine());
  check_traps(world);
  on_thread(0, trap_with_signals_blocked, &world);
  delete_world(world);
}

TEST_IN_CHILD(signals_stay_blocked_until_an_engine_needs_them) {
  safewasm_config_t *config = NULL;
  safewasm_engine_t *engine = NULL;
  block_all(NULL);
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_signals_based_traps(config, false));
  OK(safewasm_engine_new(config, &engine));
  world_t without = new_linked(engine);
  check_traps(without);
  CHECK(is_blocked(SIGSEGV) && is_blocked(SIGILL) && is_blocked(SIGFPE));
  world_t with = new_linked(new_engine());
  check_traps(with);
  check_traps(without);
  CHECK(!is_blocked(SIGSEGV) && is_blocked(SIGTERM));
  delete_world(with);
  delete_world(without);
}

/* The C library reads a file to know where the main thread's stack lies. */
TEST_IN_CHILD(the_main_thread_runs_wasm_where_no_file_can_be_opened) {
  const struct rlimit none = {0, 0};
  safewasm_engine_t *engine = new_engine();
  safewasm_module_delete(new_module(engine, "(module)"));
  setrlimit(RLIMIT_NOFILE, &none);
  world_t world = new_linked(engine);
  check_traps(world);
  FAILS(call(world, "recurse"), TRAP, "stack exhausted");
  delete_world(world);
}

static void limit_stack(rlim_t bytes) {
  /* Counts for a program that is started, so for the next one. */
  struct rlimit limit;
  getrlimit(RLIMIT_STACK, &limit);
  limit.rlim_cur = bytes;
  CHECK(setrlimit(RLIMIT_STACK, &limit) == 0);
  CHECK(setenv("SAFEWASM_TEST_RECURSE", "1", 1) == 0);
  execl("/proc/self/exe", "test_stacks", (char *)NULL);
  CHECK(!"started");
}

static void unlimited(void) { limit_stack(RLIM_INFINITY); }
static void huge(void) { limit_stack((rlim_t)1 << 36); }
static void small(void) { limit_stack(1 << 20); }

TEST(wasm_may_recurse_on_the_main_thread_whatever_its_stack_is_limited_to) {
  in_child(small);
  struct rlimit limit;
  getrlimit(RLIMIT_STACK, &limit);
  if (limit.rlim_max != RLIM_INFINITY) return;
  in_child(huge);
  in_child(unlimited);
}

/* Calls from a host function that uses stack, until too little is left. */
static world_t deep;

static void deeper(void) {
  volatile char room[100 << 10];
  room[0] = 1;
  safewasm_error_t *error = call(deep, "host");
  CHECK(safewasm_error_kind(error) == SAFEWASM_ERROR_TRAP);
  safewasm_error_delete(error);
  CHECK(room[0] == 1);
}

static int recurse(void) {
  deep = new_linked(new_engine());
  inside = NULL;
  FAILS(call(deep, "recurse"), TRAP, "stack exhausted");
  struct rlimit limit;
  getrlimit(RLIMIT_STACK, &limit);
  /* With more stack than this, Wasmtime's limit of calls would be reached first. */
  if (limit.rlim_cur <= 64 << 20) {
    inside = deeper;
    safewasm_error_delete(call(deep, "host"));
  }
  delete_world(deep);
  return failed_here;
}

/* From now on the system refuses new stacks for signals, as in some sandboxes. */
static void no_signal_stack(void) {
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sigaltstack, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
  CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
  CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0);
}

static void *call_without_signal_stack(void *world) {
  FAILS(call(*(world_t *)world, "short"), LIMIT, "the system refuses to give this thread a signal stack");
  return NULL;
}

TEST_IN_CHILD(a_thread_that_is_refused_a_stack_for_signals_gets_an_error) {
  world_t world = new_linked(new_engine());
  no_signal_stack();
  on_thread(0, call_without_signal_stack, &world);
  check_traps(world); /* The main thread has one already. */
  delete_world(world);
}

static sigjmp_buf out;

static void jump(void) { siglongjmp(out, 1); }

static void *call_after_a_jump(void *argument) {
  world_t first = new_linked(new_engine()), second = new_linked(new_engine());
  (void)argument;
  inside = jump;
  if (sigsetjmp(out, 1) == 0) safewasm_error_delete(call(first, "host"));
  FAILS(call(second, "short"), UNSUPPORTED, "jumped over it");
  FAILS(call(second, "short"), UNSUPPORTED, "no wasm can run on this thread any more");
  inside = NULL;
  return NULL;
}

TEST_IN_CHILD(a_call_that_was_left_by_a_jump_is_the_callers_fault_and_other_threads_go_on) {
  world_t world = new_linked(new_engine());
  on_thread(0, call_after_a_jump, NULL);
  check_traps(world);
  delete_world(world);
}

/* The work of a thread whose cancellation is pending. */
typedef struct {
  void (*body)(world_t *);
  world_t *world;
  int done;
} scenario_t;

static void *run_cancelled(void *argument) {
  scenario_t *scenario = argument;
  int state;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
  pthread_cancel(pthread_self());
  pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
  scenario->body(scenario->world);
  /* The next point at which a thread can be cancelled is the program's. */
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
  scenario->done = state == PTHREAD_CANCEL_ENABLE ? 1 : 2;
  pthread_setcancelstate(state, NULL);
  pthread_testcancel();
  return NULL;
}

static const char *DATA = "(module (memory 1) (data (i32.const 0) \"hello\"))";

static void use_data(world_t *world) {
  world_t own = {NULL, NULL, new_module(world->engine, DATA), NULL};
  OK(safewasm_store_new(world->engine, &own.store));
  OK(safewasm_instance_new(own.store, own.module, NULL, 0, &own.instance));
  safewasm_module_delete(own.module);
  safewasm_instance_delete(own.instance);
  safewasm_store_delete(own.store);
}

static void use_file(world_t *world) {
  safewasm_module_t *module = NULL;
  const char *path = "/dev/null";
  FAILS(safewasm_module_new_file(world->engine, path, strlen(path), &module), IO, "null");
}

static void use_text(world_t *world) {
  safewasm_bytes_t *bytes = NULL;
  (void)world;
  OK(safewasm_wat2wasm(DATA, strlen(DATA), &bytes));
  safewasm_bytes_delete(bytes);
}

static void use_linker(world_t *world) {
  safewasm_linker_t *linker = NULL;
  OK(safewasm_linker_new(world->engine, &linker));
  safewasm_linker_delete(linker);
}

static void use_engine(world_t *world) {
  (void)world;
  safewasm_engine_delete(new_engine());
}

static void print(void) {
  CHECK(write(2, "", 0) == 0);
  usleep(1000);
  pthread_testcancel();
}

static void use_host(world_t *world) {
  inside = print;
  check_traps(*world);
  check_traps(*world);
}

static world_t nested;

static void call_nested(void) {
  inside = print;
  FAILS(call(nested, "host"), TRAP, "out of bounds");
  print();
  inside = call_nested;
}

static void use_nested(world_t *world) {
  nested = new_linked(world->engine);
  inside = call_nested;
  check_traps(*world);
  inside = NULL;
  delete_world((world_t){NULL, nested.store, nested.module, nested.instance});
}

static void finalize(void *env) {
  (void)env;
  print();
}

static void use_finalizer(world_t *world) {
  safewasm_store_t *store = NULL;
  safewasm_functype_t *type = NULL;
  safewasm_func_t *func = NULL;
  OK(safewasm_store_new(world->engine, &store));
  OK(safewasm_functype_new(world->engine, NULL, 0, NULL, 0, &type));
  OK(safewasm_func_new_slots(store, type, host, &nested, finalize, &func));
  safewasm_store_delete(store);
  safewasm_functype_delete(type);
}

static void use_wasi(world_t *world) {
  safewasm_store_t *store = NULL;
  safewasm_linker_t *linker = NULL;
  safewasm_wasi_t *wasi = NULL;
  OK(safewasm_wasi_new(&wasi));
  OK(safewasm_wasi_inherit_env(wasi));
  OK(safewasm_wasi_add_dir(wasi, "/", 1, "/", 1, false));
  OK(safewasm_store_new(world->engine, &store));
  OK(safewasm_store_set_wasi(store, wasi));
  OK(safewasm_linker_new(world->engine, &linker));
  OK(safewasm_linker_define_wasi(linker));
  safewasm_linker_delete(linker);
  safewasm_store_delete(store);
}

TEST_IN_CHILD(a_cancellation_acts_after_the_call) {
  void (*const bodies[])(world_t *) = {use_data, use_file, use_text, use_linker, use_engine,
                                       use_host, use_nested, use_finalizer, use_wasi};
  world_t world = new_linked(new_engine());
  for (size_t index = 0; index < sizeof bodies / sizeof *bodies; index++) {
    scenario_t scenario = {bodies[index], &world, 0};
    pthread_t thread;
    void *result = NULL;
    inside = NULL;
    CHECK(pthread_create(&thread, NULL, run_cancelled, &scenario) == 0);
    pthread_join(thread, &result);
    CHECK(result == PTHREAD_CANCELED && scenario.done == 1);
    if (scenario.done != 1) printf("in scenario %zu\n", index);
  }
  inside = NULL;
  check_traps(world);
  delete_world(world);
}

TEST(a_call_leaves_it_as_it_is_whether_a_thread_can_be_cancelled) {
  world_t world = new_linked(new_engine());
  const int states[] = {PTHREAD_CANCEL_DISABLE, PTHREAD_CANCEL_ENABLE};
  for (int index = 0; index < 2; index++) {
    int after;
    pthread_setcancelstate(states[index], NULL);
    inside = print;
    check_traps(world);
    use_finalizer(&world);
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &after);
    CHECK(after == states[index]);
  }
  inside = NULL;
  delete_world(world);
}

static void make_engine(world_t *world) {
  safewasm_config_t *config = NULL;
  safewasm_engine_t *engine = NULL;
  (void)world;
  OK(safewasm_engine_new(NULL, &engine));
  safewasm_engine_delete(engine);
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_feature(config, SAFEWASM_FEATURE_THREADS, false));
  OK(safewasm_config_set_shared_memory(config, true));
  safewasm_error_t *error = safewasm_engine_new(config, &engine);
  CHECK(error != NULL);
  safewasm_error_delete(error);
}

static void make_modules(world_t *world) {
  safewasm_module_t *module = NULL;
  safewasm_bytes_t *bytes = NULL;
  size_t len = 0;
  OK(safewasm_module_new_text(world->engine, MODULE, strlen(MODULE), &module));
  safewasm_module_delete(module);
  OK(safewasm_wat2wasm(MODULE, strlen(MODULE), &bytes));
  const uint8_t *data = NULL;
  OK(safewasm_bytes_data(bytes, &data, &len));
  OK(safewasm_module_validate(world->engine, data, len));
  OK(safewasm_module_new(world->engine, data, len, &module));
  safewasm_module_delete(module);
  safewasm_bytes_delete(bytes);
  safewasm_error_t *error = safewasm_module_new_text(world->engine, "(module (fnc))", 14, &module);
  CHECK(error != NULL && safewasm_error_message(error, &len) != NULL);
  safewasm_error_delete(error);
  error = safewasm_module_new_file(world->engine, "/dev/null", 9, &module);
  CHECK(error != NULL);
  safewasm_error_delete(error);
}

static void make_instance(world_t *world) {
  safewasm_store_t *store = NULL;
  safewasm_linker_t *linker = NULL;
  safewasm_instance_t *instance = NULL;
  OK(safewasm_store_new(world->engine, &store));
  OK(safewasm_linker_new(world->engine, &linker));
  OK(safewasm_linker_define_unknown_imports_as_traps(linker, world->module));
  FAILS(safewasm_linker_instantiate(linker, store, world->module, &instance), TRAP, "stack exhausted");
  FAILS(call(*world, "short"), TRAP, "stack exhausted");
  safewasm_linker_delete(linker);
  OK(safewasm_store_collect(store));
  safewasm_store_delete(store);
}

static void use_objects(world_t *world) {
  safewasm_extern_t item = get_export(world->instance, "memory");
  safewasm_view_t *view = NULL;
  const safewasm_cell_t *cell = NULL;
  uint8_t byte = 0;
  uint64_t previous = 0;
  OK(safewasm_memory_view(item.of.memory, &view, &cell));
  OK(safewasm_memory_read(item.of.memory, 0, &byte, 1));
  OK(safewasm_memory_grow(item.of.memory, 1, &previous));
  FAILS(safewasm_memory_read(item.of.memory, 1 << 20, &byte, 1), OUT_OF_BOUNDS, "memory");
  safewasm_view_delete(view);
  safewasm_extern_delete(&item);
}

static void panic(world_t *world) {
  safewasm_store_t *store = NULL;
  OK(safewasm_store_new(world->engine, &store));
  FAILS(safewasm_provoke_panic(NULL), INTERNAL, "safewasm_provoke_panic was called");
  FAILS(safewasm_provoke_panic(store), INTERNAL, "safewasm_provoke_panic was called");
  safewasm_store_delete(store);
}

static void *run_small(void *argument) {
  scenario_t *scenario = argument;
  scenario->body(scenario->world);
  return NULL;
}

static void (*small_body)(world_t *);

static void prepare_and_run_smallest(void) {
  world_t world = new_linked(new_engine());
  scenario_t scenario = {small_body, &world, 0};
  on_thread((size_t)PTHREAD_STACK_MIN, run_small, &scenario);
  delete_world(world);
}

TEST(what_runs_no_wasm_works_on_the_smallest_stack) {
  void (*const bodies[])(world_t *) = {make_engine, make_modules, make_instance, use_objects, panic,
                                       use_finalizer, use_wasi};
  for (size_t index = 0; index < sizeof bodies / sizeof *bodies; index++) {
    /* In a child that makes its threads and its engine on an ordinary stack. */
    small_body = bodies[index];
    in_child(prepare_and_run_smallest);
    if (failed_here) return;
  }
}

int main(void) {
  if (getenv("SAFEWASM_TEST_RECURSE") != NULL) return recurse();
  RUN_NATIVELY(wasm_traps_on_a_thread_that_blocked_all_signals);
  RUN_NATIVELY(wasm_traps_where_all_signals_are_blocked_from_the_start);
  RUN_NATIVELY(signals_stay_blocked_until_an_engine_needs_them);
  RUN_NATIVELY(the_main_thread_runs_wasm_where_no_file_can_be_opened);
  RUN_NATIVELY(wasm_may_recurse_on_the_main_thread_whatever_its_stack_is_limited_to);
  RUN_NATIVELY(a_thread_that_is_refused_a_stack_for_signals_gets_an_error);
  RUN_NATIVELY(a_call_that_was_left_by_a_jump_is_the_callers_fault_and_other_threads_go_on);
  RUN_NATIVELY(a_cancellation_acts_after_the_call);
  RUN_NATIVELY(a_call_leaves_it_as_it_is_whether_a_thread_can_be_cancelled);
  RUN_NATIVELY(what_runs_no_wasm_works_on_the_smallest_stack);
  return finish("stacks");
}
