/* Stores and threads: one at a time, deletion from anywhere, stacks that end. */
#include "check.h"
#include <pthread.h>
#include <stdatomic.h>
#include <ucontext.h>
#include <unistd.h>

/* `spin` sets byte 1 of the memory, and then runs until byte 0 is not 0. */
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
  /* Invalid at once and on each thread, though the call continues. */
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

/* Counts its calls, and traps if another is under way. */
static const char *COUNTER =
    "(module (global $calls (mut i32) (i32.const 0)) (global $busy (mut i32) (i32.const 0))"
    "  (func (export \"count\") (result i32) (local $i i32)"
    "    (if (global.get $busy) (then unreachable))"
    "    (global.set $busy (i32.const 1))"
    "    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))"
    "    (loop $again (br_if $again (i32.lt_s"
    "      (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 20))))"
    "    (global.set $busy (i32.const 0))"
    "    (global.get $calls)))";

typedef struct {
  atomic_int arrived;
  safewasm_func_t *funcs[2];
  int successes[2][2];
} turns_t;

enum { ROUNDS = 2000, CALLS = 200 };

/* Waits for the other thread, so that both continue at the same moment. */
static void meet(turns_t *turns) {
  const int all = atomic_fetch_add(&turns->arrived, 1) / 2 * 2 + 2;
  while (atomic_load(&turns->arrived) < all) sched_yield();
}

/* Calls both functions in turn, as the other thread does. */
static void call_both(turns_t *turns, int thread) {
  for (int i = 0; i < CALLS; i++) {
    /* The first thread calls in its own store, which it still owns when the other thread enters it. */
    const int which = i < CALLS / 4 ? thread : i % 2;
    safewasm_slot_t slot;
    safewasm_error_t *error = safewasm_func_call_slots(turns->funcs[which], &slot, 1);
    if (error == NULL)
      turns->successes[thread][which]++;
    else
      FAILS(error, STORE_BUSY, "`func`");
  }
}

static void *take_turns(void *arg) {
  turns_t *turns = arg;
  for (int round = 0; round < ROUNDS; round++) {
    world_t world = new_world(COUNTER);
    safewasm_extern_t count = get_export(world.instance, "count");
    turns->funcs[1] = count.of.func;
    meet(turns);
    call_both(turns, 1);
    meet(turns);
    meet(turns);
    safewasm_extern_delete(&count);
    delete_world(world);
  }
  return NULL;
}

TEST(threads_that_call_into_stores_of_each_other_are_never_inside_together) {
  turns_t turns = {0};
  pthread_t thread;
  pthread_create(&thread, NULL, take_turns, &turns);
  for (int round = 0; round < ROUNDS; round++) {
    world_t world = new_world(COUNTER);
    safewasm_extern_t count = get_export(world.instance, "count");
    turns.funcs[0] = count.of.func;
    memset(turns.successes, 0, sizeof turns.successes);
    meet(&turns);
    call_both(&turns, 0);
    meet(&turns);
    for (int i = 0; i < 2; i++) {
      safewasm_slot_t slot;
      OK(safewasm_func_call_slots(turns.funcs[i], &slot, 1));
      CHECK(slot.i32 == turns.successes[0][i] + turns.successes[1][i] + 1);
      CHECK(slot.i32 > 1);
    }
    meet(&turns);
    safewasm_extern_delete(&count);
    delete_world(world);
  }
  pthread_join(thread, NULL);
}

static void *make_counter(void *arg) {
  world_t *world = arg;
  *world = new_world(COUNTER);
  safewasm_extern_t count = get_export(world->instance, "count");
  safewasm_slot_t slot;
  OK(safewasm_func_call_slots(count.of.func, &slot, 1));
  safewasm_extern_delete(&count);
  return NULL;
}

TEST(a_store_outlives_the_thread_that_made_it) {
  for (int round = 0; round < 20; round++) {
    world_t worlds[2];
    for (int i = 0; i < 2; i++) {
      pthread_t thread;
      pthread_create(&thread, NULL, make_counter, &worlds[i]);
      pthread_join(thread, NULL);
    }
    for (int i = 0; i < 2; i++) {
      safewasm_extern_t count = get_export(worlds[i].instance, "count");
      call_t call = {.func = count.of.func, .slots_len = 1};
      run_call(&call);
      OK(call.error);
      pthread_t thread;
      pthread_create(&thread, NULL, run_call, &call);
      pthread_join(thread, NULL);
      OK(call.error);
      CHECK(call.slot.i32 == 3);
      safewasm_extern_delete(&count);
      delete_world(worlds[i]);
      CHECK(!safewasm_store_is_valid(worlds[i].store));
    }
  }
}

enum { NESTED = 12 };

typedef struct {
  world_t worlds[NESTED];
  safewasm_extern_t exports[NESTED];
  int depth;
} nest_t;

/* Another thread's view while a thread is inside all of the stores. */
static void *look_into_nest(void *arg) {
  nest_t *nest = arg;
  for (int i = 0; i < NESTED; i++) {
    call_t call = {.func = nest->exports[i].of.func, .slots_len = 1};
    run_call(&call);
    FAILS(call.error, STORE_BUSY, "`func`");
  }
  safewasm_store_delete(nest->worlds[1].store);
  safewasm_store_delete(nest->worlds[NESTED - 1].store);
  return NULL;
}

static safewasm_error_t *call_next(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                   size_t slots_len) {
  (void)caller;
  nest_t *nest = env;
  if (nest->depth < NESTED)
    return safewasm_func_call_slots(nest->exports[nest->depth++].of.func, slots, slots_len);
  pthread_t thread;
  pthread_create(&thread, NULL, look_into_nest, nest);
  pthread_join(thread, NULL);
  slots[0].i32 = 0;
  return NULL;
}

TEST(a_thread_is_inside_many_stores_at_once) {
  nest_t nest = {0};
  safewasm_engine_t *engine = new_engine();
  const safewasm_valtype_t i32 = {.kind = SAFEWASM_VAL_I32};
  safewasm_functype_t *type;
  OK(safewasm_functype_new(engine, NULL, 0, &i32, 1, &type));
  safewasm_module_t *module = new_module(
      engine, "(module (import \"\" \"next\" (func $next (result i32)))"
              "  (func (export \"add\") (result i32) (i32.add (call $next) (i32.const 1))))");
  for (int i = 0; i < NESTED; i++) {
    world_t *world = &nest.worlds[i];
    OK(safewasm_store_new(engine, &world->store));
    safewasm_extern_t next = {.kind = SAFEWASM_EXTERN_FUNC};
    OK(safewasm_func_new_slots(world->store, type, call_next, &nest, NULL, &next.of.func));
    OK(safewasm_instance_new(world->store, module, &next, 1, &world->instance));
    safewasm_extern_delete(&next);
    nest.exports[i] = get_export(world->instance, "add");
  }
  safewasm_slot_t slot;
  nest.depth = 1;
  OK(safewasm_func_call_slots(nest.exports[0].of.func, &slot, 1));
  CHECK(slot.i32 == NESTED);
  for (int i = 0; i < NESTED; i++) {
    const bool deleted = i == 1 || i == NESTED - 1;
    CHECK(safewasm_store_is_valid(nest.worlds[i].store) == !deleted);
    nest.depth = NESTED - 1;
    safewasm_error_t *error = safewasm_func_call_slots(nest.exports[i].of.func, &slot, 1);
    /* The innermost store is deleted, so each call ends with an error. */
    FAILS(error, INVALID_HANDLE, "`func`");
  }
  for (int i = 0; i < NESTED; i++) {
    safewasm_extern_delete(&nest.exports[i]);
    safewasm_instance_delete(nest.worlds[i].instance);
    safewasm_store_delete(nest.worlds[i].store);
  }
  safewasm_module_delete(module);
  safewasm_functype_delete(type);
  safewasm_engine_delete(engine);
}

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

enum { COROUTINE_STACK = 4 << 20 };
static char *stack;

static const void *stack_of_coroutine(void *task, size_t *size_out, int32_t *scratch) {
  (void)task, (void)scratch;
  *size_out = COROUTINE_STACK;
  return stack;
}

TEST(a_coroutine_calls_on_a_stack_of_its_own_that_a_hook_knows) {
  const safewasm_hooks_t hooks = {.size = sizeof hooks, .task_stack = stack_of_coroutine};
  safewasm_config_t *config = NULL;
  world_t world = {NULL, NULL, NULL, NULL};
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_signals_based_traps(config, getenv("SAFEWASM_TEST_NO_SIGNALS") == NULL));
  OK(safewasm_config_set_hooks(config, &hooks));
  OK(safewasm_engine_new(config, &world.engine));
  OK(safewasm_store_new(world.engine, &world.store));
  world.module = new_module(world.engine, SPIN);
  OK(safewasm_instance_new(world.store, world.module, NULL, 0, &world.instance));
  safewasm_extern_t deep = get_export(world.instance, "deep");
  const size_t size = COROUTINE_STACK;
  stack = malloc(size);
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
  /* Valgrind runs one thread at a time, for long slices: each thread would wait for the other's slice. */
  RUN_NATIVELY(a_store_in_use_is_busy_and_may_be_deleted_meanwhile);
  RUN_NATIVELY(deleting_on_another_thread_disturbs_no_call);
  RUN(threads_share_an_engine);
  RUN(a_store_outlives_the_thread_that_made_it);
  RUN(a_thread_is_inside_many_stores_at_once);
  RUN_NATIVELY(threads_that_call_into_stores_of_each_other_are_never_inside_together);
  RUN_NATIVELY(runaway_recursion_on_any_stack_is_a_trap);
  RUN_NATIVELY(a_coroutine_calls_on_a_stack_of_its_own_that_a_hook_knows);
  return finish("threads");
}
