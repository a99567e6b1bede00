/*
 * What goes wrong comes back as an error: a trap with its backtrace, and the use of a store that
 * was deleted. Traps are found without signals here, as in a program that keeps those to itself.
 *
 *   cc -Iinclude examples/traps.c -Ltarget/release -lsafewasm -Wl,-rpath,target/release -o traps
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

static void show(const char *what, safewasm_error_t *error) {
  printf("%s: %s\n", what, safewasm_error_message(error, NULL));
  safewasm_frame_t frame;
  for (size_t i = 0; safewasm_error_frame(error, i, &frame); i++) {
    printf("  in %s\n", frame.func_name.data != NULL ? frame.func_name.data : "a function");
  }
  safewasm_error_delete(error);
}

int main(void) {
  const char *text =
      "(module"
      "  (func $divide (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))"
      "  (func $average (export \"average\") (param i32 i32) (result i32)"
      "    (call $divide (local.get 0) (local.get 1))))";

  safewasm_config_t *config;
  safewasm_engine_t *engine;
  safewasm_store_t *store;
  safewasm_module_t *module;
  safewasm_instance_t *instance;
  safewasm_extern_t average;
  check(safewasm_config_new(&config));
  check(safewasm_config_set_signals_based_traps(config, false));
  check(safewasm_engine_new(config, &engine));
  check(safewasm_store_new(engine, &store));
  check(safewasm_module_new_text(engine, text, strlen(text), &module));
  check(safewasm_instance_new(store, module, NULL, 0, &instance));
  check(safewasm_instance_export(instance, "average", 7, &average));

  safewasm_slot_t slots[2] = {{.i32 = 10}, {.i32 = 0}};
  show("dividing by 0", safewasm_func_call_slots(average.of.func, slots, 2));

  /* The store works on after a trap. */
  slots[0].i32 = 10;
  slots[1].i32 = 5;
  check(safewasm_func_call_slots(average.of.func, slots, 2));
  printf("10 / 5 = %d\n", slots[0].i32);

  safewasm_store_delete(store);
  show("a func of a deleted store", safewasm_func_call_slots(average.of.func, slots, 2));
  show("a deleted store", safewasm_instance_new(store, module, NULL, 0, &instance));

  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
  return 0;
}
