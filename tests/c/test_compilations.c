/* Compilations: modules that threads of the library compile while the program does something else. */
#include "compilations.h"
#include <pthread.h>

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
  expect_compiles(engine);
  safewasm_engine_delete(engine);
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
  expect_compiles(engine);
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
  FAILS(safewasm_compilation_module(compilation, &module), COMPILER, "the compiler gave up: ");
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

int main(void) {
  RUN(a_compilation_gives_its_module_as_often_as_asked);
  RUN_NATIVELY(a_module_is_compiled_for_the_config_of_its_engine);
  RUN_NATIVELY(a_module_of_a_pool_must_fit_it);
  RUN_NATIVELY(progress_counts_functions_never_decreases_and_ends_at_all_of_them);
  RUN_NATIVELY(with_inlining_and_with_winch_progress_ends_at_all_functions);
  RUN(the_notice_comes_once_and_then_the_finalizer);
  RUN(several_threads_wait_for_one_compilation);
  RUN_NATIVELY(several_modules_are_compiled_at_once);
  RUN(bytes_that_begin_as_no_module_are_refused_at_once);
  RUN(an_invalid_module_is_an_error_each_time_one_asks);
  RUN_NATIVELY(a_panic_of_the_compiler_is_an_error);
  RUN(a_function_is_told_the_progress_up_to_the_end);
  RUN_NATIVELY(the_error_of_the_function_that_is_told_gives_the_module_up);
  RUN(the_function_that_is_told_may_use_the_library);
  return finish("compilations");
}
