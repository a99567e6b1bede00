/*
 * Modules that nobody trusts, each in a store of its own with all limits of a sandbox.
 *
 *   cc -Iinclude examples/sandbox.c -Ltarget/release -lsafewasm -Wl,-rpath,target/release -o sandbox
 */
#include <safewasm.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const GUESTS[] = {
    "(module (func (export \"run\") (result i32) (i32.const 42)))",
    "(module (func (export \"run\") (result i32) (loop (br 0)) (unreachable)))",
    "(module (func $run (export \"run\") (result i32) (i32.add (call $run) (i32.const 1))))",
    "(module (memory 100) (func (export \"run\") (result i32) (memory.grow (i32.const 60000))))",
    "(module (memory 60000) (func (export \"run\") (result i32) (memory.size)))",
};

/* Prints the message of an error and deletes it. Returns whether there was one. */
static bool failed(safewasm_error_t *error) {
  char message[500];
  if (safewasm_error_take(error, message, sizeof message) == SAFEWASM_ERROR_NONE) return false;
  printf("%s\n", message);
  return true;
}

static void run(safewasm_engine_t *engine, const safewasm_sandbox_t *sandbox, const char *guest) {
  safewasm_module_t *module = NULL;
  safewasm_store_t *store = NULL;
  safewasm_instance_t *instance;
  safewasm_func_t *func;
  safewasm_slot_t result;
  if (!failed(safewasm_module_new_text(engine, guest, SAFEWASM_STRLEN, &module)) &&
      !failed(safewasm_store_new(engine, &store)) &&
      !failed(safewasm_store_set_sandbox(store, sandbox)) &&
      !failed(safewasm_instance_new(store, module, NULL, 0, &instance)) &&
      !failed(safewasm_instance_func(instance, "run", SAFEWASM_STRLEN, &func)) &&
      !failed(safewasm_func_call_slots(func, &result, 1))) {
    printf("the result is %d\n", result.i32);
  }
  safewasm_store_delete(store);
  safewasm_module_delete(module);
}

int main(void) {
  safewasm_config_t *config;
  safewasm_engine_t *engine;
  /* Every other limit has its default. */
  const safewasm_sandbox_t sandbox = {.timeout = 500 * 1000 * 1000, .memory_limit = 16 << 20};
  const bool signals = getenv("SAFEWASM_TEST_NO_SIGNALS") == NULL;
  if (failed(safewasm_config_new(&config)) ||
      failed(safewasm_config_set_signals_based_traps(config, signals)) ||
      failed(safewasm_config_set_sandbox(config, &sandbox)) ||
      failed(safewasm_engine_new(config, &engine))) {
    return 1;
  }
  for (size_t i = 0; i < sizeof GUESTS / sizeof GUESTS[0]; i++) run(engine, &sandbox, GUESTS[i]);
  safewasm_engine_delete(engine);
  return 0;
}
