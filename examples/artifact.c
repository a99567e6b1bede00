/*
 * Compiles a module once, and loads the compiled code from a file.
 *
 *   cc -Iinclude examples/artifact.c -Ltarget/release -lsafewasm -Wl,-rpath,target/release -o artifact
 */
#include <safewasm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(safewasm_error_t *error) {
  if (error == NULL) return;
  fprintf(stderr, "%s\n", safewasm_error_message(error, NULL));
  safewasm_error_delete(error);
  exit(1);
}

static const char *TEXT =
    "(module (func (export \"square\") (param i32) (result i32)"
    "  (i32.mul (local.get 0) (local.get 0))))";

/* Compiles the module, and writes the artifact to the file. */
static void build(const char *path) {
  safewasm_engine_t *engine;
  safewasm_bytes_t *wasm, *artifact;
  const uint8_t *data;
  size_t len;
  check(safewasm_engine_new(NULL, &engine));
  check(safewasm_wat2wasm(TEXT, strlen(TEXT), &wasm));
  check(safewasm_bytes_data(wasm, &data, &len));
  check(safewasm_module_precompile(engine, data, len, &artifact));
  check(safewasm_bytes_data(artifact, &data, &len));
  FILE *file = fopen(path, "wb");
  if (file == NULL || fwrite(data, 1, len, file) != len || fclose(file) != 0) exit(1);
  safewasm_bytes_delete(artifact);
  safewasm_bytes_delete(wasm);
  safewasm_engine_delete(engine);
}

int main(void) {
  const char *path = "square.artifact";
  build(path);

  /* This could be another process. It trusts the file, as it trusts a program. */
  safewasm_engine_t *engine;
  safewasm_store_t *store;
  safewasm_module_t *module;
  safewasm_instance_t *instance;
  safewasm_func_t *square;
  check(safewasm_engine_new(NULL, &engine));
  check(safewasm_module_deserialize_file(engine, path, strlen(path), &module));
  check(safewasm_store_new(engine, &store));
  check(safewasm_instance_new(store, module, NULL, 0, &instance));
  check(safewasm_instance_func(instance, "square", 6, &square));
  safewasm_slot_t slot = {.i32 = 12};
  check(safewasm_func_call_slots(square, &slot, 1));
  printf("the square of 12 is %d\n", slot.i32);

  safewasm_func_delete(square);
  safewasm_instance_delete(instance);
  safewasm_store_delete(store);
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
  remove(path);
  return 0;
}
