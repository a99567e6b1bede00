/* A host for plug-ins: loads wasm, gives it a `log`, and calls it with a text, within limits. */
#include <safewasm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define Z SAFEWASM_STRLEN /* The length of a text that ends with a NUL. */

static void check(safewasm_error_t *error) {
  char why[500];
  safewasm_error_kind_t kind = safewasm_error_take(error, why, sizeof why);
  if (kind == SAFEWASM_ERROR_NONE) return;
  fprintf(stderr, "%s: %s\n", safewasm_error_kind_name(kind), why);
  exit(1);
}

/* The import `log(address, len)`: prints a text that lies in the memory of the plug-in. */
static safewasm_error_t *print(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots, size_t n) {
  size_t address = (uint32_t)slots[0].i32, len = (uint32_t)slots[1].i32, size;
  uint8_t *memory;
  safewasm_error_t *error = safewasm_caller_memory(caller, "memory", Z, &memory, &size), *problem;
  (void)env, (void)n;
  if (error != NULL) return error;
  if (address > size || len > size - address) { /* The plug-in may say anything. */
    problem = safewasm_error_new("log: no such memory", Z, NULL, NULL, NULL, &error);
    return problem != NULL ? problem : error;
  }
  fwrite(memory + address, 1, len, stdout);
  puts("");
  return NULL;
}

int main(int argc, char **argv) {
  const char *path = argc > 1 ? argv[1] : "examples/plugin.wat", *text = argc > 2 ? argv[2] : "world";
  safewasm_config_t *config; safewasm_engine_t *engine; safewasm_store_t *store;
  safewasm_module_t *module; safewasm_linker_t *linker; safewasm_functype_t *type;
  safewasm_instance_t *plugin; safewasm_func_t *alloc, *greet; safewasm_memory_t *memory;
  safewasm_slot_t slots[2] = {{.i32 = (int32_t)strlen(text)}, {.i32 = (int32_t)strlen(text)}};
  check(safewasm_config_new(&config));
  check(safewasm_config_set_epoch_interruption(config, true)); /* For the time limit. */
  check(safewasm_engine_new(config, &engine));
  check(safewasm_store_new(engine, &store));
  check(safewasm_store_set_memory_limit(store, 16 << 20));
  check(safewasm_module_new_file(engine, path, Z, &module));
  check(safewasm_linker_new(engine, &linker));
  check(safewasm_functype_new_text(engine, "(i32, i32) -> ()", Z, &type));
  check(safewasm_linker_define_func_slots(linker, "host", Z, "log", Z, type, print, NULL, NULL));
  check(safewasm_store_set_deadline(store, 10000000000)); /* 10 seconds from now, in nanoseconds. */
  check(safewasm_linker_instantiate(linker, store, module, &plugin));
  check(safewasm_instance_func(plugin, "alloc", Z, &alloc));
  check(safewasm_instance_func(plugin, "greet", Z, &greet));
  check(safewasm_instance_memory(plugin, "memory", Z, &memory));
  check(safewasm_func_call_slots(alloc, slots, 1)); /* Takes the length, gives the address. */
  check(safewasm_memory_write(memory, (uint32_t)slots[0].i32, (const uint8_t *)text, strlen(text)));
  check(safewasm_func_call_slots(greet, slots, 2));
  safewasm_store_delete(store); /* With its instance, functions and memory. */
  safewasm_functype_delete(type);
  safewasm_linker_delete(linker);
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
}
