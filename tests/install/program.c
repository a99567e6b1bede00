/* A program outside of the checkout: it compares versions, calls wasm, and gets errors for a trap and a panic. */
#include <safewasm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if SAFEWASM_VERSION_MAJOR < 0 || SAFEWASM_VERSION_MINOR < 0 || SAFEWASM_VERSION_PATCH < 0
#error "the parts of the version are numbers"
#endif

static void fail(const char *message) {
  fprintf(stderr, "%s\n", message);
  exit(1);
}

static void check(safewasm_error_t *error) {
  char message[500];
  if (safewasm_error_take(error, message, sizeof message) != SAFEWASM_ERROR_NONE) fail(message);
}

static void compare_versions(void) {
  char parts[50];
  snprintf(parts, sizeof parts, "%d.%d.%d", SAFEWASM_VERSION_MAJOR, SAFEWASM_VERSION_MINOR,
           SAFEWASM_VERSION_PATCH);
  if (strcmp(safewasm_version(), SAFEWASM_VERSION) != 0) fail("the library is of another version");
  if (strncmp(SAFEWASM_VERSION, parts, strlen(parts)) != 0) fail("the parts are of another version");
  if (safewasm_abi_version() != SAFEWASM_ABI_VERSION) fail("the library has another ABI");
}

int main(void) {
  const char text[] =
      "(module (func (export \"divide\") (param i32 i32) (result i32)"
      "  (i32.div_s (local.get 0) (local.get 1))))";
  safewasm_engine_t *engine;
  safewasm_store_t *store;
  safewasm_module_t *module;
  safewasm_instance_t *instance;
  safewasm_func_t *divide;
  safewasm_slot_t slots[2] = {{.i32 = 42}, {.i32 = 2}};

  compare_versions();
  check(safewasm_engine_new(NULL, &engine));
  check(safewasm_store_new(engine, &store));
  check(safewasm_module_new_text(engine, text, SAFEWASM_STRLEN, &module));
  check(safewasm_instance_new(store, module, NULL, 0, &instance));
  check(safewasm_instance_func(instance, "divide", SAFEWASM_STRLEN, &divide));
  check(safewasm_func_call_slots(divide, slots, 2));
  printf("%d\n", slots[0].i32);

  slots[1].i32 = 0;
  char message[500];
  if (safewasm_error_take(safewasm_func_call_slots(divide, slots, 2), message, sizeof message) !=
      SAFEWASM_ERROR_TRAP)
    fail("no trap");
  printf("%s\n", message);
  if (safewasm_error_take(safewasm_provoke_panic(NULL), message, sizeof message) !=
      SAFEWASM_ERROR_INTERNAL)
    fail("no panic");

  safewasm_func_delete(divide);
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  safewasm_store_delete(store);
  safewasm_engine_delete(engine);
  return 0;
}
