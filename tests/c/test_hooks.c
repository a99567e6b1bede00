/* Hooks, which a language's runtime sets. */
#include "check.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

/* A runtime: notes what it is told, as `W` and `w` for wasm's begin and end, `H` and `h` for a host
   function's. */
typedef struct {
  char told[64];
  ptrdiff_t states[64], last;
  int depth, asked;
} runtime_t;

static runtime_t runtime;

/* Tasks that take turns on a thread; the first is the thread's own. */
typedef struct {
  ucontext_t context;
  char *stack;
  size_t stack_len;
  void (*body)(void);
} task_t;

static task_t tasks[3];

/* The task that runs on this thread. */
static _Thread_local task_t *current;

static void *current_task(void *env) {
  ((runtime_t *)env)->asked++;
  return current;
}

static ptrdiff_t begin(runtime_t *of, const char *what) {
  if (strlen(of->told) + 1 < sizeof of->told) strcat(of->told, what);
  return of->states[of->depth++] = --of->last;
}

static void end(runtime_t *of, const char *what, ptrdiff_t state) {
  if (strlen(of->told) + 1 < sizeof of->told) strcat(of->told, what);
  CHECK(of->depth > 0 && of->states[--of->depth] == state);
}

static ptrdiff_t begin_wasm(void *env) { return begin(env, "W"); }
static void end_wasm(ptrdiff_t state, void *env) { end(env, "w", state); }
static ptrdiff_t begin_host(void *env) { return begin(env, "H"); }
static void end_host(ptrdiff_t state, void *env) { end(env, "h", state); }

/* Whether the runtime was told exactly that since the last check, and each begin has its end. */
static bool told(const char *what) {
  bool as_expected = strcmp(runtime.told, what) == 0 && runtime.depth == 0;
  if (!as_expected) printf("told %s, not %s\n", runtime.told, what);
  runtime.told[0] = 0;
  return as_expected;
}

/* The first task runs on the thread's own stack, which the hooks needn't know. */
static void task_bounds(void *task, char **active_start, char **active_end, char **total_start,
                        char **total_end) {
  CHECK(task == current);
  *total_start = ((task_t *)task)->stack;
  *total_end = *total_start == NULL ? NULL : *total_start + ((task_t *)task)->stack_len;
  *active_start = *active_end = (char *)task;
}

static const safewasm_hooks_t HOOKS = {
    .size = sizeof(safewasm_hooks_t), .env = &runtime, .current_task = current_task, .task_bounds = task_bounds,
    .begin_wasm = begin_wasm, .end_wasm = end_wasm, .begin_host = begin_host, .end_host = end_host};

static const char *MODULE =
    "(module (import \"\" \"f\" (func $f))"
    "  (func (export \"host\") (call $f)) (func (export \"short\"))"
    "  (func (export \"boom\") (unreachable)) (func (export \"loop\") (loop $again (br $again)))"
    "  (func (export \"host_and_boom\") (call $f) (unreachable)))";

/* An instance on an engine with hooks, whose import runs `inside`. */
typedef struct {
  world_t world;
  safewasm_extern_t func;
  safewasm_error_t *(*inside)(void);
} hooked_t;

static hooked_t hooked;

static safewasm_error_t *host(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                              size_t slots_len) {
  (void)caller, (void)slots, (void)slots_len;
  return ((hooked_t *)env)->inside();
}

static safewasm_error_t *try_engine(const safewasm_hooks_t *hooks, bool epochs,
                                    safewasm_engine_t **engine) {
  safewasm_config_t *config;
  *engine = NULL;
  OK(safewasm_config_new(&config));
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) {
    OK(safewasm_config_set_signals_based_traps(config, false));
  }
  OK(safewasm_config_set_epoch_interruption(config, epochs));
  safewasm_error_t *error = safewasm_config_set_hooks(config, hooks);
  if (error == NULL) OK(safewasm_engine_new(config, engine));
  safewasm_config_delete(config);
  return error;
}

/* Makes the instance on the engine that is there. */
static void link_host(hooked_t *of) {
  world_t *world = &of->world;
  safewasm_functype_t *type;
  OK(safewasm_store_new(world->engine, &world->store));
  OK(safewasm_functype_new(world->engine, NULL, 0, NULL, 0, &type));
  of->func.kind = SAFEWASM_EXTERN_FUNC;
  OK(safewasm_func_new_slots(world->store, type, host, of, NULL, &of->func.of.func));
  safewasm_functype_delete(type);
  world->module = new_module(world->engine, MODULE);
  OK(safewasm_instance_new(world->store, world->module, &of->func, 1, &world->instance));
}

static void new_hooked(const safewasm_hooks_t *hooks, bool epochs) {
  current = &tasks[0];
  OK(try_engine(hooks, epochs, &hooked.world.engine));
  link_host(&hooked);
  memset(&runtime, 0, sizeof runtime);
}

static void delete_hooked(void) {
  safewasm_extern_delete(&hooked.func);
  delete_world(hooked.world);
}

static safewasm_error_t *call_in(hooked_t *of, const char *name) {
  safewasm_extern_t func = get_export(of->world.instance, name);
  safewasm_error_t *error = safewasm_func_call_slots(func.of.func, NULL, 0);
  safewasm_extern_delete(&func);
  return error;
}

static safewasm_error_t *call(const char *name) { return call_in(&hooked, name); }

static safewasm_error_t *return_at_once(void) { return NULL; }
static safewasm_error_t *call_short(void) { return call("short"); }
static safewasm_error_t *call_boom(void) { return call("boom"); }

static safewasm_error_t *forget_boom(void) {
  FAILS(call("boom"), TRAP, "unreachable");
  return NULL;
}

static safewasm_error_t *return_error(void) {
  safewasm_error_t *error;
  OK(safewasm_error_new("no such thing", 13, NULL, NULL, NULL, &error));
  return error;
}

TEST(hooks_are_called_in_pairs_around_wasm_and_host_functions) {
  new_hooked(&HOOKS, false);
  OK(call("short"));
  CHECK(told("Ww"));
  FAILS(call("boom"), TRAP, "unreachable");
  CHECK(told("Ww"));
  hooked.inside = return_at_once;
  OK(call("host"));
  CHECK(told("WHhw"));
  FAILS(call("host_and_boom"), TRAP, "unreachable");
  CHECK(told("WHhw"));
  OK(safewasm_func_call_slots(hooked.func.of.func, NULL, 0)); /* without wasm between */
  CHECK(told("WHhw"));
  hooked.inside = return_error;
  FAILS(call("host"), HOST, "no such thing");
  CHECK(told("WHhw"));
  hooked.inside = call_short;
  OK(call("host"));
  CHECK(told("WHWwhw"));
  hooked.inside = call_boom;
  FAILS(call("host"), TRAP, "unreachable");
  CHECK(told("WHWwhw"));
  hooked.inside = forget_boom;
  OK(call("host"));
  CHECK(told("WHWwhw"));
  delete_hooked();
}

TEST(hooks_are_called_around_start_functions) {
  new_hooked(&HOOKS, false);
  safewasm_instance_t *instance;
  safewasm_module_t *module = new_module(
      hooked.world.engine, "(module (import \"\" \"f\" (func $f)) (start $f))");
  hooked.inside = return_at_once;
  OK(safewasm_instance_new(hooked.world.store, module, &hooked.func, 1, &instance));
  CHECK(told("WHhw"));
  safewasm_instance_delete(instance);
  hooked.inside = return_error;
  FAILS(safewasm_instance_new(hooked.world.store, module, &hooked.func, 1, &instance), HOST, "");
  CHECK(told("WHhw"));
  safewasm_module_delete(module);
  delete_hooked();
}

TEST(without_a_task_no_other_hook_is_called) {
  new_hooked(&HOOKS, false);
  hooked.inside = call_short;
  current = NULL;
  OK(call("host"));
  CHECK(runtime.asked > 0 && told(""));
  current = &tasks[0];
  OK(call("host"));
  CHECK(told("WHWwhw"));
  delete_hooked();
}

TEST(each_hook_may_be_missing) {
  safewasm_hooks_t hooks = {.size = sizeof hooks};
  hooked.inside = call_short;
  new_hooked(&hooks, true);
  OK(call("host"));
  delete_hooked();
  hooks = HOOKS;
  hooks.current_task = NULL;
  hooks.end_wasm = NULL;
  hooks.begin_host = NULL;
  hooks.end_host = NULL;
  new_hooked(&hooks, false);
  OK(call("host"));
  CHECK(strcmp(runtime.told, "WW") == 0);
  delete_hooked();
}

TEST(hooks_have_a_size) {
  safewasm_engine_t *engine;
  safewasm_hooks_t hooks = HOOKS;
  hooks.size = 0;
  FAILS(try_engine(&hooks, false, &engine), INVALID_ARGUMENT, "`hooks->size` is 0");
  hooks.size = sizeof hooks.size - 1;
  FAILS(try_engine(&hooks, false, &engine), INVALID_ARGUMENT, "sizeof(safewasm_hooks_t)");
  hooks.size = SIZE_MAX;
  FAILS(try_engine(&hooks, false, &engine), INVALID_ARGUMENT, "`hooks->size`");
  FAILS(try_engine(NULL, false, &engine), NULL_POINTER, "`hooks`");
  /* The struct of an older program, which ends after `end_wasm`. A part of a member is ignored. */
  for (size_t more = 0; more < sizeof hooks.begin_host; more++) {
    hooks.size = offsetof(safewasm_hooks_t, begin_host) + more;
    hooked.inside = return_at_once;
    new_hooked(&hooks, false);
    OK(call("host"));
    CHECK(told("Ww"));
    delete_hooked();
  }
  /* The struct of a newer program. */
  union {
    safewasm_hooks_t hooks;
    char bytes[sizeof(safewasm_hooks_t) + 64];
  } newer = {.bytes = {0}};
  newer.hooks = HOOKS;
  newer.hooks.size = sizeof newer;
  new_hooked(&newer.hooks, false);
  OK(call("host"));
  CHECK(told("WHhw"));
  delete_hooked();
}

static void switch_to(task_t *task) {
  task_t *from = current;
  current = task;
  swapcontext(&from->context, &task->context);
}

static void run_task(void) {
  current->body();
  switch_to(&tasks[0]);
}

static void new_task(task_t *task, size_t stack_len, void (*body)(void)) {
  *task = (task_t){.stack = malloc(stack_len), .stack_len = stack_len, .body = body};
  getcontext(&task->context);
  task->context.uc_stack.ss_sp = task->stack;
  task->context.uc_stack.ss_size = stack_len;
  makecontext(&task->context, run_task, 0);
}

static safewasm_error_t *let_first_go_on(void) {
  switch_to(&tasks[0]);
  return NULL;
}

static safewasm_error_t *let_first_go_on_and_fail(void) {
  switch_to(&tasks[0]);
  return return_error();
}

static safewasm_error_t *of_task[3];

static void call_host(void) {
  size_t index = (size_t)(current - tasks);
  of_task[index] = call("host");
}

static void call_host_and_boom(void) {
  size_t index = (size_t)(current - tasks);
  of_task[index] = call("host_and_boom");
}

/* The first task runs while the second one's call is suspended in a host function. */
static void try_meanwhile(void) {
  safewasm_instance_t *instance;
  FAILS(call("short"), TASK, "another task's call of wasm is suspended");
  FAILS(call("boom"), TASK, "another task");
  safewasm_module_t *starts = new_module(hooked.world.engine, "(module (func $f) (start $f))");
  FAILS(safewasm_instance_new(hooked.world.store, starts, NULL, 0, &instance), TASK,
        "another task");
  safewasm_module_delete(starts);
  /* Functions that run no wasm are allowed. */
  safewasm_module_delete(new_module(hooked.world.engine, "(module)"));
}

TEST(a_task_may_not_call_wasm_while_another_is_suspended_in_a_host_function) {
  void (*bodies[])(void) = {call_host, call_host_and_boom};
  safewasm_error_t *(*insides[])(void) = {let_first_go_on, let_first_go_on_and_fail};
  new_hooked(&HOOKS, false);
  for (int i = 0; i < 4; i++) {
    hooked.inside = insides[i % 2];
    new_task(&tasks[1], 4 << 20, bodies[i / 2]);
    switch_to(&tasks[1]);
    try_meanwhile();
    switch_to(&tasks[1]);
    if (i % 2 == 1) FAILS(of_task[1], HOST, "no such thing");
    else if (i == 2) FAILS(of_task[1], TRAP, "unreachable");
    else OK(of_task[1]);
    CHECK(told("WHhw"));
    OK(call("short"));
    CHECK(told("Ww"));
    free(tasks[1].stack);
  }
  delete_hooked();
}

/* The host function of the first task lets another task try, and then continues. */
static safewasm_error_t *let_second_try(void) {
  switch_to(&tasks[1]);
  OK(call("short")); /* the same task may call on */
  switch_to(&tasks[2]);
  return NULL;
}

static void try_until_it_works(void) {
  FAILS(call("boom"), TASK, "another task");
  FAILS(call("short"), TASK, "another task");
  switch_to(&tasks[0]);
  OK(call("short"));
  FAILS(call("boom"), TRAP, "unreachable");
}

TEST(tasks_that_were_refused_call_again_later) {
  new_hooked(&HOOKS, false);
  new_task(&tasks[1], 4 << 20, try_until_it_works);
  new_task(&tasks[2], 4 << 20, try_until_it_works);
  hooked.inside = let_second_try;
  OK(call("host"));
  CHECK(told("WHWwhw"));
  switch_to(&tasks[2]);
  switch_to(&tasks[1]);
  CHECK(told("WwWwWwWw"));
  free(tasks[1].stack);
  free(tasks[2].stack);
  delete_hooked();
}

/* An instance on an engine without hooks. */
static hooked_t plain;

static safewasm_error_t *call_plain(void) { return call_in(&plain, "host"); }

TEST(a_task_is_refused_also_where_an_engine_without_hooks_is_in_between) {
  plain.world.engine = new_engine();
  link_host(&plain);
  plain.inside = let_first_go_on;
  new_hooked(&HOOKS, false);
  hooked.inside = call_plain;
  new_task(&tasks[1], 4 << 20, call_host);
  switch_to(&tasks[1]);
  try_meanwhile();
  FAILS(call_plain(), TASK, "another task");
  switch_to(&tasks[1]);
  OK(of_task[1]);
  CHECK(told("WHhw"));
  plain.inside = return_at_once;
  OK(call("host"));
  OK(call_plain());
  free(tasks[1].stack);
  delete_hooked();
  safewasm_extern_delete(&plain.func);
  delete_world(plain.world);
}

static const void *task_stack(void *task, size_t *size_out, int32_t *scratch) {
  *scratch = -1;
  CHECK(task == current);
  *size_out = ((task_t *)task)->stack_len;
  return ((task_t *)task)->stack;
}

static void check_small_stack(const safewasm_hooks_t *hooks) {
  new_hooked(hooks, false);
  hooked.inside = return_at_once;
  const size_t sizes[] = {256 << 10, 4 << 20};
  for (int i = 0; i < 2; i++) {
    new_task(&tasks[1], sizes[i], call_host);
    switch_to(&tasks[1]);
    if (i == 0) {
      CHECK(safewasm_error_trap_code(of_task[1]) == SAFEWASM_TRAP_STACK_OVERFLOW);
      FAILS(of_task[1], TRAP, "call stack exhausted");
      CHECK(told(""));
    } else {
      OK(of_task[1]);
      CHECK(told("WHhw"));
    }
    OK(call("short"));
    CHECK(told("Ww"));
    free(tasks[1].stack);
  }
  delete_hooked();
}

TEST(a_task_with_a_small_stack_is_refused_with_the_trap) {
  safewasm_hooks_t hooks = HOOKS;
  check_small_stack(&hooks);
  hooks.task_bounds = NULL;
  hooks.task_stack = task_stack;
  check_small_stack(&hooks);
}

static safewasm_error_t *refused;

static void call_from_foreign_stack(void) { refused = call("short"); }

/* Only in the first round the thread has called nothing before. */
static void check_foreign(const safewasm_hooks_t *hooks, const char *message) {
  new_hooked(hooks, false);
  for (int i = 0; i < 2; i++) {
    new_task(&tasks[1], 4 << 20, call_from_foreign_stack);
    switch_to(&tasks[1]);
    FAILS(refused, UNSUPPORTED, message);
    CHECK(told(""));
    OK(call("short"));
    CHECK(hooks->begin_wasm == NULL || told("Ww"));
    free(tasks[1].stack);
  }
  delete_hooked();
}

static const void *of_another_task(void *task, size_t *size_out, int32_t *scratch) {
  (void)task, (void)scratch;
  *size_out = 64 << 20;
  return (const void *)(uintptr_t)4096;
}

static const void *not_known(void *task, size_t *size_out, int32_t *scratch) {
  (void)task, (void)size_out, (void)scratch;
  return NULL;
}

TEST(a_stack_that_no_hook_knows_is_refused) {
  safewasm_hooks_t hooks = HOOKS;
  /* The struct of an older program, without this hook. */
  hooks.size = offsetof(safewasm_hooks_t, task_bounds);
  check_foreign(&hooks, "`safewasm_config_set_hooks`");
  hooks = HOOKS;
  hooks.task_bounds = NULL;
  check_foreign(&hooks, "set `task_stack` or `task_bounds`");
  hooks.task_stack = not_known;
  check_foreign(&hooks, "no hook says where it ends");
  hooks.task_stack = of_another_task;
  check_foreign(&hooks, "reports is another one");
  const safewasm_hooks_t none = {.size = sizeof none};
  check_foreign(&none, "is not the thread's own stack");
}

static void on_signal(int signal) {
  (void)signal;
  refused = call("short");
}

TEST(a_stack_that_signals_are_handled_on_is_refused) {
  stack_t stack = {.ss_sp = malloc(1 << 20), .ss_size = 1 << 20}, before;
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
  new_hooked(&HOOKS, false);
  sigaltstack(&stack, &before);
  sigaction(SIGUSR1, &action, NULL);
  raise(SIGUSR1);
  FAILS(refused, UNSUPPORTED, "of a signal handler");
  OK(call("short"));
  sigaltstack(&before, NULL);
  free(stack.ss_sp);
  delete_hooked();
}

static const void *stack_of_first(void *task, size_t *size_out, int32_t *scratch) {
  (void)task, (void)scratch;
  *size_out = tasks[1].stack_len;
  return tasks[1].stack;
}

static safewasm_error_t *let_first_call_and_return(void) {
  if (current == &tasks[1]) switch_to(&tasks[0]);
  else switch_to(&tasks[1]);
  return NULL;
}

/* Without `current_task`, the library can't know that the second call is another task's. */
TEST(calls_that_end_in_the_wrong_order_end_the_process_with_a_message) {
  int out[2], status;
  char said[400] = {0};
  CHECK(pipe(out) == 0);
  pid_t child = fork();
  if (child == 0) {
    safewasm_hooks_t hooks = HOOKS;
    dup2(out[1], 2);
    hooks.current_task = NULL;
    hooks.task_bounds = NULL;
    hooks.task_stack = stack_of_first;
    new_hooked(&hooks, false);
    hooked.inside = let_first_call_and_return;
    new_task(&tasks[1], 4 << 20, call_host);
    switch_to(&tasks[1]);
    OK(call("host"));
    _exit(0);
  }
  close(out[1]);
  waitpid(child, &status, 0);
  CHECK(read(out[0], said, sizeof said - 1) > 0);
  CHECK(WIFSIGNALED(status) && strstr(said, "in the opposite order") != NULL);
  close(out[0]);
}

static int32_t flag;

static void *set_flag(void *arg) {
  usleep(20000);
  __atomic_store_n(&flag, 1, __ATOMIC_SEQ_CST);
  return arg;
}

static void on_alarm(int signal) { __atomic_store_n(&flag, signal, __ATOMIC_SEQ_CST); }

/* A loop ends soon after the flag is set; it takes the ticker 50 milliseconds, and a busy machine
   longer. */
static void check_interrupted(void) {
  safewasm_error_t *error = call("loop");
  CHECK(flag != 0 && safewasm_error_trap_code(error) == SAFEWASM_TRAP_INTERRUPT);
  FAILS(error, TRAP, "interrupt");
  CHECK(told("Ww"));
}

TEST(the_interrupt_flag_ends_a_call_and_the_store_works_on) {
  safewasm_hooks_t hooks = HOOKS;
  hooks.interrupt_flag = &flag;
  new_hooked(&hooks, true);
  for (int i = 0; i < 3; i++) {
    pthread_t thread;
    pthread_create(&thread, NULL, set_flag, NULL);
    check_interrupted();
    pthread_join(thread, NULL);
    check_interrupted(); /* still set */
    flag = 0;
    usleep(200000); /* the ticker sleeps again */
    OK(call("short"));
    CHECK(told("Ww"));
  }
  delete_hooked();
}

TEST(a_signal_handler_sets_the_interrupt_flag) {
  safewasm_hooks_t hooks = HOOKS;
  struct sigaction action = {.sa_handler = on_alarm}, before;
  hooks.interrupt_flag = &flag;
  new_hooked(&hooks, true);
  sigaction(SIGALRM, &action, &before);
  for (int i = 0; i < 2; i++) {
    ualarm(20000, 0);
    check_interrupted();
    flag = 0;
  }
  sigaction(SIGALRM, &before, NULL);
  OK(call("short"));
  delete_hooked();
}

static void *resume_second(void *arg) {
  current = &tasks[2];
  switch_to(&tasks[1]);
  return arg;
}

TEST(a_host_function_that_returns_on_another_thread_ends_the_process_with_a_message) {
  int out[2], status;
  char said[400] = {0};
  CHECK(pipe(out) == 0);
  pid_t child = fork();
  if (child == 0) {
    dup2(out[1], 2);
    pthread_t thread;
    new_hooked(&HOOKS, false);
    hooked.inside = let_first_go_on;
    new_task(&tasks[1], 4 << 20, call_host);
    switch_to(&tasks[1]);
    pthread_create(&thread, NULL, resume_second, NULL);
    pthread_join(thread, NULL);
    _exit(0);
  }
  close(out[1]);
  waitpid(child, &status, 0);
  CHECK(read(out[0], said, sizeof said - 1) > 0);
  CHECK(WIFSIGNALED(status) && strstr(said, "returned on another thread") != NULL);
  close(out[0]);
}

int main(void) {
  /* First, since a child process has none of the threads that compile. */
  RUN_NATIVELY(a_host_function_that_returns_on_another_thread_ends_the_process_with_a_message);
  RUN_NATIVELY(calls_that_end_in_the_wrong_order_end_the_process_with_a_message);
  RUN(hooks_are_called_in_pairs_around_wasm_and_host_functions);
  RUN(hooks_are_called_around_start_functions);
  RUN(without_a_task_no_other_hook_is_called);
  RUN(each_hook_may_be_missing);
  RUN(hooks_have_a_size);
  RUN_NATIVELY(a_task_may_not_call_wasm_while_another_is_suspended_in_a_host_function);
  RUN_NATIVELY(tasks_that_were_refused_call_again_later);
  RUN_NATIVELY(a_task_is_refused_also_where_an_engine_without_hooks_is_in_between);
  RUN_NATIVELY(a_task_with_a_small_stack_is_refused_with_the_trap);
  RUN_NATIVELY(a_stack_that_no_hook_knows_is_refused);
  RUN_NATIVELY(a_stack_that_signals_are_handled_on_is_refused);
  RUN(the_interrupt_flag_ends_a_call_and_the_store_works_on);
  RUN_NATIVELY(a_signal_handler_sets_the_interrupt_flag);
  return finish("hooks");
}
