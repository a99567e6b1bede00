/*
 * Many instances of one module, each in a store of its own, as a server would make one for each request. The text is
 * turned into bytes, which a program can keep in a file. The imports are looked up once.
 *
 *   cc -Iinclude examples/instances.c -Ltarget/release -lsafewasm -Wl,-rpath,target/release -o instances
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

static safewasm_error_t *next_ticket(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                     size_t slots_len) {
  (void)caller, (void)slots_len;
  slots[0].i32 = ++*(int32_t *)env;
  return NULL;
}

int main(void) {
  const char *text =
      "(module (import \"env\" \"ticket\" (func $ticket (result i32)))"
      "  (func (export \"handle\") (result i32) (call $ticket)))";
  int32_t tickets = 0;

  safewasm_engine_t *engine;
  safewasm_bytes_t *bytes;
  safewasm_module_t *module;
  const uint8_t *data;
  size_t len;
  check(safewasm_engine_new(NULL, &engine));
  check(safewasm_wat2wasm(text, strlen(text), &bytes));
  check(safewasm_bytes_data(bytes, &data, &len));
  check(safewasm_module_new(engine, data, len, &module));
  safewasm_bytes_delete(bytes);

  const safewasm_valtype_t i32 = {.kind = SAFEWASM_VAL_I32};
  safewasm_functype_t *type;
  safewasm_linker_t *linker;
  safewasm_instancepre_t *prepared;
  check(safewasm_functype_new(engine, NULL, 0, &i32, 1, &type));
  check(safewasm_linker_new(engine, &linker));
  check(safewasm_linker_define_func_slots(linker, "env", 3, "ticket", 6, type, next_ticket, &tickets,
                                          NULL));
  check(safewasm_linker_instantiate_pre(linker, module, &prepared));

  for (int request = 0; request < 3; request++) {
    safewasm_store_t *store;
    safewasm_instance_t *instance;
    safewasm_extern_t handle;
    safewasm_slot_t slot;
    check(safewasm_store_new(engine, &store));
    check(safewasm_instancepre_instantiate(prepared, store, &instance));
    check(safewasm_instance_export(instance, "handle", 6, &handle));
    check(safewasm_func_call_slots(handle.of.func, &slot, 1));
    printf("request %d has ticket %d\n", request, (int)slot.i32);
    /* Everything in the store goes with it; the handles are deleted to be used again. */
    safewasm_extern_delete(&handle);
    safewasm_instance_delete(instance);
    safewasm_store_delete(store);
  }

  safewasm_instancepre_delete(prepared);
  safewasm_linker_delete(linker);
  safewasm_functype_delete(type);
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
  return tickets == 3 ? 0 : 1;
}
