/*
 * LZ4, a C library for compression, as a module of wasm, called on strings and arrays. Whatever data it gets, a fault
 * of it can't touch the memory of this program.
 *
 *   cc -Iinclude examples/libraries/lz4.c -Ltarget/release -lsafewasm -Wl,-rpath,target/release -o lz4
 *   examples/libraries/lz4.sh lz4.wasm
 *   ./lz4 lz4.wasm
 */
#include <safewasm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static safewasm_instance_t *lz4;
static safewasm_memory_t *memory;

/* Ends the program if a call failed. */
static void check(safewasm_error_t *error) {
  char message[500];
  if (safewasm_error_take(error, message, sizeof message) == SAFEWASM_ERROR_NONE) return;
  fprintf(stderr, "%s\n", message);
  exit(1);
}

static safewasm_func_t *find(const char *name) {
  safewasm_func_t *func;
  check(safewasm_instance_func(lz4, name, SAFEWASM_STRLEN, &func));
  return func;
}

/* Calls a function of the type `int (int)`, such as `malloc`: an address is an `int` here. */
static uint32_t call(safewasm_func_t *func, uint32_t argument) {
  safewasm_slot_t slot = {.i32 = (int32_t)argument};
  check(safewasm_func_call_slots(func, &slot, 1));
  return (uint32_t)slot.i32;
}

/* The address of a new block of memory in wasm. */
static uint32_t allocate(size_t size) {
  const uint32_t address = size < INT32_MAX ? call(find("malloc"), (uint32_t)size) : 0;
  if (address == 0) {
    fprintf(stderr, "wasm has no room for %zu bytes\n", size);
    exit(1);
  }
  return address;
}

static void release(uint32_t address) {
  safewasm_slot_t slot = {.i32 = (int32_t)address};
  check(safewasm_func_call_slots(find("free"), &slot, 1));
}

/*
 * Calls `name(from, to, size, capacity)`, which is how LZ4 compresses and decompresses, on a copy of `data` in wasm,
 * and copies the result back. Returns its length, or 0 if LZ4 refused the data.
 */
static size_t transform(const char *name, const void *data, size_t size, void *result, size_t capacity) {
  const uint32_t from = allocate(size), to = allocate(capacity);
  safewasm_slot_t slots[4] = {
      {.i32 = (int32_t)from}, {.i32 = (int32_t)to}, {.i32 = (int32_t)size}, {.i32 = (int32_t)capacity}};
  check(safewasm_memory_write(memory, from, data, size));
  check(safewasm_func_call_slots(find(name), slots, 4));
  /* The result comes from wasm, so it is checked before it is used. A refusal is a negative number or 0. */
  const size_t len = slots[0].i32 > 0 && (size_t)slots[0].i32 <= capacity ? (size_t)slots[0].i32 : 0;
  check(safewasm_memory_read(memory, to, result, len));
  release(from);
  release(to);
  return len;
}

int main(int argc, char **argv) {
  static double numbers[10000], same[10000];
  static char small[100000], text[3901], again[3901];
  safewasm_engine_t *engine;
  safewasm_store_t *store;
  safewasm_module_t *module;
  check(safewasm_engine_new(NULL, &engine));
  check(safewasm_store_new(engine, &store));
  check(safewasm_module_new_file(engine, argc > 1 ? argv[1] : "lz4.wasm", SAFEWASM_STRLEN, &module));
  check(safewasm_instance_new(store, module, NULL, 0, &lz4));
  check(safewasm_instance_memory(lz4, "memory", SAFEWASM_STRLEN, &memory));
  check(safewasm_func_call_slots(find("_initialize"), NULL, 0)); /* Each module that clang made as a reactor has it. */

  /* A string. */
  for (int i = 0; i < 100; i++) strcat(text, "She sells sea shells by the sea shore. ");
  printf("%d bytes are always enough\n", (int)call(find("LZ4_compressBound"), sizeof text));
  size_t packed = transform("LZ4_compress_default", text, sizeof text, small, sizeof small);
  size_t len = transform("LZ4_decompress_safe", small, packed, again, sizeof again);
  printf("%zu bytes of text become %zu\n", sizeof text, packed);
  printf("and again the text: %s\n", len == sizeof text && strcmp(text, again) == 0 ? "true" : "false");

  /* An array of numbers. */
  for (int i = 0; i < 10000; i++) numbers[i] = (i % 25) / 25.0;
  packed = transform("LZ4_compress_default", numbers, sizeof numbers, small, sizeof small);
  len = transform("LZ4_decompress_safe", small, packed, same, sizeof same);
  printf("%zu bytes of numbers become %zu\n", sizeof numbers, packed);
  printf("and again the numbers: %s\n", len == sizeof same && memcmp(numbers, same, len) == 0 ? "true" : "false");

  /* Damaged data is refused. An access of the library out of bounds would be a trap, which `check` reports. */
  small[0] = (char)~small[0];
  len = transform("LZ4_decompress_safe", small, packed, same, sizeof same);
  printf("damaged data: %s\n", len == 0 ? "refused" : "taken");
  safewasm_store_delete(store); /* With its instance, memory and functions. */
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
}
