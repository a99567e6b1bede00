/* Programs for WASI with the hooks of a language's runtime: its tasks, its begins and ends, its Ctrl-C. */
#include "streams.h"
#include <signal.h>
#include <sys/wait.h>

/* What the runtime was told: `W` and `w` for wasm's begin and end, `H` and `h` for a host function's. */
static char told[64];
static int tasks[2];
static void *current = &tasks[0];
static volatile int32_t flag;

static void *current_task(void *env) {
  (void)env;
  return current;
}

static void tell(const char *what) {
  if (strlen(told) + 1 < sizeof told) strcat(told, what);
}

static ptrdiff_t begin_wasm(void *env) { (void)env; tell("W"); return 1; }
static void end_wasm(ptrdiff_t state, void *env) { (void)env; tell("w"); CHECK(state == 1); }
static ptrdiff_t begin_host(void *env) { (void)env; tell("H"); return 2; }
static void end_host(ptrdiff_t state, void *env) { (void)env; tell("h"); CHECK(state == 2); }

static safewasm_hooks_t hooks(void) {
  safewasm_hooks_t hooks = {.size = sizeof hooks};
  hooks.current_task = current_task;
  hooks.begin_wasm = begin_wasm;
  hooks.end_wasm = end_wasm;
  hooks.begin_host = begin_host;
  hooks.end_host = end_host;
  return hooks;
}

/* Makes a program whose standard output is a callback, in an engine with those hooks. */
static world_t new_hooked(const safewasm_hooks_t *of, safewasm_write_callback_t callback, void *env) {
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_set_stream_callback(wasi, SAFEWASM_WASI_STDOUT, callback, env, NULL));
  hooks_of_engines = of;
  world_t world = new_streams(wasi);
  hooks_of_engines = NULL;
  told[0] = 0;
  return world;
}

/* Tries to run wasm in the task of the callback and in another one. */
static safewasm_error_t *use_tasks(void *env, const uint8_t *bytes, size_t len) {
  world_t *other = (world_t *)env;
  (void)bytes;
  (void)len;
  tell("-");
  OK(call(*other, "hello"));
  current = &tasks[1];
  FAILS(call(*other, "hello"), TASK, "another task's call of wasm is suspended in a host function");
  current = &tasks[0];
  return NULL;
}

TEST(a_callback_is_a_host_function_for_the_runtime) {
  safewasm_hooks_t all = hooks();
  hooks_of_engines = &all;
  world_t other = new_streams(new_wasi());
  world_t world = new_hooked(&all, use_tasks, &other);
  OK(call(world, "hello"));
  CHECK(strcmp(told, "WH-Wwhw") == 0);
  told[0] = 0;
  /* A program that calls nobody. */
  OK(call(other, "hello"));
  CHECK(strcmp(told, "Ww") == 0);
  delete_world(world);
  delete_world(other);
}

static safewasm_error_t *be_slow(void *env, const uint8_t *bytes, size_t len) {
  (void)env;
  (void)bytes;
  (void)len;
  usleep(1200000);    // longer than the time limit
  return NULL;
}

TEST(the_first_run_of_a_callback_that_is_compiled_late_takes_no_time) {
  safewasm_hooks_t late = hooks();
  late.compiles_late = 1;
  world_t world = new_hooked(&late, be_slow, NULL);
  uint64_t id;
  OK(safewasm_store_begin_timeout(world.store, 1000 * MILLISECONDS, SAFEWASM_TIMEOUT_ALL_TASKS, &id));
  OK(call(world, "hello"));
  FAILS(call(world, "hello"), TRAP, "the time limit of the call has passed");
  delete_world(world);
}

static safewasm_error_t *look(void *env, const uint8_t *bytes, size_t len) {
  const safewasm_cell_t *cell = *(const safewasm_cell_t **)env;
  (void)len;
  CHECK(cell->len == 4 * 65536 && memcmp(cell->data + 512, bytes, 6) == 0);
  return NULL;
}

TEST(a_callback_sees_the_memory_as_it_is) {
  static const char *const body =
      "(data (i32.const 0) \"\\00\\02\\00\\00\\06\\00\\00\\00\") (data (i32.const 512) \"hello\\n\")"
      "(func (export \"_start\") (drop (memory.grow (i32.const 2)))"
      "  (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20))))";
  const safewasm_cell_t *cell = NULL;
  safewasm_view_t *view;
  safewasm_memory_t *memory;
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_set_stream_callback(wasi, SAFEWASM_WASI_STDOUT, look, &cell, NULL));
  world_t world = new_program(body, wasi);
  OK(safewasm_instance_memory(world.instance, "memory", SAFEWASM_STRLEN, &memory));
  OK(safewasm_memory_view(memory, &view, &cell));
  CHECK(cell->len == 2 * 65536);
  CHECK(run(world) == 0);
  safewasm_view_delete(view);
  delete_world(world);
}

static void set_flag(int signal) {
  (void)signal;
  flag = 1;
}

/* As Ctrl-C does. */
TEST(the_interrupt_flag_ends_a_sleep) {
  safewasm_hooks_t with_flag = hooks();
  with_flag.interrupt_flag = (const int32_t *)&flag;
  hooks_of_engines = &with_flag;
  world_t world = new_program(
      "(func (export \"_start\")"
      "  (i64.store (i32.const 24) (i64.const 86400000000000000))"
      "  (drop (call $poll_oneoff (i32.const 0) (i32.const 104) (i32.const 1) (i32.const 200))))",
      new_wasi());
  hooks_of_engines = NULL;
  uint32_t status;
  signal(SIGUSR1, set_flag);
  pid_t parent = getpid(), child = fork();
  if (child == 0) {
    /* Again and again, since the parent may not sleep yet. */
    while (getppid() == parent && kill(parent, SIGUSR1) == 0) usleep(20000);
    _exit(0);
  }
  safewasm_error_t *error = safewasm_instance_run(world.instance, &status);
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_INTERRUPT);
  FAILS(error, TRAP, "the program was interrupted");
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  signal(SIGUSR1, SIG_DFL);
  delete_world(world);
}

int main(void) {
  RUN(a_callback_is_a_host_function_for_the_runtime);
  RUN(the_first_run_of_a_callback_that_is_compiled_late_takes_no_time);
  RUN(a_callback_sees_the_memory_as_it_is);
  RUN_NATIVELY(the_interrupt_flag_ends_a_sleep);
  return finish("hooks");
}
