/*
 * A host function that reads the memory of the module that called it, and one that fails.
 *
 *   cc -Iinclude examples/host.c -Ltarget/release -lsafewasm -Wl,-rpath,target/release -o host
 */
#include <safewasm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char MODULE[] =
    "(module"
    "  (import \"env\" \"print\" (func $print (param i32 i32)))"
    "  (import \"env\" \"divide\" (func $divide (param i32 i32) (result i32)))"
    "  (memory (export \"memory\") 1)"
    "  (data (i32.const 8) \"Hello from wasm\")"
    "  (func (export \"greet\") (call $print (i32.const 8) (i32.const 15)))"
    "  (func (export \"half\") (param i32 i32) (result i32)"
    "    (call $divide (local.get 0) (local.get 1))))";

static void check(safewasm_error_t *error) {
  if (error == NULL) return;
  fprintf(stderr, "%s\n", safewasm_error_message(error, NULL));
  exit(1);
}

/* An error that a host function returns is what the call of wasm fails with. */
static safewasm_error_t *fail(const char *message) {
  safewasm_error_t *error, *problem;
  problem = safewasm_error_new(message, strlen(message), NULL, NULL, NULL, &error);
  return problem != NULL ? problem : error;
}

/* Slots hold the arguments; the caller gives access to the calling instance. */
static safewasm_error_t *print(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                               size_t slots_len) {
  (void)slots_len;
  uint32_t address = (uint32_t)slots[0].i32, len = (uint32_t)slots[1].i32;
  uint8_t *data;
  size_t size;
  safewasm_error_t *error = safewasm_caller_memory(caller, "memory", 6, &data, &size);
  if (error != NULL) return error;
  /* What wasm says of its memory is checked before it is believed. */
  if (address > size || len > size - address) return fail("the text lies outside of the memory");
  printf("%s%.*s\n", (const char *)env, (int)len, (const char *)data + address);
  return NULL;
}

static safewasm_error_t *divide(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                size_t slots_len) {
  (void)env, (void)caller, (void)slots_len;
  if (slots[1].i32 == 0) return fail("there is no half of nothing");
  slots[0].i32 /= slots[1].i32;
  return NULL;
}

static void define(safewasm_linker_t *linker, safewasm_engine_t *engine, const char *name,
                   size_t results, safewasm_slot_callback_t callback, void *env) {
  const safewasm_valtype_t i32 = {.kind = SAFEWASM_VAL_I32};
  const safewasm_valtype_t types[] = {i32, i32};
  safewasm_functype_t *type;
  check(safewasm_functype_new(engine, types, 2, types, results, &type));
  check(safewasm_linker_define_func_slots(linker, "env", 3, name, strlen(name), type, callback, env,
                                          NULL));
  safewasm_functype_delete(type);
}

int main(void) {
  static char prefix[] = "wasm says: ";
  safewasm_engine_t *engine;
  safewasm_store_t *store;
  safewasm_module_t *module;
  safewasm_linker_t *linker;
  safewasm_instance_t *instance;
  safewasm_extern_t greet, half;
  check(safewasm_engine_new(NULL, &engine));
  check(safewasm_store_new(engine, &store));
  check(safewasm_module_new_text(engine, MODULE, sizeof MODULE - 1, &module));
  check(safewasm_linker_new(engine, &linker));
  define(linker, engine, "print", 0, print, prefix);
  define(linker, engine, "divide", 1, divide, NULL);
  check(safewasm_linker_instantiate(linker, store, module, &instance));
  check(safewasm_instance_export(instance, "greet", 5, &greet));
  check(safewasm_instance_export(instance, "half", 4, &half));

  check(safewasm_func_call_slots(greet.of.func, NULL, 0));
  safewasm_slot_t slots[2] = {{.i32 = 84}, {.i32 = 2}};
  check(safewasm_func_call_slots(half.of.func, slots, 2));
  printf("half of 84 is %d\n", slots[0].i32);
  slots[1].i32 = 0;
  safewasm_error_t *error = safewasm_func_call_slots(half.of.func, slots, 2);
  printf("and: %s\n", safewasm_error_message(error, NULL));
  int right = safewasm_error_kind(error) == SAFEWASM_ERROR_HOST;
  safewasm_error_delete(error);

  safewasm_extern_delete(&greet);
  safewasm_extern_delete(&half);
  safewasm_instance_delete(instance);
  safewasm_linker_delete(linker);
  safewasm_module_delete(module);
  safewasm_store_delete(store);
  safewasm_engine_delete(engine);
  return right ? 0 : 1;
}
