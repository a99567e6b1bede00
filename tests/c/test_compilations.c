/* Compilations: modules that threads of the library compile while the program does something else. */
#include "check.h"
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* A function that the compiler needs some time for. */
#define FUNCTION "(func (param i32 i32) (result i32) (local i32)"
#define STEP                                                                            \
  "(local.set 2 (i32.add (i32.mul (local.get 0) (local.get 2)) (local.get 1)))"         \
  "(if (i32.gt_u (local.get 2) (local.get 0)) (then (local.set 0 (local.get 2))))"

/* As many functions take seconds, and those of a small module are compiled at once. */
enum { MANY = 8000, SOME = 100 };

static safewasm_bytes_t *bytes_of(const char *text, const uint8_t **data, size_t *len) {
  safewasm_bytes_t *bytes = NULL;
  OK(safewasm_wat2wasm(text, SAFEWASM_STRLEN, &bytes));
  OK(safewasm_bytes_data(bytes, data, len));
  return bytes;
}

/* A module with so many functions and the one that is exported. */
static safewasm_bytes_t *functions(size_t count, const uint8_t **data, size_t *len) {
  text_t text = {NULL, 0, 0};
  put(&text, "(module (func (export \"add\") (param i32 i32) (result i32)"
             "  (i32.add (local.get 0) (local.get 1)))");
  for (size_t i = 1; i < count; i++) {
    put(&text, FUNCTION);
    put_many(&text, STEP, 20);
    put(&text, "(local.get 2))");
  }
  put(&text, ")");
  safewasm_bytes_t *bytes = bytes_of(text.data, data, len);
  free(text.data);
  return bytes;
}

/* Starts to compile such a module. */
static safewasm_compilation_t *start(safewasm_engine_t *engine, size_t count, safewasm_notify_t notify,
                                     void *env, safewasm_finalizer_t finalizer) {
  safewasm_compilation_t *compilation = NULL;
  const uint8_t *data = NULL;
  size_t len = 0;
  safewasm_bytes_t *bytes = functions(count, &data, &len);
  OK(safewasm_compilation_new(engine, data, len, notify, env, finalizer, &compilation));
  safewasm_bytes_delete(bytes);
  return compilation;
}

static bool wait_for(safewasm_compilation_t *compilation, uint64_t timeout) {
  bool has_ended = false;
  OK(safewasm_compilation_wait(compilation, timeout, &has_ended));
  return has_ended;
}

static safewasm_module_t *module_of(safewasm_compilation_t *compilation) {
  safewasm_module_t *module = NULL;
  OK(safewasm_compilation_module(compilation, &module));
  return module;
}

/* Runs a module of `functions`. */
static void expect_adds(safewasm_engine_t *engine, safewasm_module_t *module) {
  world_t world = {engine, NULL, module, NULL};
  safewasm_slot_t slots[2] = {{.i32 = 40}, {.i32 = 2}};
  safewasm_func_t *add = NULL;
  OK(safewasm_store_new(engine, &world.store));
  OK(safewasm_instance_new(world.store, module, NULL, 0, &world.instance));
  OK(safewasm_instance_func(world.instance, "add", 3, &add));
  OK(safewasm_func_call_slots(add, slots, 2));
  CHECK(slots[0].i32 == 42);
  safewasm_func_delete(add);
  safewasm_instance_delete(world.instance);
  safewasm_store_delete(world.store);
}

TEST(a_compilation_gives_its_module_as_often_as_asked) {
  safewasm_engine_t *engine = new_engine();
  safewasm_compilation_t *compilation = start(engine, SOME, NULL, NULL, NULL);
  safewasm_module_t *first = module_of(compilation), *second = module_of(compilation);
  CHECK(wait_for(compilation, 0));
  CHECK(first != second);
  safewasm_module_delete(first);
  safewasm_compilation_delete(compilation);
  expect_adds(engine, second);
  safewasm_module_delete(second);
  safewasm_engine_delete(engine);
}

/* Each compilation makes an engine like that of the program; its code must fit the latter. */
static void compiles_with(safewasm_config_t *config) {
  safewasm_engine_t *engine = NULL;
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) {
    OK(safewasm_config_set_signals_based_traps(config, false));
  }
  OK(safewasm_engine_new(config, &engine));
  safewasm_compilation_t *compilation = start(engine, 3, NULL, NULL, NULL);
  safewasm_module_t *module = module_of(compilation);
  expect_adds(engine, module);
  safewasm_module_delete(module);
  safewasm_compilation_delete(compilation);
  safewasm_engine_delete(engine);
}

static safewasm_config_t *new_config(void) {
  safewasm_config_t *config = NULL;
  OK(safewasm_config_new(&config));
  return config;
}

TEST(a_module_is_compiled_for_the_config_of_its_engine) {
  const struct {
    safewasm_option_t option;
    uint64_t value;
  } options[] = {
      {SAFEWASM_OPTION_DETERMINISTIC, 1},        {SAFEWASM_OPTION_STRATEGY, SAFEWASM_STRATEGY_WINCH},
      {SAFEWASM_OPTION_CPU_LEVEL, 1},            {SAFEWASM_OPTION_PARALLEL_COMPILATION, 0},
      {SAFEWASM_OPTION_MEMORY_INIT_COW, 0},      {SAFEWASM_OPTION_MEMORY_RESERVATION, 1 << 20},
      {SAFEWASM_OPTION_INLINING, 1},             {SAFEWASM_OPTION_SINGLE_PASS_REGALLOC, 1},
      {SAFEWASM_OPTION_NATIVE_UNWIND_INFO, 0},
  };
  for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
    safewasm_config_t *config = new_config();
    OK(safewasm_config_set_option(config, options[i].option, options[i].value));
    compiles_with(config);
  }
  safewasm_config_t *config = new_config();
  OK(safewasm_config_set_consume_fuel(config, true));
  OK(safewasm_config_set_epoch_interruption(config, true));
  OK(safewasm_config_set_debug_info(config, true));
  OK(safewasm_config_set_opt_level(config, SAFEWASM_OPT_LEVEL_NONE));
  safewasm_engine_t *engine = NULL;
  OK(safewasm_engine_new(config, &engine));
  safewasm_compilation_t *compilation = start(engine, 3, NULL, NULL, NULL);
  safewasm_module_delete(module_of(compilation));
  safewasm_compilation_delete(compilation);
  safewasm_engine_delete(engine);
}

TEST(a_module_of_a_pool_must_fit_it) {
  const char *large = "(module (memory 2))";
  const uint8_t *data = NULL;
  size_t len = 0;
  const safewasm_pooling_t pooling = {.total_memories = 2, .total_tables = 2, .max_memory_size = 1 << 16};
  safewasm_config_t *config = new_config();
  safewasm_engine_t *engine = NULL;
  safewasm_compilation_t *compilation = NULL;
  safewasm_module_t *module = NULL;
  safewasm_bytes_t *bytes = bytes_of(large, &data, &len);
  OK(safewasm_config_set_pooling(config, &pooling));
  OK(safewasm_engine_new(config, &engine));
  OK(safewasm_compilation_new(engine, data, len, NULL, NULL, NULL, &compilation));
  FAILS(safewasm_compilation_module(compilation, &module), LIMIT, "doesn't fit the pool of the engine");
  safewasm_compilation_delete(compilation);
  compilation = start(engine, 3, NULL, NULL, NULL);
  module = module_of(compilation);
  expect_adds(engine, module);
  safewasm_module_delete(module);
  safewasm_compilation_delete(compilation);
  safewasm_bytes_delete(bytes);
  safewasm_engine_delete(engine);
}

TEST(progress_counts_functions_never_decreases_and_ends_at_all_of_them) {
  safewasm_engine_t *engine = new_engine();
  safewasm_compilation_t *compilation = start(engine, MANY, NULL, NULL, NULL);
  size_t before = 0, done = 0, total = 0;
  bool has_ended = false, is_partly_done = false;
  while (!has_ended) {
    has_ended = wait_for(compilation, 1000000);
    OK(safewasm_compilation_progress(compilation, &done, &total));
    CHECK(total == MANY);
    CHECK(before <= done && done <= total);
    is_partly_done |= 0 < done && done < total;
    before = done;
  }
  CHECK(is_partly_done);
  CHECK(done == MANY);
  safewasm_compilation_delete(compilation);
  safewasm_engine_delete(engine);
}

TEST(with_inlining_and_with_winch_progress_ends_at_all_functions) {
  for (int is_winch = 0; is_winch < 2; is_winch++) {
    safewasm_config_t *config = new_config();
    safewasm_engine_t *engine = NULL;
    size_t before = 0, done = 0, total = 0;
    bool has_ended = false;
    if (is_winch) OK(safewasm_config_set_option(config, SAFEWASM_OPTION_STRATEGY, SAFEWASM_STRATEGY_WINCH));
    else OK(safewasm_config_set_option(config, SAFEWASM_OPTION_INLINING, 1));
    OK(safewasm_engine_new(config, &engine));
    safewasm_compilation_t *compilation = start(engine, SOME, NULL, NULL, NULL);
    while (!has_ended) {
      has_ended = wait_for(compilation, 1000000);
      OK(safewasm_compilation_progress(compilation, &done, &total));
      CHECK(before <= done && done <= total);
      before = done;
    }
    CHECK(done == SOME && total == SOME);
    safewasm_compilation_delete(compilation);
    safewasm_engine_delete(engine);
  }
}

/* How often a compilation has given notice and was finalized. */
typedef struct {
  atomic_int notices, finalizers;
} counts_t;

static void note(void *env) { ((counts_t *)env)->notices++; }

static void finalize(void *env) {
  counts_t *counts = (counts_t *)env;
  counts->finalizers++;
}

/* Waits until all is over, which a deleted compilation tells by its notice. */
static void wait_for_finalizer(counts_t *counts) {
  while (counts->finalizers == 0) usleep(1000);
  CHECK(counts->finalizers == 1);
}

TEST(the_notice_comes_once_and_then_the_finalizer) {
  safewasm_engine_t *engine = new_engine();
  counts_t counts = {0, 0};
  safewasm_compilation_t *compilation = start(engine, SOME, note, &counts, finalize);
  CHECK(wait_for(compilation, UINT64_MAX));
  wait_for_finalizer(&counts);
  CHECK(counts.notices == 1);
  safewasm_compilation_delete(compilation);
  CHECK(counts.notices == 1 && counts.finalizers == 1);
  safewasm_engine_delete(engine);
}

TEST(a_compilation_that_is_deleted_ends_in_the_background) {
  safewasm_engine_t *engine = new_engine();
  counts_t counts = {0, 0};
  safewasm_compilation_t *compilation = start(engine, MANY, note, &counts, finalize);
  bool has_ended = true;
  safewasm_compilation_delete(compilation);
  CHECK(!safewasm_compilation_is_valid(compilation));
  safewasm_compilation_delete(compilation);
  FAILS(safewasm_compilation_wait(compilation, 0, &has_ended), INVALID_HANDLE, "`compilation`");
  CHECK(!has_ended);
  wait_for_finalizer(&counts);
  CHECK(counts.notices == 1);
  safewasm_module_delete(new_module(engine, "(module (func))"));
  safewasm_engine_delete(engine);
}

TEST(the_engine_and_the_compilation_may_be_deleted_at_any_time) {
  for (unsigned step = 0; step < 40; step++) {
    safewasm_engine_t *engine = new_engine();
    counts_t counts = {0, 0};
    safewasm_compilation_t *compilation = start(engine, SOME, note, &counts, finalize);
    if (step % 2 == 0) safewasm_engine_delete(engine);
    usleep(step / 4 * 2000);
    if (step % 4 == 0) safewasm_module_delete(module_of(compilation));
    safewasm_compilation_delete(compilation);
    if (step % 2 != 0) safewasm_engine_delete(engine);
    wait_for_finalizer(&counts);
  }
}

static void *wait_for_module(void *compilation) { return module_of((safewasm_compilation_t *)compilation); }

TEST(several_threads_wait_for_one_compilation) {
  enum { THREADS = 3 };
  safewasm_engine_t *engine = new_engine();
  safewasm_compilation_t *compilation = start(engine, SOME, NULL, NULL, NULL);
  pthread_t threads[THREADS];
  void *module = NULL;
  for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, wait_for_module, compilation);
  for (int i = 0; i < THREADS; i++) {
    pthread_join(threads[i], &module);
    expect_adds(engine, (safewasm_module_t *)module);
    safewasm_module_delete((safewasm_module_t *)module);
  }
  safewasm_compilation_delete(compilation);
  safewasm_engine_delete(engine);
}

TEST(several_modules_are_compiled_at_once) {
  enum { COUNT = 6 };
  safewasm_engine_t *engine = new_engine();
  safewasm_compilation_t *compilations[COUNT];
  size_t done = 0, total = 0;
  for (size_t i = 0; i < COUNT; i++) compilations[i] = start(engine, SOME + i, NULL, NULL, NULL);
  for (size_t i = 0; i < COUNT; i++) {
    safewasm_module_t *module = module_of(compilations[i]);
    expect_adds(engine, module);
    OK(safewasm_compilation_progress(compilations[i], &done, &total));
    CHECK(done == SOME + i && total == SOME + i);
    safewasm_module_delete(module);
    safewasm_compilation_delete(compilations[i]);
  }
  safewasm_engine_delete(engine);
}

TEST(bytes_that_begin_as_no_module_are_refused_at_once) {
  safewasm_engine_t *engine = new_engine();
  counts_t counts = {0, 0};
  safewasm_compilation_t *compilation = NULL;
  FAILS(safewasm_compilation_new(engine, (const uint8_t *)"<html>", 6, note, &counts, finalize, &compilation),
        INVALID_MODULE, "HTML");
  CHECK(compilation == NULL);
  CHECK(counts.notices == 0 && counts.finalizers == 1);
  FAILS(safewasm_compilation_new(engine, NULL, 0, note, &counts, finalize, &compilation), NULL_POINTER, "`bytes`");
  CHECK(counts.notices == 0 && counts.finalizers == 2);
  FAILS(safewasm_compilation_new(NULL, NULL, 0, note, &counts, finalize, &compilation), NULL_POINTER, "`engine`");
  CHECK(counts.notices == 0 && counts.finalizers == 3);
  safewasm_engine_delete(engine);
}

TEST(an_invalid_module_is_an_error_each_time_one_asks) {
  const uint8_t bytes[] = {0, 'a', 's', 'm', 1, 0, 0, 0, 3, 2, 1};
  safewasm_engine_t *engine = new_engine();
  safewasm_compilation_t *compilation = NULL;
  safewasm_module_t *module = NULL;
  size_t done = 1, total = 1;
  OK(safewasm_compilation_new(engine, bytes, sizeof bytes, NULL, NULL, NULL, &compilation));
  for (int i = 0; i < 2; i++) {
    FAILS(safewasm_compilation_module(compilation, &module), INVALID_MODULE, "Invalid module: it ends too early");
    CHECK(module == NULL);
  }
  CHECK(wait_for(compilation, 0));
  OK(safewasm_compilation_progress(compilation, &done, &total));
  CHECK(done == 0 && total == 0);
  safewasm_compilation_delete(compilation);
  safewasm_engine_delete(engine);
}

/* A chain of globals that is so long that the compiler panics. */
TEST(a_panic_of_the_compiler_is_an_error) {
  text_t text = {NULL, 0, 0};
  char global[100];
  const uint8_t *data = NULL;
  size_t len = 0;
  safewasm_engine_t *engine = new_engine();
  safewasm_compilation_t *compilation = NULL;
  safewasm_module_t *module = NULL;
  put(&text, "(module (global i32 (i32.const 0))");
  for (int i = 0; i < 70000; i++) {
    snprintf(global, sizeof global, "(global i32 (i32.add (global.get %d) (global.get %d)))", i, i);
    put(&text, global);
  }
  put(&text, ")");
  safewasm_bytes_t *bytes = bytes_of(text.data, &data, &len);
  OK(safewasm_compilation_new(engine, data, len, NULL, NULL, NULL, &compilation));
  FAILS(safewasm_compilation_module(compilation, &module), COMPILER, "the compiler gave up on the module: ");
  safewasm_compilation_delete(compilation);
  safewasm_bytes_delete(bytes);
  free(text.data);
  safewasm_engine_delete(engine);
}

/* What a function of the program is told of the progress. */
typedef struct {
  size_t calls, done, total;
  /* After so many calls it gives up. */
  size_t patience;
  bool is_right;
} told_t;

static safewasm_error_t *tell(void *env, size_t done, size_t total) {
  told_t *told = (told_t *)env;
  told->is_right &= told->done <= done && done <= total;
  told->done = done;
  told->total = total;
  safewasm_error_t *error = NULL;
  if (++told->calls > told->patience) {
    OK(safewasm_error_new("this takes too long", SAFEWASM_STRLEN, NULL, NULL, NULL, &error));
  }
  return error;
}

static safewasm_error_t *compile_and_tell(safewasm_engine_t *engine, size_t count, safewasm_progress_t progress,
                                          void *env, safewasm_module_t **module) {
  const uint8_t *data = NULL;
  size_t len = 0;
  safewasm_bytes_t *bytes = functions(count, &data, &len);
  safewasm_error_t *error = safewasm_module_new_with_progress(engine, data, len, progress, env, module);
  safewasm_bytes_delete(bytes);
  return error;
}

TEST(a_function_is_told_the_progress_up_to_the_end) {
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module = NULL;
  told_t told = {.patience = SIZE_MAX, .is_right = true};
  OK(compile_and_tell(engine, SOME, tell, &told, &module));
  expect_adds(engine, module);
  CHECK(told.is_right && told.calls >= 1 && told.done == SOME && told.total == SOME);
  safewasm_module_delete(module);
  OK(compile_and_tell(engine, SOME, NULL, NULL, &module));
  expect_adds(engine, module);
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
}

TEST(the_error_of_the_function_that_is_told_gives_the_module_up) {
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module = NULL;
  told_t told = {.patience = 0, .is_right = true};
  FAILS(compile_and_tell(engine, MANY, tell, &told, &module), HOST, "this takes too long");
  CHECK(module == NULL && told.calls == 1 && told.done < told.total);
  safewasm_engine_delete(engine);
}

/* Uses the library, and ends what it is in the middle of. */
static safewasm_error_t *meddle(void *env, size_t done, size_t total) {
  safewasm_engine_t *engine = (safewasm_engine_t *)env;
  (void)done;
  (void)total;
  if (!safewasm_engine_is_valid(engine)) return NULL;
  safewasm_module_t *module = NULL;
  told_t told = {.patience = SIZE_MAX, .is_right = true};
  OK(compile_and_tell(engine, 3, tell, &told, &module));
  expect_adds(engine, module);
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
  return NULL;
}

TEST(the_function_that_is_told_may_use_the_library) {
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module = NULL;
  OK(compile_and_tell(engine, SOME, meddle, engine, &module));
  CHECK(safewasm_module_is_valid(module));
  safewasm_module_delete(module);
}

TEST(a_module_that_nobody_waits_for_lands_in_the_cache) {
  char folder[] = "/tmp/safewasm-compilations-XXXXXX", command[100];
  safewasm_config_t *config = new_config();
  safewasm_engine_t *engine = NULL;
  counts_t counts = {0, 0};
  uint64_t hits = 0, misses = 0, failures = 0;
  CHECK(mkdtemp(folder) != NULL);
  OK(safewasm_config_set_cache(config, folder, SAFEWASM_STRLEN, UINT64_MAX));
  OK(safewasm_engine_new(config, &engine));
  safewasm_compilation_delete(start(engine, SOME, note, &counts, finalize));
  wait_for_finalizer(&counts);
  safewasm_compilation_t *again = start(engine, SOME, NULL, NULL, NULL);
  safewasm_module_t *module = module_of(again);
  expect_adds(engine, module);
  OK(safewasm_engine_cache_counts(engine, &hits, &misses, &failures));
  CHECK(hits == 1 && misses == 1 && failures == 0);
  safewasm_module_delete(module);
  safewasm_compilation_delete(again);
  safewasm_engine_delete(engine);
  snprintf(command, sizeof command, "rm -r '%s'", folder);
  CHECK(system(command) == 0);
}

/* Runs in a child of a process that compiles. */
static void child_of(safewasm_engine_t *engine, safewasm_compilation_t *compilation) {
  safewasm_module_t *module = NULL;
  bool has_ended = false;
  size_t done = 0, total = 0;
  const char *why = "`compilation` was started before this program was forked, and goes on in the parent only";
  FAILS(safewasm_compilation_wait(compilation, UINT64_MAX, &has_ended), UNSUPPORTED, why);
  FAILS(safewasm_compilation_progress(compilation, &done, &total), UNSUPPORTED, why);
  FAILS(safewasm_compilation_module(compilation, &module), UNSUPPORTED, why);
  safewasm_compilation_delete(compilation);
  compilation = start(engine, 3, NULL, NULL, NULL);
  module = module_of(compilation);
  expect_adds(engine, module);
  safewasm_module_delete(module);
  safewasm_compilation_delete(compilation);
  OK(compile_and_tell(engine, 3, NULL, NULL, &module));
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
}

TEST(a_fork_does_not_wait_and_the_child_compiles_for_itself) {
  enum { CHILDREN = 20 };
  safewasm_engine_t *engine = new_engine();
  safewasm_compilation_t *compilation = start(engine, 4 * MANY, NULL, NULL, NULL);
  int status = 1;
  fflush(stdout);
  for (int i = 0; i < CHILDREN && !failed_here; i++) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(60);
      child_of(engine, compilation);
      fflush(stdout);
      _exit(failed_here);
    }
    if (i == 0) CHECK(!wait_for(compilation, 0));
    CHECK(waitpid(child, &status, 0) == child && status == 0);
  }
  safewasm_compilation_delete(compilation);
  safewasm_engine_delete(engine);
}

TEST(a_program_may_end_while_it_compiles) {
  for (int i = 0; i < 5; i++) {
    int status = 1;
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
      alarm(60);
      start(new_engine(), MANY, NULL, NULL, NULL);
      usleep((unsigned)i * 10000);
      exit(failed_here);
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
  }
}

int main(void) {
  RUN(a_compilation_gives_its_module_as_often_as_asked);
  RUN_NATIVELY(a_module_is_compiled_for_the_config_of_its_engine);
  RUN_NATIVELY(a_module_of_a_pool_must_fit_it);
  RUN_NATIVELY(progress_counts_functions_never_decreases_and_ends_at_all_of_them);
  RUN_NATIVELY(with_inlining_and_with_winch_progress_ends_at_all_functions);
  RUN(the_notice_comes_once_and_then_the_finalizer);
  RUN_NATIVELY(a_compilation_that_is_deleted_ends_in_the_background);
  RUN_NATIVELY(the_engine_and_the_compilation_may_be_deleted_at_any_time);
  RUN(several_threads_wait_for_one_compilation);
  RUN_NATIVELY(several_modules_are_compiled_at_once);
  RUN(bytes_that_begin_as_no_module_are_refused_at_once);
  RUN(an_invalid_module_is_an_error_each_time_one_asks);
  RUN_NATIVELY(a_panic_of_the_compiler_is_an_error);
  RUN(a_function_is_told_the_progress_up_to_the_end);
  RUN_NATIVELY(the_error_of_the_function_that_is_told_gives_the_module_up);
  RUN(the_function_that_is_told_may_use_the_library);
  RUN_NATIVELY(a_module_that_nobody_waits_for_lands_in_the_cache);
  RUN_NATIVELY(a_fork_does_not_wait_and_the_child_compiles_for_itself);
  RUN_NATIVELY(a_program_may_end_while_it_compiles);
  return finish("compilations");
}
