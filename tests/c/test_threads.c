/* Stores and threads: one at a time, deletion from anywhere, stacks that end. */
#include "check.h"
#include <pthread.h>
#include <stdatomic.h>
#include <ucontext.h>
#include <unistd.h>

/* `spin` runs until byte 0 of the memory is not 0, and tells of its start in byte 1. */
static const char *SPIN =
    "(module (memory (export \"memory\") 1)"
    "  (func (export \"spin\") (result i32)"
    "    (i32.store8 (i32.const 1) (i32.const 1))"
    "    (loop $again (br_if $again (i32.eqz (i32.load8_u (i32.const 0)))))"
    "    (i32.const 7))"
    "  (func (export \"one\") (result i32) (i32.const 1))"
    "  (func $deep (export \"deep\") (call $deep)))";

typedef struct {
  safewasm_func_t *func;
  safewasm_error_t *error;
  safewasm_slot_t slot;
  size_t slots_len;
} call_t;

static void *run_call(void *arg) {
  call_t *call = arg;
  call->error = safewasm_func_call_slots(call->func, &call->slot, call->slots_len);
  return NULL;
}

TEST(a_store_may_move_to_another_thread) {
  world_t world = new_world(SPIN);
  safewasm_extern_t one = get_export(world.instance, "one");
  call_t call = {.func = one.of.func, .slots_len = 1};
  pthread_t thread;
  pthread_create(&thread, NULL, run_call, &call);
  pthread_join(thread, NULL);
  OK(call.error);
  CHECK(call.slot.i32 == 1);
  safewasm_extern_delete(&one);
  delete_world(world);
}

TEST(a_store_in_use_is_busy_and_may_be_deleted_meanwhile) {
  world_t world = new_world(SPIN);
  safewasm_extern_t spin = get_export(world.instance, "spin");
  safewasm_extern_t memory = get_export(world.instance, "memory");
  safewasm_view_t *view;
  const safewasm_cell_t *cell;
  OK(safewasm_memory_view(memory.of.memory, &view, &cell));
  _Atomic uint8_t *bytes = (_Atomic uint8_t *)cell->data;
  call_t call = {.func = spin.of.func, .slots_len = 1};
  pthread_t thread;
  pthread_create(&thread, NULL, run_call, &call);
  while (atomic_load(&bytes[1]) == 0) usleep(100);

  size_t len;
  safewasm_instance_t *instance;
  FAILS(safewasm_memory_len(memory.of.memory, &len), STORE_BUSY, "`memory`");
  FAILS(safewasm_instance_new(world.store, world.module, NULL, 0, &instance), STORE_BUSY,
        "`store`");
  /* Invalid at once and everywhere, though the call goes on. */
  safewasm_store_delete(world.store);
  CHECK(!safewasm_store_is_valid(world.store) && !safewasm_func_is_valid(spin.of.func));
  FAILS(safewasm_memory_len(memory.of.memory, &len), INVALID_HANDLE, "`memory`");

  atomic_store(&bytes[0], 1);
  pthread_join(thread, NULL);
  OK(call.error);
  CHECK(call.slot.i32 == 7);
  CHECK(cell->data == NULL);
  safewasm_view_delete(view);
  safewasm_extern_delete(&spin);
  safewasm_extern_delete(&memory);
  delete_world(world);
}

typedef struct {
  safewasm_func_t *funcs[2000];
  atomic_size_t made;
  atomic_bool done;
} queue_t;

static void *delete_queued(void *arg) {
  queue_t *queue = arg;
  for (size_t i = 0; i < 2000; i++) {
    while (atomic_load(&queue->made) <= i) sched_yield();
    safewasm_func_delete(queue->funcs[i]);
  }
  atomic_store(&queue->done, true);
  return NULL;
}

TEST(deleting_on_another_thread_disturbs_no_call) {
  static queue_t queue;
  world_t world = new_world(SPIN);
  safewasm_extern_t one = get_export(world.instance, "one");
  pthread_t thread;
  pthread_create(&thread, NULL, delete_queued, &queue);
  size_t made = 0;
  while (!atomic_load(&queue.done)) {
    safewasm_slot_t slot;
    OK(safewasm_func_call_slots(one.of.func, &slot, 1));
    if (made < 2000) {
      queue.funcs[made] = get_export(world.instance, "one").of.func;
      atomic_store(&queue.made, ++made);
    }
  }
  pthread_join(thread, NULL);
  for (size_t i = 0; i < 2000; i++) CHECK(!safewasm_func_is_valid(queue.funcs[i]));
  CHECK(safewasm_func_is_valid(one.of.func));
  safewasm_extern_delete(&one);
  delete_world(world);
}

static void *make_and_delete(void *arg) {
  safewasm_engine_t *engine = arg;
  for (int round = 0; round < 500; round++) {
    safewasm_store_t *store = NULL;
    OK(safewasm_store_new(engine, &store));
    safewasm_store_delete(store);
  }
  return NULL;
}

TEST(threads_share_an_engine) {
  safewasm_engine_t *engine = new_engine();
  pthread_t threads[4];
  for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, make_and_delete, engine);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
  safewasm_engine_delete(engine);
}

static call_t call_on_stack_of(safewasm_func_t *func, size_t size) {
  call_t call = {.func = func};
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, size);
  pthread_create(&thread, &attributes, run_call, &call);
  pthread_join(thread, NULL);
  pthread_attr_destroy(&attributes);
  return call;
}

TEST(runaway_recursion_on_any_stack_is_a_trap) {
  world_t world = new_world(SPIN);
  safewasm_extern_t deep = get_export(world.instance, "deep");
  for (size_t size = 256 << 10; size <= 2048 << 10; size += 128 << 10) {
    call_t call = call_on_stack_of(deep.of.func, size);
    CHECK(safewasm_error_trap_code(call.error) == SAFEWASM_TRAP_STACK_OVERFLOW);
    FAILS(call.error, TRAP, "call stack exhausted");
  }
  safewasm_extern_delete(&deep);
  delete_world(world);
}

/* A shared memory that a thread reads while another grows it. */
typedef struct {
  safewasm_sharedmemory_t *memory;
  atomic_bool done;
} growing_t;

static void *read_the_end(void *arg) {
  growing_t *growing = arg;
  for (size_t before = 0; !atomic_load(&growing->done);) {
    uint8_t *data, bytes[64] = {0};
    size_t len;
    safewasm_memorytype_t type;
    OK(safewasm_sharedmemory_data(growing->memory, &data, &len));
    OK(safewasm_sharedmemory_type(growing->memory, &type));
    OK(safewasm_sharedmemory_read(growing->memory, len - 64, bytes, 64));
    CHECK(len >= before && type.min * 65536 >= len && bytes[63] <= 1);
    CHECK(__atomic_load_n(&data[len - 1], __ATOMIC_RELAXED) <= 1);
    before = len;
  }
  return NULL;
}

TEST(a_shared_memory_is_read_while_it_grows) {
  safewasm_config_t *config;
  safewasm_engine_t *engine;
  growing_t growing = {NULL, false};
  pthread_t threads[2];
  uint64_t previous;
  const safewasm_memorytype_t type = {.min = 1, .max = 200, .has_max = true, .is_shared = true};
  const uint8_t one = 1;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_signals_based_traps(config, getenv("SAFEWASM_TEST_NO_SIGNALS") == NULL));
  OK(safewasm_config_set_shared_memory(config, true));
  OK(safewasm_engine_new(config, &engine));
  OK(safewasm_sharedmemory_new(engine, &type, &growing.memory));
  for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, read_the_end, &growing);
  for (uint64_t pages = 1; pages < 200; pages++) {
    OK(safewasm_sharedmemory_grow(growing.memory, 1, &previous));
    CHECK(previous == pages);
    OK(safewasm_sharedmemory_write(growing.memory, (pages + 1) * 65536 - 1, &one, 1));
  }
  atomic_store(&growing.done, true);
  for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
  safewasm_sharedmemory_delete(growing.memory);
  safewasm_engine_delete(engine);
}

static ucontext_t caller;
static call_t call_of_coroutine;

static void run_coroutine(void) { run_call(&call_of_coroutine); }

TEST(a_coroutine_calls_on_a_stack_of_its_own) {
  world_t world = new_world(SPIN);
  safewasm_extern_t deep = get_export(world.instance, "deep");
  const size_t size = 4 << 20;
  char *stack = malloc(size);
  ucontext_t coroutine;
  getcontext(&coroutine);
  coroutine.uc_stack.ss_sp = stack;
  coroutine.uc_stack.ss_size = size;
  coroutine.uc_link = &caller;
  call_of_coroutine = (call_t){.func = deep.of.func};
  makecontext(&coroutine, run_coroutine, 0);
  swapcontext(&caller, &coroutine);
  FAILS(call_of_coroutine.error, TRAP, "call stack exhausted");
  free(stack);
  safewasm_extern_delete(&deep);
  delete_world(world);
}

int main(void) {
  RUN(a_shared_memory_is_read_while_it_grows);
  RUN(a_store_may_move_to_another_thread);
  /* Valgrind runs one thread at a time, and long: the two would wait for each other's turns. */
  RUN_NATIVELY(a_store_in_use_is_busy_and_may_be_deleted_meanwhile);
  RUN_NATIVELY(deleting_on_another_thread_disturbs_no_call);
  RUN(threads_share_an_engine);
  RUN_NATIVELY(runaway_recursion_on_any_stack_is_a_trap);
  RUN_NATIVELY(a_coroutine_calls_on_a_stack_of_its_own);
  return finish("threads");
}
