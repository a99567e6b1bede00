/*
 * What a module imports and exports, and how one instance's exports become another's imports.
 *
 *   cc -Iinclude examples/imports.c -Ltarget/release -lsafewasm -Wl,-rpath,target/release -o imports
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

static const char *COUNTER =
    "(module (global $n (export \"count\") (mut i32) (i32.const 0))"
    "  (func (export \"next\") (result i32)"
    "    (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))";

static const char *USER =
    "(module (import \"counter\" \"next\" (func $next (result i32)))"
    "  (import \"counter\" \"count\" (global $count (mut i32)))"
    "  (func (export \"twice\") (result i32) (drop (call $next)) (drop (call $next))"
    "    (global.get $count)))";

static void list_imports(safewasm_module_t *module) {
  size_t len;
  check(safewasm_module_imports_len(module, &len));
  for (size_t i = 0; i < len; i++) {
    safewasm_text_t from, name, text;
    safewasm_externtype_t *type;
    check(safewasm_module_import(module, i, &from, &name, &type));
    check(safewasm_externtype_text(type, &text));
    printf("import %s.%s: %s\n", from.data, name.data, text.data);
    safewasm_externtype_delete(type);
  }
}

int main(void) {
  safewasm_engine_t *engine;
  safewasm_store_t *store;
  safewasm_module_t *counter, *user;
  safewasm_instance_t *first, *second;
  safewasm_extern_t imports[2], twice;
  check(safewasm_engine_new(NULL, &engine));
  check(safewasm_store_new(engine, &store));
  check(safewasm_module_new_text(engine, COUNTER, strlen(COUNTER), &counter));
  check(safewasm_module_new_text(engine, USER, strlen(USER), &user));
  list_imports(user);

  check(safewasm_instance_new(store, counter, NULL, 0, &first));
  check(safewasm_instance_export(first, "next", 4, &imports[0]));
  check(safewasm_instance_export(first, "count", 5, &imports[1]));
  check(safewasm_instance_new(store, user, imports, 2, &second));
  check(safewasm_instance_export(second, "twice", 5, &twice));

  safewasm_slot_t slot;
  check(safewasm_func_call_slots(twice.of.func, &slot, 1));
  printf("counted to %d\n", slot.i32);

  safewasm_extern_delete(&imports[0]);
  safewasm_extern_delete(&imports[1]);
  safewasm_extern_delete(&twice);
  safewasm_instance_delete(first);
  safewasm_instance_delete(second);
  safewasm_module_delete(counter);
  safewasm_module_delete(user);
  safewasm_store_delete(store);
  safewasm_engine_delete(engine);
  return 0;
}
