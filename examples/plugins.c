/*
 * A program with plug-ins that it doesn't trust. A plug-in is a module that takes a text and emits texts. Each gets a
 * store of its own, and each call of it has limits: memory, instructions and time. The program reports a plug-in that
 * breaks a limit or a rule, and goes on with the next one.
 *
 *   cc -Iinclude examples/plugins.c -Ltarget/release -lsafewasm -Wl,-rpath,target/release -o plugins
 */
#include <safewasm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define Z SAFEWASM_STRLEN /* The length of a text that ends with a NUL. */

/* The bytes of memory that a plug-in may have, and the instructions (roughly) and the time that a call may take. */
enum { MEMORY = 1 << 20, FUEL = 1000000, SECONDS = 2 };

/*
 * A plug-in exports its memory, `alloc(len)`, which returns the address of `len` bytes for the program to write a text
 * to, and `apply(address, len)`, which does its work on that text. It may import `emit(address, len)` from `host`. In a
 * real program these are files of others, loaded by `safewasm_module_new_file`.
 */
#define PLUGIN(pages, rest) \
  "(module (import \"host\" \"emit\" (func $emit (param i32 i32)))" \
  "  (memory (export \"memory\") " #pages ")" \
  "  (data (i32.const 0) \"Hello, \")" \
  "  (func (export \"alloc\") (param $len i32) (result i32) (i32.const 7))" \
  "  (func $apply (export \"apply\") (param $at i32) (param $len i32) " rest "))"

static const char *const PLUGINS[][2] = {
    {"greeting", PLUGIN(1, "(call $emit (i32.const 0) (i32.add (local.get $len) (i32.const 7)))")},
    {"endless loop", PLUGIN(1, "(loop $again (br $again))")},
    {"recursion", PLUGIN(1, "(call $apply (local.get $at) (local.get $len))")},
    {"too much memory", PLUGIN(1000, "")},
    {"division by zero", PLUGIN(1, "(drop (i32.div_u (local.get $at) (i32.const 0)))")},
    {"wild address", PLUGIN(1, "(i32.store (i32.const -4) (i32.const 0))")},
    {"lie to the host", PLUGIN(1, "(call $emit (i32.const -16) (i32.const 100))")},
    {"strange import", "(module (import \"host\" \"delete_file\" (func)))"},
    {"missing export", "(module)"},
};

static void check(safewasm_error_t *error) {
  char message[500];
  if (safewasm_error_take(error, message, sizeof message) == SAFEWASM_ERROR_NONE) return;
  fprintf(stderr, "%s\n", message);
  exit(1);
}

/* The import `emit(address, len)`: prints a text from the plug-in's memory, which may not be where it says. */
static safewasm_error_t *emit(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots, size_t slots_len) {
  size_t address = (uint32_t)slots[0].i32, len = (uint32_t)slots[1].i32, size;
  uint8_t *memory;
  safewasm_error_t *error = safewasm_caller_memory(caller, "memory", Z, &memory, &size);
  (void)env, (void)slots_len;
  if (error != NULL) return error;
  if (address > size || len > size - address) {
    check(safewasm_error_new("the plug-in emits a text outside of its memory", Z, NULL, NULL, NULL, &error));
    return error;
  }
  printf("%.*s\n", (int)len, (const char *)memory + address);
  return NULL;
}

/* Sets the limits for the next call. */
static safewasm_error_t *limit(safewasm_store_t *store) {
  safewasm_error_t *error = safewasm_store_set_fuel(store, FUEL);
  return error != NULL ? error : safewasm_store_set_deadline(store, SECONDS * UINT64_C(1000000000));
}

#define TRY(call) if ((error = (call)) != NULL) goto done

/* Applies a plug-in to a text. */
static safewasm_error_t *apply(safewasm_engine_t *engine, safewasm_linker_t *linker, const char *wat,
                               const char *text) {
  safewasm_store_t *store = NULL; safewasm_module_t *module = NULL; safewasm_instance_t *plugin;
  safewasm_func_t *alloc, *apply; safewasm_memory_t *memory; safewasm_error_t *error;
  size_t len = strlen(text);
  safewasm_slot_t slots[2] = {{.i32 = (int32_t)len}, {.i32 = (int32_t)len}};
  TRY(safewasm_store_new(engine, &store));
  TRY(safewasm_store_set_memory_limit(store, MEMORY));
  TRY(safewasm_module_new_text(engine, wat, Z, &module));
  TRY(limit(store)); /* Making an instance runs the module's start function. */
  TRY(safewasm_linker_instantiate(linker, store, module, &plugin));
  TRY(safewasm_instance_func(plugin, "alloc", Z, &alloc));
  TRY(safewasm_instance_func(plugin, "apply", Z, &apply));
  TRY(safewasm_instance_memory(plugin, "memory", Z, &memory));
  TRY(limit(store));
  TRY(safewasm_func_call_slots(alloc, slots, 1)); /* Takes the length, gives any address. The write checks it. */
  TRY(safewasm_memory_write(memory, (uint32_t)slots[0].i32, (const uint8_t *)text, len));
  TRY(limit(store));
  TRY(safewasm_func_call_slots(apply, slots, 2));
done:
  safewasm_store_delete(store); /* With its instance, functions and memory. */
  safewasm_module_delete(module);
  return error;
}

int main(void) {
  safewasm_config_t *config; safewasm_engine_t *engine; safewasm_linker_t *linker; safewasm_functype_t *type;
  check(safewasm_config_new(&config));
  check(safewasm_config_set_consume_fuel(config, true));
  check(safewasm_config_set_epoch_interruption(config, true)); /* For the limit of time. */
  check(safewasm_config_set_max_module_size(config, 1 << 20)); /* A compilation can't be ended. */
  /* Valgrind, under which the tests run this too, reports the signals of traps. */
  check(safewasm_config_set_signals_based_traps(config, getenv("SAFEWASM_TEST_NO_SIGNALS") == NULL));
  check(safewasm_engine_new(config, &engine));
  check(safewasm_linker_new(engine, &linker));
  check(safewasm_functype_new_text(engine, "(i32, i32) -> ()", Z, &type));
  check(safewasm_linker_define_func_slots(linker, "host", Z, "emit", Z, type, emit, NULL, NULL));
  for (size_t i = 0; i < sizeof PLUGINS / sizeof PLUGINS[0]; i++) {
    printf("%s: ", PLUGINS[i][0]);
    safewasm_error_t *error = apply(engine, linker, PLUGINS[i][1], "world");
    const safewasm_trap_code_t trap = safewasm_error_trap_code(error);
    if (trap != SAFEWASM_TRAP_NOT_A_TRAP) printf("ended by a trap: %s\n", safewasm_trap_code_name(trap));
    else if (error != NULL) printf("refused: %s\n", safewasm_error_message(error, NULL));
    safewasm_error_delete(error);
  }
  safewasm_functype_delete(type);
  safewasm_linker_delete(linker);
  safewasm_engine_delete(engine);
}
