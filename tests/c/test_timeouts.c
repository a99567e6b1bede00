/* Time limits, whose clock starts at the first call, and calls that wait for another task's. */
#include "check.h"
#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#define MILLISECONDS UINT64_C(1000000)

static const char *MODULE =
    "(module (import \"\" \"f\" (func $f))"
    "  (func (export \"loop\") (loop $again (br $again))) (func (export \"short\"))"
    "  (func (export \"host\") (call $f)) (func $nothing)"
    "  (func (export \"host_and_more\") (call $f) (call $nothing))"
    "  (func (export \"host_and_loop\") (call $f) (loop $again (br $again))))";

/* The task that the runtime reports for this thread. */
static int tasks[2];
static _Thread_local int *current = &tasks[0];
static void *current_task(void *env) {
  (void)env;
  return current;
}

static world_t world;
static safewasm_extern_t func;
static void (*inside)(void);

static safewasm_error_t *host(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                              size_t slots_len) {
  (void)env, (void)caller, (void)slots, (void)slots_len;
  inside();
  return NULL;
}

/* A store with an instance of the module and a host function of its own. */
static world_t new_store(safewasm_engine_t *engine, safewasm_module_t *module) {
  world_t made = {engine, NULL, module, NULL};
  safewasm_functype_t *type;
  OK(safewasm_store_new(engine, &made.store));
  OK(safewasm_functype_new(engine, NULL, 0, NULL, 0, &type));
  func.kind = SAFEWASM_EXTERN_FUNC;
  OK(safewasm_func_new_slots(made.store, type, host, NULL, NULL, &func.of.func));
  OK(safewasm_instance_new(made.store, module, &func, 1, &made.instance));
  safewasm_extern_delete(&func);
  safewasm_functype_delete(type);
  return made;
}

static void delete_store(world_t made) {
  safewasm_instance_delete(made.instance);
  safewasm_store_delete(made.store);
}

static void begin_world(size_t compiles_late) {
  safewasm_hooks_t hooks = {
      .size = sizeof hooks, .current_task = current_task, .compiles_late = compiles_late};
  safewasm_config_t *config;
  OK(safewasm_config_new(&config));
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) {
    OK(safewasm_config_set_signals_based_traps(config, false));
  }
  OK(safewasm_config_set_epoch_interruption(config, true));
  OK(safewasm_config_set_hooks(config, &hooks));
  OK(safewasm_engine_new(config, &world.engine));
  world = new_store(world.engine, new_module(world.engine, MODULE));
}

static safewasm_error_t *call_in(world_t of, const char *name) {
  safewasm_extern_t item = get_export(of.instance, name);
  safewasm_error_t *error = safewasm_func_call_slots(item.of.func, NULL, 0);
  safewasm_extern_delete(&item);
  return error;
}

static safewasm_error_t *call(const char *name) { return call_in(world, name); }

static uint64_t limited(uint64_t nanoseconds) {
  uint64_t timeout = 0;
  OK(safewasm_store_begin_timeout(world.store, nanoseconds, SAFEWASM_TIMEOUT_ALL_TASKS, &timeout));
  CHECK(timeout != 0);
  return timeout;
}

static void end_limit(uint64_t timeout) { OK(safewasm_store_end_timeout(world.store, timeout)); }

static void check_interrupt(safewasm_error_t *error, const char *text) {
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_INTERRUPT);
  FAILS(error, TRAP, text);
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000 * MILLISECONDS + (uint64_t)time.tv_nsec;
}

TEST(the_clock_starts_at_the_first_call) {
  begin_world(0);
  uint64_t timeout = limited(50 * MILLISECONDS);
  usleep(100000);
  uint64_t before = now();
  OK(call("short"));
  check_interrupt(call("loop"), "the time limit of the call has passed");
  CHECK(now() - before >= 49 * MILLISECONDS);
  check_interrupt(call("short"), "time limit"); /* until the limit is ended */
  end_limit(timeout);
  OK(call("short"));
  delete_world(world);
}

TEST(a_limit_of_nothing_ends_each_call_and_one_without_end_none) {
  begin_world(0);
  for (int i = 0; i < 50; i++) {
    uint64_t timeout = limited(0);
    check_interrupt(call("short"), "time limit");
    end_limit(timeout);
    OK(call("short"));
    timeout = limited(UINT64_MAX - (uint64_t)(i % 2));
    OK(call("short"));
    end_limit(timeout);
  }
  delete_world(world);
}

TEST(of_several_limits_the_earliest_end_counts_in_whatever_order_they_end) {
  begin_world(0);
  uint64_t outer = limited(3600 * 1000 * MILLISECONDS), inner = limited(20 * MILLISECONDS);
  check_interrupt(call("loop"), "time limit");
  end_limit(outer);
  check_interrupt(call("short"), "time limit");
  outer = limited(20 * MILLISECONDS);
  end_limit(inner);
  check_interrupt(call("loop"), "time limit");
  OK(safewasm_store_set_deadline(world.store, 0));
  end_limit(outer);
  check_interrupt(call("short"), "deadline");
  OK(safewasm_store_set_deadline(world.store, UINT64_MAX));
  OK(call("short"));
  delete_world(world);
}

TEST(a_start_function_starts_the_clock_and_an_instance_without_one_does_not) {
  begin_world(0);
  safewasm_instance_t *instance;
  safewasm_module_t *none = new_module(world.engine, "(module (memory 1) (data (i32.const 0) \"x\"))");
  safewasm_module_t *endless = new_module(
      world.engine, "(module (func $start (loop $again (br $again))) (start $start))");
  uint64_t timeout = limited(20 * MILLISECONDS);
  OK(safewasm_instance_new(world.store, none, NULL, 0, &instance));
  safewasm_instance_delete(instance);
  usleep(40000);
  OK(call("short"));
  end_limit(timeout);
  timeout = limited(20 * MILLISECONDS);
  check_interrupt(safewasm_instance_new(world.store, endless, NULL, 0, &instance), "time limit");
  end_limit(timeout);
  safewasm_module_delete(none);
  safewasm_module_delete(endless);
  delete_world(world);
}

TEST(only_a_limit_that_was_begun_can_be_ended_and_only_once) {
  begin_world(0);
  world_t other = new_store(world.engine, world.module);
  const char *text = "`timeout` is";
  uint64_t timeout = limited(0), none = 7;
  FAILS(safewasm_store_end_timeout(other.store, timeout), INVALID_ARGUMENT, text);
  OK(safewasm_store_end_timeout(world.store, 0));
  FAILS(safewasm_store_end_timeout(world.store, UINT64_MAX), INVALID_ARGUMENT, text);
  end_limit(timeout);
  FAILS(safewasm_store_end_timeout(world.store, timeout), INVALID_ARGUMENT, text);
  FAILS(safewasm_store_begin_timeout(NULL, 1, 0, &none), NULL_POINTER, "`store`");
  CHECK(none == 0);
  FAILS(safewasm_store_begin_timeout(world.store, 1, 1, NULL), NULL_POINTER, "`timeout_out`");
  FAILS(safewasm_store_begin_timeout((safewasm_store_t *)world.engine, 1, 1, &none),
        INVALID_HANDLE, "`store`");
  FAILS(safewasm_store_begin_timeout(world.store, 1, 2, &none), INVALID_ARGUMENT, "`scope` is 2");
  /* The rest of the time limit ends with the store. */
  for (int i = 0; i < 100; i++) {
    OK(safewasm_store_begin_timeout(other.store, 10 * MILLISECONDS, (uint32_t)i % 2, &timeout));
    safewasm_error_delete(call_in(other, "short"));
  }
  delete_store(other);
  FAILS(safewasm_store_begin_timeout(other.store, 1, 0, &none), INVALID_HANDLE, "`store`");
  FAILS(safewasm_store_end_timeout(other.store, timeout), INVALID_HANDLE, "`store`");
  usleep(20000);
  OK(call("short"));
  delete_world(world);
  world_t plain = new_world("(module)");
  const char *option = "`safewasm_config_set_epoch_interruption`";
  FAILS(safewasm_store_begin_timeout(plain.store, 1, 0, &none), UNSUPPORTED, option);
  FAILS(safewasm_store_end_timeout(plain.store, 1), UNSUPPORTED, option);
  delete_world(plain);
}

/* A store that the other task calls while the first is in a host function of `world`. */
static world_t second;

/* Calls as the other task until it needn't wait any more. */
static safewasm_error_t *retry(const char *name) {
  safewasm_error_t *error = NULL;
  current = &tasks[1];
  for (int i = 0; i < 10000; i++) {
    safewasm_error_t *earlier = error;
    error = call_in(second, name);
    safewasm_error_delete(earlier);
    if (safewasm_error_kind(error) != SAFEWASM_ERROR_TASK) break;
    usleep(1000);
  }
  current = &tasks[0];
  return error;
}

static void wait_with_limits(void) {
  uint64_t timeout, before = now();
  OK(safewasm_store_begin_timeout(second.store, 20 * MILLISECONDS, SAFEWASM_TIMEOUT_ALL_TASKS, &timeout));
  usleep(30000);
  check_interrupt(retry("short"), "the time limit of the call has passed while it waited");
  CHECK(now() - before >= 49 * MILLISECONDS);
  OK(safewasm_store_end_timeout(second.store, timeout));
  OK(safewasm_store_set_deadline(second.store, 20 * MILLISECONDS));
  check_interrupt(retry("loop"), "the store's deadline has passed while it waited");
  OK(safewasm_store_set_deadline(second.store, UINT64_MAX));
}

TEST(a_call_that_waits_for_its_turn_ends_in_time) {
  begin_world(0);
  inside = wait_with_limits;
  second = new_store(world.engine, world.module);
  OK(call("host"));
  OK(call_in(second, "short"));
  delete_store(second);
  second = world; /* the store whose call is suspended */
  OK(call("host_and_more"));
  delete_world(world);
}

static void interrupt_a_waiter(void) {
  current = &tasks[1];
  OK(safewasm_store_interrupt(second.store)); /* too early */
  safewasm_error_t *waits = call_in(second, "short");
  CHECK(safewasm_error_kind(waits) == SAFEWASM_ERROR_TASK);
  OK(safewasm_store_interrupt(second.store));
  check_interrupt(call_in(second, "loop"),
                  "interrupted by `safewasm_store_interrupt` while it waited");
  FAILS(waits, TASK, "another task");
  /* Only once. An interrupt doesn't concern a call that no longer waits. */
  waits = call_in(second, "short");
  FAILS(waits, TASK, "another task");
  OK(safewasm_store_interrupt(second.store));
  FAILS(call_in(second, "short"), TASK, "another task");
  current = &tasks[0];
}

TEST(an_interrupt_ends_a_call_that_waits_for_its_turn) {
  begin_world(0);
  inside = interrupt_a_waiter;
  second = new_store(world.engine, world.module);
  OK(call("host_and_more"));
  OK(call_in(second, "short"));
  delete_store(second);
  delete_world(world);
}

static void instantiate_as_another_task(void) {
  static const char *INITIALISED =
      "(module (memory 1) (data (i32.const 0) \"x\") (table 2 funcref) (elem (i32.const 0) func $f)"
      "  (global i64 (i64.mul (i64.const 2) (i64.const 3))) (func $f (export \"short\")))";
  current = &tasks[1];
  safewasm_module_t *module = new_module(world.engine, INITIALISED);
  safewasm_module_t *starts = new_module(world.engine, "(module (func $f) (start $f))");
  safewasm_store_t *stores[] = {world.store, second.store};
  for (int i = 0; i < 2; i++) {
    world_t made = {world.engine, stores[i], module, NULL};
    OK(safewasm_instance_new(stores[i], module, NULL, 0, &made.instance));
    FAILS(call_in(made, "short"), TASK, "another task");
    safewasm_instance_delete(made.instance);
    FAILS(safewasm_instance_new(stores[i], starts, NULL, 0, &made.instance), TASK, "another task");
    CHECK(made.instance == NULL);
  }
  safewasm_module_delete(module);
  safewasm_module_delete(starts);
  current = &tasks[0];
}

TEST(an_instance_without_a_start_function_waits_for_no_other_task) {
  begin_world(0);
  inside = instantiate_as_another_task;
  second = new_store(world.engine, world.module);
  OK(call("host_and_more"));
  delete_store(second);
  delete_world(world);
}

static void begin_limit_of_another_task(void) {
  uint64_t timeout;
  current = &tasks[1];
  OK(safewasm_store_begin_timeout(world.store, 0, SAFEWASM_TIMEOUT_ONE_TASK, &timeout));
  check_interrupt(call("short"), "time limit");
  current = &tasks[0];
  OK(call("short"));
}

TEST(a_limit_of_one_task_ends_no_call_of_another) {
  begin_world(0);
  inside = begin_limit_of_another_task;
  OK(call("host_and_more"));
  OK(call("short"));
  current = &tasks[1];
  check_interrupt(call("short"), "time limit");
  current = &tasks[0];
  delete_world(world);
}

static void rest(void) { usleep(60000); }

TEST(the_first_run_of_a_host_function_is_not_counted_where_the_runtime_compiles_it) {
  for (size_t compiles_late = 0; compiles_late < 2; compiles_late++) {
    begin_world(compiles_late);
    uint64_t timeout = limited(50 * MILLISECONDS);
    inside = rest;
    if (compiles_late) OK(call("host_and_more"));
    check_interrupt(call("host_and_more"), "time limit"); /* the second run is */
    end_limit(timeout);
    delete_world(world);
  }
}

static safewasm_error_t *nested;

static void rest_and_loop(void) {
  usleep(60000);
  nested = call("loop");
  usleep(60000);
}

TEST(wasm_that_a_host_function_calls_in_its_first_run_is_counted) {
  begin_world(1);
  uint64_t timeout = limited(40 * MILLISECONDS), before = now();
  inside = rest_and_loop;
  check_interrupt(call("host_and_more"), "time limit");
  check_interrupt(nested, "time limit");
  CHECK(now() - before >= 159 * MILLISECONDS);
  end_limit(timeout);
  delete_world(world);
}

static void wait_behind_a_first_run(void) { wait_with_limits(); }

TEST(a_first_run_stops_the_clock_of_no_other_task) {
  begin_world(1);
  inside = wait_behind_a_first_run;
  second = world;
  OK(call("host_and_more"));
  delete_world(world);
}

static atomic_bool done;

static void *begin_and_end_limits(void *arg) {
  (void)arg;
  while (!atomic_load(&done)) {
    uint64_t timeouts[3];
    for (int i = 0; i < 3; i++) timeouts[i] = limited((uint64_t)i * MILLISECONDS);
    for (int i = 0; i < 3; i++) end_limit(timeouts[i]);
    OK(safewasm_store_interrupt(world.store));
  }
  return NULL;
}

TEST(limits_begin_and_end_on_any_thread_while_calls_run) {
  begin_world(1);
  pthread_t threads[2];
  int ended = 0;
  atomic_store(&done, false);
  for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, begin_and_end_limits, NULL);
  for (int i = 0; i < 200; i++) {
    safewasm_error_t *error = call("loop");
    ended += safewasm_error_trap_code(error) == SAFEWASM_TRAP_INTERRUPT;
    safewasm_error_delete(error);
  }
  CHECK(ended == 200);
  atomic_store(&done, true);
  for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
  OK(call("short"));
  delete_world(world);
}

/* How often the thread that ends calls has gone to sleep. */
static long sleeps_of_ticker(void) {
  long sleeps = -1;
  DIR *tasks_of_process = opendir("/proc/self/task");
  for (struct dirent *task; (task = readdir(tasks_of_process)) != NULL;) {
    char path[300], line[100], name[50] = "";
    snprintf(path, sizeof path, "/proc/self/task/%s/status", task->d_name);
    FILE *status = fopen(path, "r");
    while (status != NULL && fgets(line, sizeof line, status) != NULL) {
      sscanf(line, "Name: %49s", name);
      if (strcmp(name, "safewasm-ticker") == 0) sscanf(line, "voluntary_ctxt_switches: %ld", &sleeps);
    }
    if (status != NULL) fclose(status);
  }
  closedir(tasks_of_process);
  return sleeps;
}

TEST(short_calls_with_long_limits_wake_no_other_thread) {
  begin_world(0);
  long before = 0;
  for (int i = 0; i < 310; i++) {
    usleep(100); /* enough for the thread to wake and sleep again */
    if (i == 10) before = sleeps_of_ticker();
    const uint64_t timeout = limited(3600 * 1000 * MILLISECONDS);
    OK(call("short"));
    end_limit(timeout);
  }
  CHECK(before >= 0 && sleeps_of_ticker() - before < 50);
  /* The thread is woken for a limit that ends earlier. */
  const uint64_t timeout = limited(20 * MILLISECONDS);
  check_interrupt(call("loop"), "time limit");
  end_limit(timeout);
  delete_world(world);
}

int main(void) {
  RUN(the_clock_starts_at_the_first_call);
  RUN(a_limit_of_nothing_ends_each_call_and_one_without_end_none);
  RUN(of_several_limits_the_earliest_end_counts_in_whatever_order_they_end);
  RUN(a_start_function_starts_the_clock_and_an_instance_without_one_does_not);
  RUN(only_a_limit_that_was_begun_can_be_ended_and_only_once);
  RUN(a_call_that_waits_for_its_turn_ends_in_time);
  RUN(an_interrupt_ends_a_call_that_waits_for_its_turn);
  RUN(an_instance_without_a_start_function_waits_for_no_other_task);
  RUN(a_limit_of_one_task_ends_no_call_of_another);
  RUN(the_first_run_of_a_host_function_is_not_counted_where_the_runtime_compiles_it);
  RUN(wasm_that_a_host_function_calls_in_its_first_run_is_counted);
  RUN(a_first_run_stops_the_clock_of_no_other_task);
  RUN_NATIVELY(short_calls_with_long_limits_wake_no_other_thread);
  RUN(limits_begin_and_end_on_any_thread_while_calls_run);
  return finish("timeouts");
}
