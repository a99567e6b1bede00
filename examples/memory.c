/*
 * A program and its guest share a memory: copies in and out, and a view that follows its growth.
 *
 *   cc -Iinclude examples/memory.c -Ltarget/release -lsafewasm -Wl,-rpath,target/release -o memory
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

/* Turns the letters a to z of `len` bytes at an address into capitals; grows the memory. */
static const char *TEXT =
    "(module (memory (export \"memory\") 1)"
    "  (func (export \"shout\") (param $at i32) (param $len i32)"
    "    (local $byte i32)"
    "    (block $done (loop $next"
    "      (br_if $done (i32.eqz (local.get $len)))"
    "      (local.set $byte (i32.load8_u (local.get $at)))"
    "      (if (i32.lt_u (i32.sub (local.get $byte) (i32.const 97)) (i32.const 26))"
    "        (then (i32.store8 (local.get $at) (i32.sub (local.get $byte) (i32.const 32)))))"
    "      (local.set $at (i32.add (local.get $at) (i32.const 1)))"
    "      (local.set $len (i32.sub (local.get $len) (i32.const 1)))"
    "      (br $next))))"
    "  (func (export \"grow\") (result i32) (memory.grow (i32.const 1))))";

int main(void) {
  safewasm_engine_t *engine;
  safewasm_store_t *store;
  safewasm_module_t *module;
  safewasm_instance_t *instance;
  safewasm_extern_t memory, shout, grow;
  check(safewasm_engine_new(NULL, &engine));
  check(safewasm_store_new(engine, &store));
  check(safewasm_module_new_text(engine, TEXT, strlen(TEXT), &module));
  check(safewasm_instance_new(store, module, NULL, 0, &instance));
  check(safewasm_instance_export(instance, "memory", 6, &memory));
  check(safewasm_instance_export(instance, "shout", 5, &shout));
  check(safewasm_instance_export(instance, "grow", 4, &grow));

  uint8_t text[] = "hello, guest";
  const size_t len = sizeof text - 1;
  check(safewasm_memory_write(memory.of.memory, 1024, text, len));
  safewasm_slot_t slots[2] = {{.i32 = 1024}, {.i32 = (int32_t)len}};
  check(safewasm_func_call_slots(shout.of.func, slots, 2));
  check(safewasm_memory_read(memory.of.memory, 1024, text, len));
  printf("%s\n", (const char *)text);

  safewasm_view_t *view;
  const safewasm_cell_t *cell;
  check(safewasm_memory_view(memory.of.memory, &view, &cell));
  printf("%zu bytes, byte 1024 is %c\n", cell->len, cell->data[1024]);
  check(safewasm_func_call_slots(grow.of.func, slots, 1));
  printf("%zu bytes, byte 1024 is %c\n", cell->len, cell->data[1024]);

  safewasm_view_delete(view);
  safewasm_extern_delete(&memory);
  safewasm_extern_delete(&shout);
  safewasm_extern_delete(&grow);
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  safewasm_store_delete(store);
  safewasm_engine_delete(engine);
  return 0;
}
