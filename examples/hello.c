/*
 * The shortest whole program: a module from text, an instance, a call.
 *
 *   cc -Iinclude examples/hello.c -Ltarget/release -lsafewasm -Wl,-rpath,target/release -o hello
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

int main(void) {
  const char *text =
      "(module (func (export \"add\") (param i32 i32) (result i32)"
      "  (i32.add (local.get 0) (local.get 1))))";

  safewasm_engine_t *engine;
  safewasm_store_t *store;
  safewasm_module_t *module;
  safewasm_instance_t *instance;
  safewasm_extern_t add;
  check(safewasm_engine_new(NULL, &engine));
  check(safewasm_store_new(engine, &store));
  check(safewasm_module_new_text(engine, text, strlen(text), &module));
  check(safewasm_instance_new(store, module, NULL, 0, &instance));
  check(safewasm_instance_export(instance, "add", 3, &add));

  safewasm_val_t args[2] = {{SAFEWASM_VAL_I32, {.i32 = 1}}, {SAFEWASM_VAL_I32, {.i32 = 2}}};
  safewasm_val_t sum;
  check(safewasm_func_call(add.of.func, args, 2, &sum, 1));
  printf("1 + 2 = %d\n", sum.of.i32);

  safewasm_extern_delete(&add);
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  safewasm_store_delete(store);
  safewasm_engine_delete(engine);
  return 0;
}
