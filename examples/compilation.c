/*
 * Compiles a large module while the program does something else, and shows how far the compiler is.
 *
 *   cc -Iinclude examples/compilation.c -Ltarget/release -lsafewasm -Wl,-rpath,target/release -o compilation
 */
#include <safewasm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void check(safewasm_error_t *error) {
  if (error == NULL) return;
  fprintf(stderr, "%s\n", safewasm_error_message(error, NULL));
  safewasm_error_delete(error);
  exit(1);
}

/* The bytes of a module with many functions. */
static safewasm_bytes_t *large_module(void) {
  const char *function = "(func (param i32) (result i32) (i32.mul (local.get 0) (local.get 0)))";
  const size_t count = 300, len = strlen(function);
  char *text = malloc(strlen("(module") + count * len + strlen(")"));
  safewasm_bytes_t *wasm;
  if (text == NULL) exit(1);
  char *end = text + strlen("(module");
  memcpy(text, "(module", strlen("(module"));
  for (size_t i = 0; i < count; i++, end += len) memcpy(end, function, len);
  *end++ = ')';
  check(safewasm_wat2wasm(text, (size_t)(end - text), &wasm));
  free(text);
  return wasm;
}

/* Shows a percentage on a terminal, and nothing elsewhere. */
static void show(size_t done, size_t total) {
  if (!isatty(2)) return;
  if (total == 0) return;
  fprintf(stderr, "\rcompiling: %3zu %%%s", done * 100 / total, done == total ? "\n" : "");
}

/* Called while the library compiles. An error as its result would give the module up. */
static safewasm_error_t *show_progress(void *env, size_t done, size_t total) {
  (void)env;
  show(done, total);
  return NULL;
}

int main(void) {
  safewasm_engine_t *engine;
  safewasm_bytes_t *wasm = large_module();
  safewasm_compilation_t *compilation;
  safewasm_module_t *module;
  const uint8_t *data;
  size_t len, done, total;
  bool has_ended = false;
  check(safewasm_engine_new(NULL, &engine));
  check(safewasm_bytes_data(wasm, &data, &len));

  /* The simplest way: a function that is told how far the compiler is. */
  check(safewasm_module_new_with_progress(engine, data, len, show_progress, NULL, &module));
  safewasm_module_delete(module);

  /* The program goes on, and looks from time to time. It doesn't need the bytes any longer. */
  check(safewasm_compilation_new(engine, data, len, NULL, NULL, NULL, &compilation));
  safewasm_bytes_delete(wasm);
  while (!has_ended) {
    check(safewasm_compilation_wait(compilation, 20 * 1000 * 1000, &has_ended));
    check(safewasm_compilation_progress(compilation, &done, &total));
    show(done, total);
  }
  check(safewasm_compilation_module(compilation, &module));
  printf("%zu of %zu functions\n", done, total);
  safewasm_module_delete(module);
  safewasm_compilation_delete(compilation);
  safewasm_engine_delete(engine);
  return 0;
}
