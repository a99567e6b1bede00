/*
 * Threads that count in one shared memory. Each has a store of its own; the engine, the module and the memory belong to
 * no store and are used from all threads.
 *
 *   cc -Iinclude examples/threads.c -Ltarget/release -lsafewasm -Wl,-rpath,target/release -pthread -o threads
 */
#include <pthread.h>
#include <safewasm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char MODULE[] =
    "(module"
    "  (import \"env\" \"memory\" (memory 1 1 shared))"
    "  (func (export \"count\") (param $n i32)"
    "    (loop $again"
    "      (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))"
    "      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))";

enum { THREADS = 4, TIMES = 1000 };

static safewasm_engine_t *engine;
static safewasm_module_t *module;
static safewasm_sharedmemory_t *memory;

static void check(safewasm_error_t *error) {
  if (error == NULL) return;
  fprintf(stderr, "%s\n", safewasm_error_message(error, NULL));
  safewasm_error_delete(error);
  exit(1);
}

static void *count(void *unused) {
  safewasm_store_t *store;
  safewasm_instance_t *instance;
  safewasm_extern_t func;
  safewasm_slot_t slot = {.i32 = TIMES};
  const safewasm_extern_t import = {.kind = SAFEWASM_EXTERN_SHARED_MEMORY, .of = {.sharedmemory = memory}};
  check(safewasm_store_new(engine, &store));
  check(safewasm_instance_new(store, module, &import, 1, &instance));
  check(safewasm_instance_export(instance, "count", 5, &func));
  check(safewasm_func_call_slots(func.of.func, &slot, 1));
  safewasm_extern_delete(&func);
  safewasm_instance_delete(instance);
  safewasm_store_delete(store);
  return unused;
}

int main(void) {
  safewasm_config_t *config;
  check(safewasm_config_new(&config));
  check(safewasm_config_set_shared_memory(config, true));
  check(safewasm_engine_new(config, &engine));
  check(safewasm_module_new_text(engine, MODULE, strlen(MODULE), &module));
  const safewasm_memorytype_t type = {.min = 1, .max = 1, .has_max = true, .is_shared = true};
  check(safewasm_sharedmemory_new(engine, &type, &memory));

  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; i++) {
    if (pthread_create(&threads[i], NULL, count, NULL) != 0) return 1;
  }
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);

  uint8_t bytes[4];
  int32_t counted;
  check(safewasm_sharedmemory_read(memory, 0, bytes, sizeof bytes));
  memcpy(&counted, bytes, sizeof counted);
  printf("%d threads counted to %d\n", THREADS, (int)counted);

  safewasm_sharedmemory_delete(memory);
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
  return counted == THREADS * TIMES ? 0 : 1;
}
