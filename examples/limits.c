/*
 * Wasm that the program doesn't trust, with limits of time, memory and fuel.
 *
 *   cc -Iinclude examples/limits.c -Ltarget/release -lsafewasm -Wl,-rpath,target/release -o limits
 */
#include <safewasm.h>
#include <stdio.h>
#include <stdlib.h>

static const char MODULE[] =
    "(module"
    "  (memory 1)"
    "  (func (export \"forever\") (loop $again (br $again)))"
    "  (func (export \"hoard\") (result i32) (memory.grow (i32.const 1000))))";

static void check(safewasm_error_t *error) {
  if (error == NULL) return;
  fprintf(stderr, "%s\n", safewasm_error_message(error, NULL));
  exit(1);
}

static safewasm_trap_code_t call(safewasm_func_t *func, safewasm_slot_t *slots, size_t len) {
  safewasm_error_t *error = safewasm_func_call_slots(func, slots, len);
  safewasm_trap_code_t code = safewasm_error_trap_code(error);
  if (error != NULL) printf("%s\n", safewasm_error_message(error, NULL));
  safewasm_error_delete(error);
  return code;
}

int main(void) {
  safewasm_config_t *config;
  safewasm_engine_t *engine;
  safewasm_store_t *store;
  safewasm_module_t *module;
  safewasm_instance_t *instance;
  safewasm_extern_t forever, hoard;
  check(safewasm_config_new(&config));
  check(safewasm_config_set_epoch_interruption(config, true));
  check(safewasm_config_set_consume_fuel(config, true));
  check(safewasm_config_set_signals_based_traps(config, getenv("SAFEWASM_TEST_NO_SIGNALS") == NULL));
  check(safewasm_engine_new(config, &engine));
  check(safewasm_store_new(engine, &store));
  check(safewasm_module_new_text(engine, MODULE, sizeof MODULE - 1, &module));
  check(safewasm_store_set_memory_limit(store, 16 * 65536));
  check(safewasm_store_set_fuel(store, UINT64_MAX));
  check(safewasm_instance_new(store, module, NULL, 0, &instance));
  check(safewasm_instance_export(instance, "forever", 7, &forever));
  check(safewasm_instance_export(instance, "hoard", 5, &hoard));

  check(safewasm_store_set_deadline(store, 100 * 1000 * 1000));
  int right = call(forever.of.func, NULL, 0) == SAFEWASM_TRAP_INTERRUPT;
  check(safewasm_store_set_deadline(store, UINT64_MAX));

  check(safewasm_store_set_fuel(store, 10000));
  right = right && call(forever.of.func, NULL, 0) == SAFEWASM_TRAP_OUT_OF_FUEL;

  check(safewasm_store_set_fuel(store, 10000));
  safewasm_slot_t grown;
  right = right && call(hoard.of.func, &grown, 1) == SAFEWASM_TRAP_NOT_A_TRAP;
  printf("memory.grow gave %d\n", grown.i32);

  safewasm_extern_delete(&forever);
  safewasm_extern_delete(&hoard);
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  safewasm_store_delete(store);
  safewasm_engine_delete(engine);
  return right && grown.i32 == -1 ? 0 : 1;
}
