/* Processes: how they start, what they get, and how they end. */
#include "processes.h"
#include <signal.h>
#include <sys/resource.h>

TEST(a_process_runs_start_and_ends_with_status_0) {
  host_t host = new_host();
  safewasm_process_t *process = start(host, NOTHING);
  CHECK(safewasm_process_is_valid(process));
  OK(end_of(process));
  OK(end_of(process));
  CHECK(safewasm_process_is_valid(process));
  safewasm_process_delete(process);
  CHECK(!safewasm_process_is_valid(process));
  safewasm_process_delete(process);
  delete_host(host);
}

TEST(a_trap_is_the_error_of_the_process_with_its_backtrace) {
  host_t host = new_host();
  safewasm_process_t *process =
      start(host, "(module (func $inner (unreachable)) (func $outer (export \"_start\") (call $inner)))");
  for (int i = 0; i < 2; i++) {
    safewasm_error_t *error = end_of(process);
    CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_UNREACHABLE);
    CHECK(safewasm_error_frames_len(error) == 2);
    FAILS(error, TRAP, "unreachable");
  }
  safewasm_process_delete(process);
  delete_host(host);
}

TEST(an_exception_ends_the_process) {
  host_t host = new_host();
  ENDS(start(host, "(module (tag $t) (func (export \"_start\") (throw $t)))"), EXCEPTION, "exception");
  delete_host(host);
}

TEST(the_start_function_is_part_of_the_run) {
  host_t host = new_host();
  ENDS(start(host, "(module (func $f (unreachable)) (start $f) (func (export \"_start\")))"), TRAP,
       "unreachable");
  delete_host(host);
}

TEST(limits_of_the_store_hold_in_the_process) {
  safewasm_config_t *config = NULL;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_consume_fuel(config, true));
  host_t host = new_host_with(config);
  safewasm_store_t *store = new_store(host);
  OK(safewasm_store_set_fuel(store, 10000));
  ENDS(start_in(host, FOREVER, store), TRAP, "out of fuel");
  store = new_store(host);
  OK(safewasm_store_set_memory_limit(store, 65536));
  ENDS(start_in(host, "(module (memory 2) (func (export \"_start\")))", store), LIMIT, "memory");
  delete_host(host);
}

TEST(deadlines_and_time_limits_hold_in_the_process) {
  host_t host = new_host();
  uint64_t timeout = 0;
  safewasm_store_t *store = new_store(host);
  OK(safewasm_store_set_deadline(store, 1000 * 1000));
  ENDS(start_in(host, FOREVER, store), TRAP, "deadline");
  store = new_store(host);
  OK(safewasm_store_begin_timeout(store, 1000 * 1000, SAFEWASM_TIMEOUT_ALL_TASKS, &timeout));
  ENDS(start_in(host, FOREVER, store), TRAP, "time limit");
  delete_host(host);
}

static safewasm_error_t *fail(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots, size_t slots_len) {
  safewasm_error_t *error = NULL;
  (void)caller, (void)slots, (void)slots_len;
  OK(safewasm_error_new("no such file", 12, env, NULL, TAG, &error));
  return error;
}

TEST(the_error_of_a_host_function_ends_the_process) {
  host_t host = new_host();
  define(host, fail, &host);
  safewasm_process_t *process = start(host, CALLS_F);
  for (int i = 0; i < 2; i++) {
    safewasm_error_t *error = end_of(process);
    CHECK(safewasm_error_env(error, TAG) == &host);
    FAILS(error, HOST, "no such file");
  }
  safewasm_process_delete(process);
  delete_host(host);
}

static safewasm_error_t *panic(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots, size_t slots_len) {
  safewasm_store_t *store = NULL;
  (void)env, (void)slots, (void)slots_len;
  OK(safewasm_caller_store(caller, &store));
  FAILS(safewasm_provoke_panic(store), INTERNAL, "panic");
  return NULL;
}

TEST(a_panic_in_the_store_ends_the_process) {
  host_t host = new_host();
  define(host, panic, NULL);
  ENDS(start(host, CALLS_F), STORE_POISONED, "internal error");
  ends_well(start(host, "(module (func (export \"_start\")))"));
  delete_host(host);
}

TEST(a_stack_overflow_ends_the_process) {
  host_t host = new_host();
  ENDS(start(host, "(module (func $f (export \"_start\") (call $f)))"), TRAP, "stack");
  ENDS(start(host, "(module (memory 1) (func (export \"_start\") (drop (i32.load (i32.const -8)))))"), TRAP,
       "out of bounds");
  delete_host(host);
}

/* Sees the thread, the store's data and its memory. */
static safewasm_error_t *look(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots, size_t slots_len) {
  safewasm_store_t *store = NULL;
  uint8_t *memory = NULL;
  void *data = NULL;
  sigset_t mask;
  size_t len = 0;
  (void)slots, (void)slots_len;
  CHECK(!pthread_equal(*(pthread_t *)env, pthread_self()));
  OK(safewasm_caller_memory(caller, "memory", 6, &memory, &len));
  CHECK(len == 65536);
  OK(safewasm_caller_data(caller, &data));
  CHECK(data == env);
  OK(safewasm_caller_store(caller, &store));
  OK(safewasm_store_data(store, &data));
  CHECK(data == env);
  pthread_sigmask(SIG_BLOCK, NULL, &mask);
  CHECK(sigismember(&mask, SIGTERM) && sigismember(&mask, SIGPIPE) && sigismember(&mask, SIGALRM));
  return NULL;
}

TEST(a_host_function_runs_on_the_thread_of_the_process_and_can_use_its_store) {
  host_t host = new_host();
  pthread_t here = pthread_self();
  define(host, look, &here);
  safewasm_store_t *store = new_store(host);
  OK(safewasm_store_set_data(store, &here, NULL));
  ends_well(start_in(host, CALLS_F, store));
  delete_host(host);
}

TEST(a_linker_with_items_of_the_store_works) {
  host_t host = new_host();
  safewasm_store_t *store = new_store(host);
  safewasm_module_t *module =
      new_module(host.engine, "(module (memory (export \"m\") 1) (data (i32.const 0) \"\\05\"))");
  safewasm_instance_t *instance = NULL;
  OK(safewasm_instance_new(store, module, NULL, 0, &instance));
  OK(safewasm_linker_define_instance(host.linker, "lib", 3, instance));
  ENDS(start_in(host,
                "(module (import \"lib\" \"m\" (memory 1)) (func (export \"_start\")"
                " (if (i32.eq (i32.load (i32.const 0)) (i32.const 5)) (then (unreachable)))))",
                store),
       TRAP, "unreachable");
  /* The linker works with that store only, which is gone. */
  safewasm_process_t *process = NULL;
  safewasm_module_delete(module);
  module = new_module(host.engine, NOTHING);
  FAILS(safewasm_process_new(host.linker, module, new_store(host), NULL, NULL, NULL, &process), WRONG_STORE,
        "`linker`");
  safewasm_module_delete(module);
  delete_host(host);
}

TEST(the_store_and_its_objects_are_invalid_afterwards) {
  host_t host = new_host();
  safewasm_store_t *store = new_store(host);
  safewasm_module_t *module = new_module(host.engine, "(module (memory (export \"memory\") 1))");
  safewasm_instance_t *instance = NULL;
  safewasm_view_t *view = NULL;
  const safewasm_cell_t *cell = NULL;
  size_t len = 0;
  OK(safewasm_instance_new(store, module, NULL, 0, &instance));
  safewasm_extern_t memory = get_export(instance, "memory");
  OK(safewasm_memory_view(memory.of.memory, &view, &cell));
  CHECK(cell->len == 65536);
  safewasm_process_t *process = start_in(host, FOREVER, store);
  CHECK(!safewasm_store_is_valid(store) && !safewasm_instance_is_valid(instance));
  CHECK(cell->len == 0 && safewasm_view_is_valid(view));
  FAILS(safewasm_instance_exports_len(instance, &len), INVALID_HANDLE, "`instance`");
  FAILS(safewasm_store_set_deadline(store, 1), INVALID_HANDLE, "`store`");
  FAILS(safewasm_store_collect(store), INVALID_HANDLE, "`store`");
  safewasm_store_delete(store);
  CHECK(!wait_for(process, 0));
  safewasm_process_delete(process);
  safewasm_extern_delete(&memory);
  safewasm_instance_delete(instance);
  safewasm_view_delete(view);
  safewasm_module_delete(module);
  delete_host(host);
}

/* Tries to start a module, which must fail. The store is consumed all the same. */
#define REFUSED(linker, module, store, kind, text)                                                       \
  do {                                                                                                   \
    safewasm_process_t *refused = (safewasm_process_t *)&refused;                                        \
    safewasm_module_t *of = (module);                                                                    \
    safewasm_store_t *consumed = (store);                                                                \
    FAILS(safewasm_process_new((linker), of, consumed, NULL, NULL, NULL, &refused), kind, (text));       \
    CHECK(refused == NULL && !safewasm_store_is_valid(consumed));                                        \
    safewasm_module_delete(of);                                                                          \
  } while (0)

TEST(bad_modules_linkers_and_stores_are_refused_and_the_store_is_gone) {
  host_t host = new_host(), other = new_host();
  REFUSED(host.linker, new_module(host.engine, "(module)"), new_store(host), NOT_FOUND, "`_start`");
  REFUSED(host.linker, new_module(host.engine, "(module (func (export \"_start\") (param i32)))"),
          new_store(host), INVALID_MODULE, "func () -> ()");
  REFUSED(host.linker, new_module(host.engine, CALLS_F), new_store(host), LINK, "`f`");
  REFUSED(other.linker, new_module(host.engine, NOTHING), new_store(host), WRONG_ENGINE, "`linker`");
  REFUSED(host.linker, new_module(other.engine, NOTHING), new_store(host), WRONG_ENGINE, "`module`");
  REFUSED(host.linker, new_module(host.engine, NOTHING), new_store(other), WRONG_ENGINE, "`linker`");
  REFUSED(NULL, new_module(host.engine, NOTHING), new_store(host), NULL_POINTER, "`linker`");
  REFUSED(host.linker, (safewasm_module_t *)NULL, new_store(host), NULL_POINTER, "`module`");
  REFUSED(host.linker, new_module(host.engine, NOTHING), (safewasm_store_t *)NULL, NULL_POINTER, "`store`");
  safewasm_store_t *deleted = new_store(host);
  safewasm_store_delete(deleted);
  REFUSED(host.linker, new_module(host.engine, NOTHING), deleted, INVALID_HANDLE, "`store`");
  safewasm_store_t *poisoned = new_store(host);
  FAILS(safewasm_provoke_panic(poisoned), INTERNAL, "panic");
  REFUSED(host.linker, new_module(host.engine, NOTHING), poisoned, STORE_POISONED, "`store`");
  delete_host(host);
  delete_host(other);
}

static host_t inside;

static safewasm_error_t *start_here(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                    size_t slots_len) {
  safewasm_store_t *store = NULL;
  safewasm_module_t *module = new_module(inside.engine, NOTHING);
  (void)env, (void)slots, (void)slots_len;
  OK(safewasm_caller_store(caller, &store));
  REFUSED(inside.linker, module, store, STORE_BUSY, "host function");
  return NULL;
}

TEST(a_store_in_which_a_call_runs_is_refused_and_the_call_ends) {
  inside = new_host();
  safewasm_store_t *store = new_store(inside);
  safewasm_module_t *module = new_module(inside.engine, CALLS_F);
  safewasm_instance_t *instance = NULL;
  define(inside, start_here, NULL);
  OK(safewasm_linker_instantiate(inside.linker, store, module, &instance));
  safewasm_extern_t func = get_export(instance, "_start");
  FAILS(safewasm_func_call_slots(func.of.func, NULL, 0), TRAP, "deleted");
  safewasm_module_delete(module);
  /* The same with the store of a process, in that process. */
  ENDS(start(inside, CALLS_F), TRAP, "deleted");
  delete_host(inside);
}

TEST(a_thread_that_cannot_be_started_is_an_error) {
  safewasm_config_t *config = NULL;
  struct rlimit before, less;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_max_wasm_stack(config, (size_t)1 << 30));
  host_t host = new_host_with(config);
  safewasm_module_t *module = new_module(host.engine, NOTHING);
  safewasm_store_t *store = new_store(host);
  getrlimit(RLIMIT_AS, &before);
  less = before;
  less.rlim_cur = (rlim_t)1 << 30;
  setrlimit(RLIMIT_AS, &less);
  REFUSED(host.linker, module, store, LIMIT, "no thread could be started");
  setrlimit(RLIMIT_AS, &before);
  ends_well(start(host, NOTHING));
  delete_host(host);
}

/* What `notify` and the finalizer of its `env` have done. */
typedef struct {
  host_t host;
  safewasm_process_t *process, *next;
  gate_t is_known, is_done;
  int notified, finalized;
} notice_t;

static void on_end(void *env) {
  notice_t *notice = (notice_t *)env;
  bool has_ended = false;
  uint32_t status = 0;
  pass_gate(&notice->is_known);
  CHECK(notice->notified++ == 0 && notice->finalized == 0);
  OK(safewasm_process_wait(notice->process, 0, &has_ended));
  CHECK(has_ended);
  FAILS(safewasm_process_status(notice->process, &has_ended, &status), TRAP, "unreachable");
  safewasm_process_delete(notice->process);
  /* It can use the rest of the library as well. */
  notice->next = start(notice->host, NOTHING);
  OK(end_of(notice->next));
}

static void finalize(void *env) {
  notice_t *notice = (notice_t *)env;
  notice->finalized++;
  open_gate(&notice->is_done);
}

TEST(notify_is_called_once_and_then_the_finalizer) {
  notice_t notice = {new_host(), NULL, NULL, CLOSED, CLOSED, 0, 0};
  safewasm_module_t *module = new_module(notice.host.engine, "(module (func (export \"_start\") (unreachable)))");
  OK(safewasm_process_new(notice.host.linker, module, new_store(notice.host), on_end, &notice, finalize,
                          &notice.process));
  open_gate(&notice.is_known);
  pass_gate(&notice.is_done);
  CHECK(notice.notified == 1 && notice.finalized == 1);
  CHECK(!safewasm_process_is_valid(notice.process) && safewasm_process_is_valid(notice.next));
  safewasm_process_delete(notice.next);
  safewasm_module_delete(module);
  delete_host(notice.host);
}

TEST(without_notify_the_finalizer_runs_too) {
  notice_t notice = {new_host(), NULL, NULL, CLOSED, CLOSED, 0, 0};
  safewasm_module_t *module = new_module(notice.host.engine, NOTHING);
  safewasm_process_t *process = NULL;
  OK(safewasm_process_new(notice.host.linker, module, new_store(notice.host), NULL, &notice, finalize, &process));
  pass_gate(&notice.is_done);
  ends_well(process);
  CHECK(notice.finalized == 1);
  safewasm_module_delete(module);
  delete_host(notice.host);
}

TEST(a_process_that_is_not_started_is_finalized_and_not_notified) {
  notice_t notice = {new_host(), NULL, NULL, CLOSED, CLOSED, 0, 0};
  safewasm_module_t *module = new_module(notice.host.engine, "(module)");
  FAILS(safewasm_process_new(notice.host.linker, module, new_store(notice.host), on_end, &notice, finalize,
                             &notice.process),
        NOT_FOUND, "_start");
  CHECK(notice.finalized == 1 && notice.notified == 0);
  safewasm_module_delete(module);
  delete_host(notice.host);
}

static _Thread_local int is_of_the_runtime;
static atomic_int told;

static void *current_task(void *env) {
  (void)env;
  return is_of_the_runtime ? &is_of_the_runtime : NULL;
}

static ptrdiff_t begin(void *env) {
  (void)env;
  told++;
  return 0;
}

static void end(ptrdiff_t state, void *env) {
  (void)state, (void)env;
  told++;
}

static void bounds(void *task, char **a, char **b, char **c, char **d) {
  (void)task;
  told++;
  *a = *b = *c = *d = NULL;
}

TEST(the_hooks_of_a_runtime_hear_nothing_of_processes) {
  static const int32_t flag = 1;
  const safewasm_hooks_t hooks = {.size = sizeof hooks, .current_task = current_task, .task_bounds = bounds,
                                  .begin_wasm = begin, .end_wasm = end, .begin_host = begin, .end_host = end,
                                  .interrupt_flag = &flag, .compiles_late = 1};
  safewasm_config_t *config = NULL;
  uint64_t timeout = 0;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_hooks(config, &hooks));
  host_t host = new_host_with(config);
  pthread_t here = pthread_self();
  is_of_the_runtime = 1;
  define(host, look, &here);
  safewasm_store_t *store = new_store(host);
  OK(safewasm_store_set_data(store, &here, NULL));
  ends_well(start_in(host, CALLS_F, store));
  CHECK(told == 0);
  /* The time limit of a task holds for the process that it starts; the interrupt of the main thread doesn't. */
  store = new_store(host);
  OK(safewasm_store_begin_timeout(store, 200 * 1000 * 1000, SAFEWASM_TIMEOUT_ONE_TASK, &timeout));
  ENDS(start_in(host, FOREVER, store), TRAP, "time limit");
  CHECK(told == 0);
  delete_host(host);
}

int main(void) {
  RUN(a_process_runs_start_and_ends_with_status_0);
  RUN(a_trap_is_the_error_of_the_process_with_its_backtrace);
  RUN(an_exception_ends_the_process);
  RUN(the_start_function_is_part_of_the_run);
  RUN(limits_of_the_store_hold_in_the_process);
  RUN(deadlines_and_time_limits_hold_in_the_process);
  RUN(the_error_of_a_host_function_ends_the_process);
  RUN(a_panic_in_the_store_ends_the_process);
  RUN_NATIVELY(a_stack_overflow_ends_the_process);
  RUN(a_host_function_runs_on_the_thread_of_the_process_and_can_use_its_store);
  RUN(a_linker_with_items_of_the_store_works);
  RUN(the_store_and_its_objects_are_invalid_afterwards);
  RUN(bad_modules_linkers_and_stores_are_refused_and_the_store_is_gone);
  RUN(a_store_in_which_a_call_runs_is_refused_and_the_call_ends);
  RUN_NATIVELY(a_thread_that_cannot_be_started_is_an_error);
  RUN(notify_is_called_once_and_then_the_finalizer);
  RUN(without_notify_the_finalizer_runs_too);
  RUN(a_process_that_is_not_started_is_finalized_and_not_notified);
  RUN(the_hooks_of_a_runtime_hear_nothing_of_processes);
  return finish("processes");
}
