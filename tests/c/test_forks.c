/* Forks of a process whose threads are busy in the library. */
#include "check.h"
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *MODULE =
    "(module (memory (export \"memory\") 1)"
    "  (func (export \"load\") (param i32) (result i32) (i32.load (local.get 0)))"
    "  (func (export \"loop\") (loop $again (br $again))))";

/* The same for all threads, and for the children. */
static safewasm_engine_t *shared;
static safewasm_linker_t *linker;

static safewasm_engine_t *new_interruptible(void) {
  safewasm_config_t *config = NULL;
  safewasm_engine_t *engine = NULL;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_epoch_interruption(config, true));
  OK(safewasm_engine_new(config, &engine));
  return engine;
}

/* Some of each operation that takes locks. */
static void use_all(safewasm_engine_t *engine, bool with_deadline) {
  world_t world = {engine, NULL, new_module(engine, MODULE), NULL};
  safewasm_view_t *view = NULL;
  const safewasm_cell_t *cell = NULL;
  safewasm_slot_t slot = {.i32 = -8};
  OK(safewasm_store_new(engine, &world.store));
  if (engine == shared) OK(safewasm_linker_instantiate(linker, world.store, world.module, &world.instance));
  else OK(safewasm_instance_new(world.store, world.module, NULL, 0, &world.instance));
  safewasm_extern_t item = get_export(world.instance, "memory");
  OK(safewasm_memory_view(item.of.memory, &view, &cell));
  safewasm_extern_delete(&item);
  item = get_export(world.instance, "load");
  FAILS(safewasm_func_call_slots(item.of.func, &slot, 1), TRAP, "out of bounds");
  safewasm_extern_delete(&item);
  if (with_deadline) {
    item = get_export(world.instance, "loop");
    OK(safewasm_store_set_deadline(world.store, 1000000));
    FAILS(safewasm_func_call_slots(item.of.func, NULL, 0), TRAP, "interrupt");
    safewasm_extern_delete(&item);
  }
  safewasm_view_delete(view);
  safewasm_instance_delete(world.instance);
  safewasm_module_delete(world.module);
  safewasm_store_delete(world.store);
}

static atomic_bool stop;

static void *keep_busy(void *with_deadline) {
  while (!stop && !failed_here) use_all(shared, with_deadline != NULL);
  return NULL;
}

TEST(a_child_of_a_busy_process_can_do_everything) {
  enum { CHILDREN = 200, THREADS = 3 };
  pthread_t threads[THREADS];
  int hung = 0;
  shared = new_interruptible();
  OK(safewasm_linker_new(shared, &linker));
  for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, keep_busy, i == 0 ? &stop : NULL);
  fflush(stdout);
  for (int i = 0; i < CHILDREN; i++) {
    int status = 0;
    const pid_t child = fork();
    if (child == 0) {
      alarm(20);
      use_all(shared, true);
      safewasm_engine_t *own = new_interruptible();
      use_all(own, i % 8 == 0);
      fflush(stdout);
      _exit(failed_here);
    }
    CHECK(waitpid(child, &status, 0) == child);
    if (WIFSIGNALED(status)) hung++;
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  if (hung > 0) printf("%d of %d children hung\n", hung, CHILDREN);
  stop = true;
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  safewasm_linker_delete(linker);
  safewasm_engine_delete(shared);
}

/* Forks a child that does `work`, and checks that it ends well and soon. */
static void in_child(void (*work)(void)) {
  int status = 0;
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGALRM, SIG_DFL);
    alarm(20);
    work();
    fflush(stdout);
    _exit(failed_here);
  }
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void do_nothing(void) {}

static void *keep_forking(void *none) {
  while (!stop && !failed_here) in_child(do_nothing);
  return none;
}

TEST(engines_that_the_clock_frees_keep_no_fork_from_going_on) {
  enum { ENGINES = 500, ROWS = 2048 };
  static int32_t from[ROWS], to[ROWS];
  const safewasm_column_t in = {from, sizeof *from}, out = {to, sizeof *to};
  pthread_t thread;
  stop = false;
  pthread_create(&thread, NULL, keep_forking, NULL);
  for (int i = 0; i < ENGINES; i++) {
    world_t world = {new_interruptible(), NULL, NULL, NULL};
    OK(safewasm_store_new(world.engine, &world.store));
    world.module = new_module(world.engine, MODULE);
    OK(safewasm_instance_new(world.store, world.module, NULL, 0, &world.instance));
    safewasm_extern_t item = get_export(world.instance, "load");
    OK(safewasm_func_call_bulk(item.of.func, ROWS, &in, 1, &out, 1));
    safewasm_extern_delete(&item);
    OK(safewasm_engine_increment_epoch(world.engine, NULL));
    safewasm_instance_delete(world.instance);
    safewasm_module_delete(world.module);
    safewasm_store_delete(world.store);
    /* At about the time of the engine's next tick. */
    usleep(900 + (useconds_t)(i % 20) * 10);
    safewasm_engine_delete(world.engine);
  }
  stop = true;
  pthread_join(thread, NULL);
}

/* A store that the tests and their children use. */
static world_t common;

static void *keep_limiting(void *none) {
  for (uint64_t timeout = 0; !stop;) {
    OK(safewasm_store_begin_timeout(common.store, 1000000000, SAFEWASM_TIMEOUT_ALL_TASKS, &timeout));
    OK(safewasm_store_end_timeout(common.store, timeout));
  }
  return none;
}

static void *keep_interrupting(void *none) {
  while (!stop) OK(safewasm_store_interrupt(common.store));
  return none;
}

static void make_common(void) {
  common = (world_t){new_interruptible(), NULL, NULL, NULL};
  common.module = new_module(common.engine, MODULE);
  OK(safewasm_store_new(common.engine, &common.store));
  OK(safewasm_instance_new(common.store, common.module, NULL, 0, &common.instance));
}

static void delete_common(void) {
  safewasm_instance_delete(common.instance);
  safewasm_module_delete(common.module);
  safewasm_store_delete(common.store);
  safewasm_engine_delete(common.engine);
}

static void call_with_limit(void) {
  uint64_t timeout = 0;
  safewasm_slot_t slot = {.i32 = 0};
  OK(safewasm_store_begin_timeout(common.store, 60000000000, SAFEWASM_TIMEOUT_ONE_TASK, &timeout));
  safewasm_extern_t item = get_export(common.instance, "load");
  OK(safewasm_func_call_slots(item.of.func, &slot, 1));
  safewasm_extern_delete(&item);
  OK(safewasm_store_end_timeout(common.store, timeout));
}

TEST(a_child_can_use_a_store_whose_limits_other_threads_change) {
  enum { CHILDREN = 150 };
  pthread_t threads[2];
  make_common();
  stop = false;
  pthread_create(&threads[0], NULL, keep_limiting, NULL);
  pthread_create(&threads[1], NULL, keep_interrupting, NULL);
  for (int i = 0; i < CHILDREN && !failed_here; i++) in_child(call_with_limit);
  stop = true;
  for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
  delete_common();
}

static safewasm_error_t *do_nothing_here(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                         size_t slots_len) {
  (void)env, (void)caller, (void)slots, (void)slots_len;
  return NULL;
}

static safewasm_engine_t *pooled;
static safewasm_module_t *with_import;

/* Operations that take locks of Wasmtime's. */
static void make_things(void) {
  const safewasm_valtype_t types[] = {{.kind = SAFEWASM_VAL_I32}, {.kind = SAFEWASM_VAL_F64}};
  safewasm_functype_t *type = NULL, *found = NULL;
  safewasm_store_t *store = NULL;
  safewasm_func_t *func = NULL;
  safewasm_linker_t *own = NULL;
  safewasm_instance_t *first = NULL, *second = NULL;
  OK(safewasm_functype_new(pooled, types, 2, types, 1, &type));
  OK(safewasm_store_new(pooled, &store));
  OK(safewasm_func_new_slots(store, type, do_nothing_here, NULL, NULL, &func));
  OK(safewasm_func_type(func, &found));
  const safewasm_extern_t import = {.kind = SAFEWASM_EXTERN_FUNC, .of.func = func};
  OK(safewasm_instance_new(store, with_import, &import, 1, &first));
  OK(safewasm_linker_new(pooled, &own));
  OK(safewasm_linker_define_func_slots(own, "e", 1, "h", 1, type, do_nothing_here, NULL, NULL));
  OK(safewasm_linker_instantiate(own, store, with_import, &second));
  safewasm_instance_delete(first);
  safewasm_instance_delete(second);
  safewasm_linker_delete(own);
  safewasm_func_delete(func);
  safewasm_store_delete(store);
  safewasm_functype_delete(type);
  safewasm_functype_delete(found);
}

static void *keep_making(void *none) {
  while (!stop && !failed_here) make_things();
  return none;
}

TEST(a_child_can_make_what_other_threads_made_in_the_same_engine) {
  enum { CHILDREN = 300, THREADS = 2 };
  pthread_t threads[THREADS];
  safewasm_config_t *config = NULL;
  const safewasm_pooling_t pooling = {0};
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_pooling(config, &pooling));
  OK(safewasm_engine_new(config, &pooled));
  with_import = new_module(pooled, "(module (import \"e\" \"h\" (func (param i32 f64) (result i32)))"
                                   "  (memory 1) (table 3 funcref))");
  stop = false;
  for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, keep_making, NULL);
  for (int i = 0; i < CHILDREN && !failed_here; i++) in_child(make_things);
  stop = true;
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  safewasm_module_delete(with_import);
  safewasm_engine_delete(pooled);
}

static void run_endless_loop(void) {
  safewasm_extern_t item = get_export(common.instance, "loop");
  FAILS(safewasm_func_call_slots(item.of.func, NULL, 0), TRAP, "interrupt");
  safewasm_extern_delete(&item);
}

static void run_with_deadline(void) {
  OK(safewasm_store_set_deadline(common.store, 1000000));
  run_endless_loop();
  safewasm_module_delete(new_module(common.engine, MODULE));
}

TEST(a_deadline_that_was_set_before_the_fork_ends_a_call_in_the_child) {
  make_common();
  OK(safewasm_store_set_deadline(common.store, 100000000));
  in_child(run_endless_loop);
  delete_common();
}

TEST(a_time_limit_that_began_before_the_fork_ends_a_call_in_the_child) {
  uint64_t timeout = 0;
  safewasm_slot_t slot = {.i32 = 0};
  make_common();
  OK(safewasm_store_begin_timeout(common.store, 100000000, SAFEWASM_TIMEOUT_ALL_TASKS, &timeout));
  in_child(run_endless_loop);
  /* And a time limit whose clock runs. */
  safewasm_extern_t item = get_export(common.instance, "load");
  OK(safewasm_func_call_slots(item.of.func, &slot, 1));
  safewasm_extern_delete(&item);
  in_child(run_endless_loop);
  delete_common();
}

/* A child that is process 1 in its namespace, as its parent is. */
static void be_first_twice(void) {
  make_common();
  run_with_deadline();
  if (unshare(CLONE_NEWPID) == 0) in_child(run_with_deadline);
  delete_common();
}

TEST(a_child_in_a_namespace_of_its_own_has_a_clock_and_compiles) {
  int status = 0;
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    if (unshare(CLONE_NEWUSER | CLONE_NEWPID) != 0 && unshare(CLONE_NEWPID) != 0) {
      printf("no namespaces of processes here\n");
    } else {
      in_child(be_first_twice);
    }
    fflush(stdout);
    _exit(failed_here);
  }
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static atomic_bool compiles, compiled;

static void *compile_for_long(void *engine) {
  text_t text = {NULL, 0, 0};
  safewasm_bytes_t *bytes = NULL;
  const uint8_t *data = NULL;
  size_t len = 0;
  safewasm_module_t *module = NULL;
  put(&text, "(module");
  for (int i = 0; i < 60; i++) {
    put(&text, "(func (param i32) (result i32) (local i32)");
    put_many(&text, "(local.set 1 (i32.add (i32.mul (local.get 0) (local.get 1)) (i32.const 77)))", 2000);
    put(&text, "(local.get 1))");
  }
  put(&text, ")");
  OK(safewasm_wat2wasm(text.data, text.len, &bytes));
  OK(safewasm_bytes_data(bytes, &data, &len));
  compiles = true;
  OK(safewasm_module_new(engine, data, len, &module));
  compiled = true;
  safewasm_module_delete(module);
  safewasm_bytes_delete(bytes);
  free(text.data);
  return NULL;
}

static void *fork_once(void *none) {
  in_child(do_nothing);
  return none;
}

TEST(to_delete_takes_no_time_while_a_fork_waits_for_a_compilation) {
  pthread_t threads[2];
  safewasm_config_t *config = NULL;
  make_common();
  OK(safewasm_config_new(&config));
  pthread_create(&threads[0], NULL, compile_for_long, common.engine);
  while (!compiles) usleep(1000);
  usleep(20000);
  pthread_create(&threads[1], NULL, fork_once, NULL);
  usleep(20000);
  OK(safewasm_config_set_consume_fuel(config, true));
  safewasm_config_delete(config);
  delete_common();
  CHECK(!compiled);
  for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
}

static atomic_bool is_over;

/* On a thread whose stack is too small for it, the library makes these on a thread of its own. */
static void *make_stores_with_wasi(void *engine) {
  while (!is_over) {
    safewasm_store_t *store = NULL;
    safewasm_wasi_t *wasi = NULL;
    OK(safewasm_store_new(engine, &store));
    OK(safewasm_wasi_new(&wasi));
    OK(safewasm_store_set_wasi(store, wasi));
    safewasm_store_delete(store);
  }
  return NULL;
}

TEST(a_thread_with_little_stack_keeps_no_fork_from_going_on) {
  pthread_t thread;
  pthread_attr_t attributes;
  safewasm_engine_t *engine = new_engine();
  is_over = false;
  pthread_attr_init(&attributes);
  CHECK(pthread_attr_setstacksize(&attributes, 160 << 10) == 0);
  CHECK(pthread_create(&thread, &attributes, make_stores_with_wasi, engine) == 0);
  for (int i = 0; i < 300; i++) in_child(do_nothing);
  is_over = true;
  pthread_join(thread, NULL);
  pthread_attr_destroy(&attributes);
  safewasm_engine_delete(engine);
}

static volatile sig_atomic_t handled;

static void fork_in_handler(int signal) {
  (void)signal;
  const pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, NULL, 0);
  handled = handled + 1;
}

TEST(a_signal_handler_forks_while_its_thread_waits_in_a_fork) {
  pthread_t thread;
  make_common();
  compiles = compiled = false;
  handled = 0;
  pthread_create(&thread, NULL, compile_for_long, common.engine);
  while (!compiles) usleep(1000);
  usleep(20000);
  signal(SIGALRM, fork_in_handler);
  ualarm(50000, 0);
  in_child(do_nothing);
  while (handled == 0) usleep(1000);
  signal(SIGALRM, SIG_DFL);
  pthread_join(thread, NULL);
  delete_common();
}

int main(void) {
  RUN_NATIVELY(engines_that_the_clock_frees_keep_no_fork_from_going_on);
  RUN_NATIVELY(a_child_can_use_a_store_whose_limits_other_threads_change);
  RUN_NATIVELY(a_child_can_make_what_other_threads_made_in_the_same_engine);
  RUN_NATIVELY(a_deadline_that_was_set_before_the_fork_ends_a_call_in_the_child);
  RUN_NATIVELY(a_time_limit_that_began_before_the_fork_ends_a_call_in_the_child);
  RUN_NATIVELY(a_child_in_a_namespace_of_its_own_has_a_clock_and_compiles);
  RUN_NATIVELY(to_delete_takes_no_time_while_a_fork_waits_for_a_compilation);
  RUN_NATIVELY(a_thread_with_little_stack_keeps_no_fork_from_going_on);
  RUN_NATIVELY(a_signal_handler_forks_while_its_thread_waits_in_a_fork);
  RUN_NATIVELY(a_child_of_a_busy_process_can_do_everything);
  return finish("forks");
}
