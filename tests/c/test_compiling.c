/* Modules that the compiler refuses, and modules that are refused before. */
#include "check.h"
#include <pthread.h>
#include <unistd.h>

/* A chain of globals that is so long that the compiler panics. */
static text_t many_globals(void) {
  text_t text = {NULL, 0, 0};
  char global[100];
  put(&text, "(module (global i32 (i32.const 0))");
  for (int i = 0; i < 70000; i++) {
    snprintf(global, sizeof global, "(global i32 (i32.add (global.get %d) (global.get %d)))", i, i);
    put(&text, global);
  }
  put(&text, ")");
  return text;
}

static text_t large_table_of_branches(void) {
  text_t text = {NULL, 0, 0};
  put(&text, "(module (func (param i32) (br_table");
  for (int i = 0; i < 70000; i++) put(&text, " 0");
  put(&text, " (local.get 0))))");
  return text;
}

static void refuses(safewasm_engine_t *engine, const text_t *text, const char *why) {
  safewasm_module_t *module;
  FAILS(safewasm_module_new_text(engine, text->data, text->len, &module), COMPILER, why);
  CHECK(module == NULL);
}

TEST(a_valid_module_that_the_compiler_refuses_is_an_error_of_its_own_kind) {
  safewasm_engine_t *engine = new_engine();
  text_t text = large_table_of_branches();
  refuses(engine, &text, "the compiler refused the module");
  free(text.data);
  safewasm_module_delete(new_module(engine, "(module (func))"));
  safewasm_engine_delete(engine);
}

static void *refuses_many_globals(void *engine) {
  text_t text = many_globals();
  refuses(engine, &text, "the compiler gave up: ");
  /* The location of the panic. */
  refuses(engine, &text, ".rs:");
  free(text.data);
  return NULL;
}

TEST(a_panic_of_the_compiler_is_an_error_of_its_own_kind) {
  safewasm_engine_t *engine = new_engine();
  pthread_t thread;
  pthread_create(&thread, NULL, refuses_many_globals, engine);
  refuses_many_globals(engine);
  pthread_join(thread, NULL);
  safewasm_module_delete(new_module(engine, "(module (func))"));
  safewasm_engine_delete(engine);
}

TEST(nothing_is_printed_of_a_panic) {
  FILE *written = tmpfile();
  int output = dup(1), errors = dup(2);
  fflush(stdout);
  dup2(fileno(written), 1);
  dup2(fileno(written), 2);
  safewasm_engine_t *engine = new_engine();
  refuses_many_globals(engine);
  safewasm_error_delete(safewasm_provoke_panic(NULL));
  safewasm_engine_delete(engine);
  fflush(stdout);
  dup2(output, 1);
  dup2(errors, 2);
  close(output);
  close(errors);
  CHECK(lseek(fileno(written), 0, SEEK_END) == 0);
  fclose(written);
}

TEST(a_panic_says_where_it_happened) {
  FAILS(safewasm_provoke_panic(NULL), INTERNAL, "diagnostics.rs:");
}

static safewasm_engine_t *engine_with_limits(size_t size, size_t functions) {
  safewasm_config_t *config;
  safewasm_engine_t *engine;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_max_module_size(config, size));
  OK(safewasm_config_set_max_module_functions(config, functions));
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) {
    OK(safewasm_config_set_signals_based_traps(config, false));
  }
  OK(safewasm_engine_new(config, &engine));
  return engine;
}

TEST(a_module_that_is_too_large_is_refused_before_it_is_compiled) {
  const uint8_t bytes[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
  const char *imports = "(module (import \"\" \"\" (func)) (func) (func))";
  const char *three = "(module (func) (func) (func))";
  safewasm_engine_t *engine = engine_with_limits(100, 2), *none = engine_with_limits(0, 0);
  safewasm_module_t *module;
  text_t globals = many_globals();
  safewasm_module_delete(new_module(engine, imports));
  FAILS(safewasm_module_new_text(engine, three, strlen(three), &module), LIMIT,
        "the module has 3 functions, and the limit is 2; see "
        "`safewasm_config_set_max_module_functions`");
  /* The compiler would panic. */
  FAILS(safewasm_module_new_text(engine, globals.data, globals.len, &module), LIMIT,
        "`safewasm_config_set_max_module_size`");
  FAILS(safewasm_module_new(none, bytes, sizeof bytes, &module), LIMIT, "8 bytes, and the limit is 0");
  FAILS(safewasm_config_set_max_module_size(NULL, 1), NULL_POINTER, "`config`");
  FAILS(safewasm_config_set_max_module_functions(NULL, 1), NULL_POINTER, "`config`");
  free(globals.data);
  safewasm_engine_delete(none);
  safewasm_engine_delete(engine);
}

int main(void) {
  RUN(a_module_that_is_too_large_is_refused_before_it_is_compiled);
  RUN_NATIVELY(a_valid_module_that_the_compiler_refuses_is_an_error_of_its_own_kind);
  RUN_NATIVELY(a_panic_of_the_compiler_is_an_error_of_its_own_kind);
  RUN_NATIVELY(nothing_is_printed_of_a_panic);
  RUN(a_panic_says_where_it_happened);
  return finish("compiling");
}
