/*
 * The fast way to call: arguments and results in bare slots, whose types were looked at once.
 *
 *   cc -Iinclude examples/fast_call.c -Ltarget/release -lsafewasm -Wl,-rpath,target/release -o fast
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
      "(module (func (export \"add\") (param i64 i64) (result i64)"
      "  (i64.add (local.get 0) (local.get 1))))";

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

  safewasm_functype_t *type;
  safewasm_text_t signature;
  check(safewasm_func_type(add.of.func, &type));
  check(safewasm_functype_text(type, &signature));
  printf("add: %s\n", signature.data);
  safewasm_functype_delete(type);

  /* Two parameters and one result: two slots, the result in the first. */
  safewasm_slot_t slots[2] = {{.i64 = 0}, {.i64 = 0}};
  for (int64_t i = 1; i <= 100000; i++) {
    slots[1].i64 = i;
    check(safewasm_func_call_slots(add.of.func, slots, 2));
  }
  printf("1 + 2 + ... + 100000 = %lld\n", (long long)slots[0].i64);

  safewasm_extern_delete(&add);
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  safewasm_store_delete(store);
  safewasm_engine_delete(engine);
  return 0;
}
