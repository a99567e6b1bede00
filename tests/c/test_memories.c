/* Memories, shared memories, and views of them: limits, growth, addresses, threads. */
#include "check.h"
#include <pthread.h>
#include <stdatomic.h>

enum { PAGE = 65536 };

static const safewasm_memorytype_t ONE_PAGE = {.min = 1};
static const safewasm_memorytype_t ONE_TO_THREE = {.min = 1, .max = 3, .has_max = true};
static const safewasm_memorytype_t SHARED = {
    .min = 1, .max = 4, .has_max = true, .is_shared = true};

static safewasm_engine_t *new_engine_with(bool shared_memory, bool custom_page_sizes) {
  safewasm_config_t *config;
  safewasm_engine_t *engine;
  OK(safewasm_config_new(&config));
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) {
    OK(safewasm_config_set_signals_based_traps(config, false));
  }
  OK(safewasm_config_set_shared_memory(config, shared_memory));
  OK(safewasm_config_set_feature(config, SAFEWASM_FEATURE_CUSTOM_PAGE_SIZES,
                                 custom_page_sizes));
  OK(safewasm_engine_new(config, &engine));
  return engine;
}

static safewasm_memory_t *new_memory(safewasm_store_t *store, safewasm_memorytype_t type) {
  safewasm_memory_t *memory;
  OK(safewasm_memory_new(store, &type, &memory));
  return memory;
}

static uint64_t pages_of(safewasm_memory_t *memory) {
  safewasm_memorytype_t type;
  OK(safewasm_memory_type(memory, &type));
  return type.min;
}

static int32_t call(safewasm_instance_t *instance, const char *name, int32_t arg) {
  safewasm_extern_t func = get_export(instance, name);
  safewasm_slot_t slot = {.i32 = arg};
  OK(safewasm_func_call_slots(func.of.func, &slot, 1));
  safewasm_extern_delete(&func);
  return slot.i32;
}

TEST(a_memory_is_of_the_type_that_it_was_made_with) {
  const safewasm_memorytype_t types[] = {
      {.min = 0},
      {.min = 2, .page_size = PAGE},
      {.min = 0, .max = 0, .has_max = true},
      {.min = 1, .max = 65536, .has_max = true},
      {.min = 1, .is_64 = true},
      {.min = 1, .max = UINT64_C(1) << 48, .has_max = true, .is_64 = true},
  };
  world_t world = new_world("(module)");
  for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
    safewasm_memory_t *memory = new_memory(world.store, types[i]);
    safewasm_memorytype_t type;
    size_t len;
    OK(safewasm_memory_type(memory, &type));
    OK(safewasm_memory_len(memory, &len));
    CHECK(type.min == types[i].min && type.max == types[i].max && len == type.min * PAGE);
    CHECK(type.has_max == types[i].has_max && type.is_64 == types[i].is_64);
    CHECK(type.page_size == PAGE && !type.is_shared);
    safewasm_memory_delete(memory);
  }
  delete_world(world);
}

TEST(a_type_that_no_memory_can_have_is_refused) {
  world_t world = new_world("(module)");
  safewasm_memory_t *memory;
  const struct {
    safewasm_memorytype_t type;
    const char *text;
  } wrong[] = {
      {{.min = 2, .max = 1, .has_max = true}, "`memorytype->max` is 1, less than"},
      {{.min = 1, .page_size = 3}, "`memorytype->page_size` is 3"},
      {{.min = 1, .page_size = 2}, "it must be 1 or 65536, or 0 for 65536"},
      {{.min = 1, .page_size = UINT64_C(1) << 63}, "`memorytype->page_size`"},
      {{.min = 65537}, "more than 65536 pages; larger memories need `is_64`"},
      {{.min = UINT64_MAX, .is_64 = true}, "more than 281474976710656 pages"},
      {{.min = 0, .max = 65537, .has_max = true}, "`memorytype->max`"},
      {{.min = 1, .max = 2, .has_max = true, .is_shared = true}, "`safewasm_sharedmemory_new`"},
      {{.min = 1, .is_shared = true}, "`memorytype->has_max` is false"},
  };
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    memory = (safewasm_memory_t *)(void *)&world;
    FAILS(safewasm_memory_new(world.store, &wrong[i].type, &memory), INVALID_ARGUMENT,
          wrong[i].text);
    CHECK(memory == NULL);
  }
  FAILS(safewasm_memory_new(world.store, NULL, &memory), NULL_POINTER, "`memorytype`");
  FAILS(safewasm_memory_new(world.store, &ONE_PAGE, NULL), NULL_POINTER, "`memory_out`");
  delete_world(world);
}

TEST(a_memory_too_large_for_the_machine_is_a_limit_and_the_store_works_on) {
  world_t world = new_world("(module)");
  const safewasm_memorytype_t huge = {.min = UINT64_C(1) << 47, .is_64 = true};
  safewasm_memory_t *memory;
  FAILS(safewasm_memory_new(world.store, &huge, &memory), LIMIT, "");
  CHECK(memory == NULL);
  memory = new_memory(world.store, ONE_PAGE);
  CHECK(pages_of(memory) == 1);
  safewasm_memory_delete(memory);
  delete_world(world);
}

TEST(pages_of_one_byte_need_their_feature) {
  const safewasm_memorytype_t bytes = {.min = 5, .max = 9, .page_size = 1, .has_max = true};
  safewasm_engine_t *engine = new_engine_with(false, true);
  safewasm_store_t *store;
  safewasm_memorytype_t type;
  uint64_t previous;
  uint8_t byte = 1;
  OK(safewasm_store_new(engine, &store));
  safewasm_memory_t *memory = new_memory(store, bytes);
  OK(safewasm_memory_type(memory, &type));
  CHECK(type.page_size == 1 && type.min == 5 && type.max == 9);
  OK(safewasm_memory_write(memory, 4, &byte, 1));
  FAILS(safewasm_memory_write(memory, 5, &byte, 1), OUT_OF_BOUNDS, "5 bytes");
  OK(safewasm_memory_grow(memory, 4, &previous));
  CHECK(previous == 5);
  OK(safewasm_memory_write(memory, 8, &byte, 1));
  FAILS(safewasm_memory_grow(memory, 1, &previous), LIMIT, "maximum is 9");
  safewasm_memory_delete(memory);

  safewasm_module_t *module = new_module(
      engine, "(module (memory (export \"m\") 7 (pagesize 1))"
              "  (func (export \"load\") (param i32) (result i32) (i32.load8_u (local.get 0))))");
  safewasm_instance_t *instance;
  OK(safewasm_instance_new(store, module, NULL, 0, &instance));
  CHECK(call(instance, "load", 6) == 0);
  safewasm_extern_t load = get_export(instance, "load");
  safewasm_slot_t slot = {.i32 = 7};
  FAILS(safewasm_func_call_slots(load.of.func, &slot, 1), TRAP, "out of bounds");
  safewasm_extern_delete(&load);
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  safewasm_store_delete(store);
  safewasm_engine_delete(engine);
}

TEST(a_memory_grows_to_its_maximum_and_no_further) {
  world_t world = new_world("(module)");
  safewasm_memory_t *memory = new_memory(world.store, ONE_TO_THREE);
  uint64_t previous;
  uint8_t last = 9;
  OK(safewasm_memory_grow(memory, 0, &previous));
  CHECK(previous == 1);
  OK(safewasm_memory_write(memory, PAGE - 1, &last, 1));
  OK(safewasm_memory_grow(memory, 2, &previous));
  CHECK(previous == 1 && pages_of(memory) == 3);
  const uint64_t too_many[] = {1, 65536, UINT32_MAX, UINT64_C(1) << 48, UINT64_MAX};
  for (size_t i = 0; i < sizeof too_many / sizeof too_many[0]; i++) {
    previous = 77;
    FAILS(safewasm_memory_grow(memory, too_many[i], &previous), LIMIT, "its maximum is 3");
    CHECK(previous == 0 && pages_of(memory) == 3);
  }
  FAILS(safewasm_memory_grow(memory, 0, NULL), NULL_POINTER, "`previous_out`");
  last = 0;
  OK(safewasm_memory_read(memory, PAGE - 1, &last, 1));
  CHECK(last == 9);
  OK(safewasm_memory_read(memory, 3 * PAGE - 1, &last, 1));
  CHECK(last == 0);
  safewasm_memory_delete(memory);
  delete_world(world);
}

TEST(all_memories_of_a_store_share_its_limit) {
  world_t world = new_world(
      "(module (memory (export \"m\") 1)"
      "  (func (export \"grow\") (param i32) (result i32) (memory.grow (local.get 0))))");
  safewasm_memory_t *memory, *none;
  uint64_t previous;
  OK(safewasm_store_set_memory_limit(world.store, 4 * PAGE));
  memory = new_memory(world.store, ONE_TO_THREE);
  CHECK(call(world.instance, "grow", 1) == 1);
  FAILS(safewasm_memory_grow(memory, 2, &previous), LIMIT, "the store's memory limit is");
  CHECK(call(world.instance, "grow", 2) == -1 && call(world.instance, "grow", -1) == -1);
  /* A failed request is not charged. */
  for (int i = 0; i < 5; i++) {
    FAILS(safewasm_memory_grow(memory, UINT64_MAX, &previous), LIMIT, "`memory`");
  }
  OK(safewasm_memory_grow(memory, 1, &previous));
  CHECK(previous == 1 && call(world.instance, "grow", 1) == -1);
  FAILS(safewasm_memory_new(world.store, &ONE_PAGE, &none), LIMIT, "limit");
  OK(safewasm_store_set_memory_limit(world.store, 5 * PAGE));
  CHECK(call(world.instance, "grow", 1) == 2 && call(world.instance, "grow", 1) == -1);
  /* A limit below the current size takes nothing away. */
  OK(safewasm_store_set_memory_limit(world.store, 0));
  CHECK(pages_of(memory) == 2 && call(world.instance, "grow", 0) == 3);
  OK(safewasm_memory_grow(memory, 0, &previous));
  OK(safewasm_store_set_memory_limit(world.store, UINT64_MAX));
  OK(safewasm_memory_grow(memory, 1, &previous));
  safewasm_memory_delete(memory);
  delete_world(world);
}

TEST(no_access_reaches_beyond_the_end_of_a_memory) {
  world_t world = new_world("(module)");
  safewasm_memory_t *memory = new_memory(world.store, ONE_PAGE);
  uint8_t bytes[] = {1, 2, 3, 4};
  const struct {
    uint64_t address;
    size_t len;
  } beyond[] = {{PAGE, 1},           {PAGE - 3, 4},           {PAGE + 1, 0},
                {UINT32_MAX, 1},     {UINT64_C(1) << 32, 1},  {UINT64_MAX, 0},
                {UINT64_MAX, 1},     {UINT64_MAX - 3, 4},     {UINT64_MAX - 2, 4},
                {(uint64_t)INT64_MAX, 4}, {UINT64_C(1) << 63, 4}};
  for (size_t i = 0; i < sizeof beyond / sizeof beyond[0]; i++) {
    FAILS(safewasm_memory_write(memory, beyond[i].address, bytes, beyond[i].len), OUT_OF_BOUNDS,
          "65536 bytes");
    FAILS(safewasm_memory_read(memory, beyond[i].address, bytes, beyond[i].len), OUT_OF_BOUNDS,
          "`address`");
  }
  CHECK(bytes[0] == 1 && bytes[3] == 4);
  uint8_t back[4] = {9, 9, 9, 9};
  OK(safewasm_memory_read(memory, PAGE - 4, back, 4));
  CHECK(back[0] == 0 && back[3] == 0); /* none of the four was written */
  OK(safewasm_memory_write(memory, PAGE - 4, bytes, 4));
  OK(safewasm_memory_read(memory, PAGE - 2, back, 2));
  CHECK(back[0] == 3 && back[1] == 4);
  OK(safewasm_memory_read(memory, PAGE, NULL, 0));
  OK(safewasm_memory_write(memory, 0, NULL, 0));
  FAILS(safewasm_memory_read(memory, 0, NULL, 1), NULL_POINTER, "`data`");
  FAILS(safewasm_memory_write(memory, 0, NULL, 1), NULL_POINTER, "`data`");
  safewasm_memory_delete(memory);
  FAILS(safewasm_memory_read(memory, 0, back, 1), INVALID_HANDLE, "`memory`");
  delete_world(world);
}

TEST(bytes_may_be_copied_within_a_memory) {
  world_t world = new_world("(module (memory (export \"m\") 1) (data (i32.const 0) \"abcdef\"))");
  safewasm_extern_t memory = get_export(world.instance, "m");
  safewasm_view_t *view;
  const safewasm_cell_t *cell;
  OK(safewasm_memory_view(memory.of.memory, &view, &cell));
  OK(safewasm_memory_write(memory.of.memory, 2, cell->data, 6));
  CHECK(memcmp(cell->data, "ababcdef", 8) == 0);
  OK(safewasm_memory_read(memory.of.memory, 1, cell->data, 7));
  CHECK(memcmp(cell->data, "babcdeff", 8) == 0);
  safewasm_view_delete(view);
  safewasm_extern_delete(&memory);
  delete_world(world);
}

TEST(a_view_shows_growth_whoever_grew_the_memory) {
  world_t world = new_world(
      "(module (memory (export \"m\") 1)"
      "  (func (export \"grow\") (param i32) (result i32) (memory.grow (local.get 0)))"
      "  (func (export \"load\") (param i32) (result i32) (i32.load8_u (local.get 0))))");
  safewasm_extern_t memory = get_export(world.instance, "m");
  safewasm_view_t *views[2];
  const safewasm_cell_t *cells[2];
  uint64_t previous;
  OK(safewasm_memory_view(memory.of.memory, &views[0], &cells[0]));
  OK(safewasm_memory_view(memory.of.memory, &views[1], &cells[1]));
  CHECK(views[0] != views[1] && cells[0]->data == cells[1]->data && cells[0]->len == PAGE);
  CHECK(call(world.instance, "grow", 3) == 1);
  CHECK(cells[0]->len == 4 * PAGE && cells[1]->len == 4 * PAGE);
  OK(safewasm_memory_grow(memory.of.memory, 2, &previous));
  CHECK(previous == 4 && cells[0]->len == 6 * PAGE && cells[0]->data == cells[1]->data);
  cells[0]->data[6 * PAGE - 1] = 200;
  CHECK(call(world.instance, "load", 6 * PAGE - 1) == 200);
  /* A view doesn't need the handle of its memory. */
  safewasm_extern_delete(&memory);
  CHECK(call(world.instance, "grow", 1) == 6 && cells[1]->len == 7 * PAGE);
  const uint64_t generation = cells[0]->generation;
  safewasm_view_delete(views[0]);
  CHECK(!safewasm_view_is_valid(views[0]) && safewasm_view_is_valid(views[1]));
  CHECK(call(world.instance, "grow", 1) == 7 && cells[1]->len == 8 * PAGE);
  CHECK(cells[0]->data == NULL || cells[0]->generation != generation);
  safewasm_store_delete(world.store);
  CHECK(cells[1]->data == NULL && cells[1]->len == 0 && safewasm_view_is_valid(views[1]));
  safewasm_view_delete(views[1]);
  delete_world(world);
}

TEST(the_memories_of_a_module_are_told_apart) {
  world_t world = new_world(
      "(module (memory (export \"a\") 1) (memory (export \"b\") i64 2 5) (memory (export \"c\") 0)"
      "  (data (memory 1) (i64.const 3) \"b\")"
      "  (func (export \"copy\") (param i32) (result i32)"
      "    (memory.copy 0 1 (i32.const 0) (i64.const 3) (local.get 0))"
      "    (i32.load8_u 0 (i32.const 0)))"
      "  (func (export \"grow\") (param i32) (result i32) (memory.grow 2 (local.get 0))))");
  safewasm_extern_t a = get_export(world.instance, "a"), b = get_export(world.instance, "b"),
                    c = get_export(world.instance, "c");
  safewasm_memorytype_t type;
  OK(safewasm_memory_type(b.of.memory, &type));
  CHECK(type.is_64 && type.min == 2 && type.max == 5);
  CHECK(call(world.instance, "copy", 1) == 'b');
  CHECK(call(world.instance, "grow", 4) == 0);
  CHECK(pages_of(a.of.memory) == 1 && pages_of(b.of.memory) == 2 && pages_of(c.of.memory) == 4);
  /* One memory may be given to another module, which then changes it. */
  safewasm_module_t *module =
      new_module(world.engine, "(module (import \"\" \"m\" (memory i64 1))"
                               "  (func (export \"store\") (param i32) (result i32)"
                               "    (i32.store8 (i64.const 7) (local.get 0)) (i32.const 0)))");
  safewasm_instance_t *instance;
  uint8_t byte;
  FAILS(safewasm_instance_new(world.store, module, &a, 1, &instance), LINK, "given memory 1");
  OK(safewasm_instance_new(world.store, module, &b, 1, &instance));
  call(instance, "store", 42);
  OK(safewasm_memory_read(b.of.memory, 7, &byte, 1));
  CHECK(byte == 42);
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  safewasm_extern_delete(&a);
  safewasm_extern_delete(&b);
  safewasm_extern_delete(&c);
  delete_world(world);
}

TEST(a_shared_memory_needs_its_setting_and_its_kind_of_type) {
  safewasm_engine_t *engine = new_engine_with(true, false), *without = new_engine();
  safewasm_sharedmemory_t *memory;
  safewasm_store_t *store;
  safewasm_memory_t *unshared;
  safewasm_memorytype_t type = SHARED;
  FAILS(safewasm_sharedmemory_new(without, &type, &memory), UNSUPPORTED,
        "`safewasm_config_set_shared_memory`");
  FAILS(safewasm_sharedmemory_new(engine, NULL, &memory), NULL_POINTER, "`memorytype`");
  FAILS(safewasm_sharedmemory_new(engine, &ONE_TO_THREE, &memory), INVALID_ARGUMENT,
        "`safewasm_memory_new`");
  type.has_max = false;
  FAILS(safewasm_sharedmemory_new(engine, &type, &memory), INVALID_ARGUMENT, "maximum");
  CHECK(memory == NULL);
  OK(safewasm_store_new(engine, &store));
  FAILS(safewasm_memory_new(store, &SHARED, &unshared), INVALID_ARGUMENT, "is_shared");
  safewasm_store_delete(store);
  safewasm_instance_t *instance;
  safewasm_module_t *module = new_module(without, "(module (memory 1 2 shared))");
  OK(safewasm_store_new(without, &store));
  FAILS(safewasm_instance_new(store, module, NULL, 0, &instance), UNSUPPORTED,
        "`safewasm_config_set_shared_memory`");
  safewasm_store_delete(store);
  safewasm_module_delete(module);
  safewasm_engine_delete(without);
  safewasm_engine_delete(engine);
}

TEST(a_shared_memory_is_read_written_and_grown) {
  safewasm_engine_t *engine = new_engine_with(true, false);
  safewasm_sharedmemory_t *memory;
  safewasm_memorytype_t type;
  uint8_t *data, *again, bytes[] = {1, 2, 3};
  size_t len;
  uint64_t previous;
  OK(safewasm_sharedmemory_new(engine, &SHARED, &memory));
  safewasm_engine_delete(engine);
  CHECK(safewasm_sharedmemory_is_valid(memory));
  OK(safewasm_sharedmemory_data(memory, &data, &len));
  CHECK(len == PAGE && data != NULL);
  OK(safewasm_sharedmemory_grow(memory, 2, &previous));
  CHECK(previous == 1);
  safewasm_error_t *error = safewasm_sharedmemory_grow(memory, 2, &previous);
  CHECK(strstr(safewasm_error_message(error, NULL), "store") == NULL);
  FAILS(error, LIMIT, "`sharedmemory`");
  FAILS(safewasm_sharedmemory_grow(memory, UINT64_MAX, &previous), LIMIT, "maximum is 4");
  OK(safewasm_sharedmemory_type(memory, &type));
  CHECK(type.is_shared && type.has_max && type.min == 3 && type.max == 4 && previous == 0);
  OK(safewasm_sharedmemory_data(memory, &again, &len));
  CHECK(len == 3 * PAGE && again == data);
  OK(safewasm_sharedmemory_write(memory, 3 * PAGE - 3, bytes, 3));
  memset(bytes, 0, 3);
  OK(safewasm_sharedmemory_read(memory, 3 * PAGE - 2, bytes, 2));
  CHECK(bytes[0] == 2 && bytes[1] == 3);
  FAILS(safewasm_sharedmemory_write(memory, 3 * PAGE - 2, bytes, 3), OUT_OF_BOUNDS, "196608");
  FAILS(safewasm_sharedmemory_read(memory, UINT64_MAX, bytes, 3), OUT_OF_BOUNDS, "`address`");
  FAILS(safewasm_sharedmemory_read(memory, 0, NULL, 3), NULL_POINTER, "`data`");
  OK(safewasm_sharedmemory_read(memory, 3 * PAGE, NULL, 0));
  safewasm_sharedmemory_delete(memory);
  FAILS(safewasm_sharedmemory_data(memory, &data, &len), INVALID_HANDLE, "`sharedmemory`");
  CHECK(data == NULL && len == 0);
}

static const char *ADDER =
    "(module (import \"\" \"m\" (memory 1 4 shared)) (export \"m\" (memory 0))"
    "  (func (export \"add\") (param i32) (result i32)"
    "    (loop $again (drop (i32.atomic.rmw.add (i32.const 8) (i32.const 1)))"
    "      (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
    "    (memory.grow (i32.const 1))))";

typedef struct {
  safewasm_engine_t *engine;
  safewasm_module_t *module;
  safewasm_sharedmemory_t *memory;
  atomic_int *ready;
} adder_t;

enum { ROUNDS = 20000 };

static void *add(void *of) {
  const adder_t *adder = of;
  safewasm_extern_t memory = {SAFEWASM_EXTERN_SHARED_MEMORY, {.sharedmemory = adder->memory}};
  safewasm_store_t *store;
  safewasm_instance_t *instance;
  OK(safewasm_store_new(adder->engine, &store));
  OK(safewasm_instance_new(store, adder->module, &memory, 1, &instance));
  atomic_fetch_add(adder->ready, 1);
  while (atomic_load(adder->ready) < 2) continue;
  call(instance, "add", ROUNDS);
  safewasm_instance_delete(instance);
  safewasm_store_delete(store);
  return NULL;
}

TEST(two_stores_on_two_threads_add_to_one_memory) {
  atomic_int ready = 0;
  adder_t adder = {.ready = &ready};
  adder.engine = new_engine_with(true, false);
  adder.module = new_module(adder.engine, ADDER);
  OK(safewasm_sharedmemory_new(adder.engine, &SHARED, &adder.memory));
  pthread_t threads[2];
  for (int i = 0; i < 2; i++) CHECK(pthread_create(&threads[i], NULL, add, &adder) == 0);
  for (int i = 0; i < 2; i++) CHECK(pthread_join(threads[i], NULL) == 0);
  uint8_t *data;
  size_t len;
  OK(safewasm_sharedmemory_data(adder.memory, &data, &len));
  CHECK(len == 3 * PAGE); /* each of them grew it */
  CHECK(atomic_load((_Atomic int32_t *)(void *)(data + 8)) == 2 * ROUNDS);
  safewasm_sharedmemory_delete(adder.memory);
  safewasm_module_delete(adder.module);
  safewasm_engine_delete(adder.engine);
}

TEST(a_shared_memory_comes_out_of_an_instance_and_outlives_it) {
  safewasm_engine_t *engine = new_engine_with(true, false), *other = new_engine_with(true, false);
  safewasm_module_t *module = new_module(engine, ADDER), *foreign = new_module(other, ADDER);
  safewasm_store_t *store, *elsewhere;
  safewasm_instance_t *instance;
  safewasm_extern_t given = {.kind = SAFEWASM_EXTERN_SHARED_MEMORY};
  OK(safewasm_sharedmemory_new(engine, &SHARED, &given.of.sharedmemory));
  OK(safewasm_store_new(engine, &store));
  OK(safewasm_store_new(other, &elsewhere));
  FAILS(safewasm_instance_new(elsewhere, foreign, &given, 1, &instance), WRONG_ENGINE,
        "`imports[0].of.sharedmemory`");
  OK(safewasm_instance_new(store, module, &given, 1, &instance));
  safewasm_extern_delete(&given);
  safewasm_extern_t memory = get_export(instance, "m");
  CHECK(memory.kind == SAFEWASM_EXTERN_SHARED_MEMORY);
  CHECK(call(instance, "add", 5) == 1);
  safewasm_instance_delete(instance);
  safewasm_store_delete(store);
  uint8_t sum;
  OK(safewasm_sharedmemory_read(memory.of.sharedmemory, 8, &sum, 1));
  CHECK(sum == 5);
  safewasm_extern_delete(&memory);
  safewasm_module_delete(module);
  safewasm_module_delete(foreign);
  safewasm_store_delete(elsewhere);
  safewasm_engine_delete(other);
  safewasm_engine_delete(engine);
}

TEST(a_shared_memory_and_another_do_not_stand_in_for_each_other) {
  safewasm_engine_t *engine = new_engine_with(true, false);
  safewasm_module_t *module = new_module(engine, ADDER);
  safewasm_module_t *unshared = new_module(engine, "(module (import \"\" \"m\" (memory 1 4)))");
  safewasm_extern_t shared = {.kind = SAFEWASM_EXTERN_SHARED_MEMORY};
  safewasm_extern_t own = {.kind = SAFEWASM_EXTERN_MEMORY};
  safewasm_store_t *store;
  safewasm_instance_t *instance;
  const safewasm_memorytype_t type = {.min = 1, .max = 4, .has_max = true};
  OK(safewasm_store_new(engine, &store));
  OK(safewasm_sharedmemory_new(engine, &SHARED, &shared.of.sharedmemory));
  own.of.memory = new_memory(store, type);
  FAILS(safewasm_instance_new(store, module, &own, 1, &instance), LINK, "memory 1 4 shared");
  FAILS(safewasm_instance_new(store, unshared, &shared, 1, &instance), LINK, "memory 1 4 shared");
  own.kind = SAFEWASM_EXTERN_SHARED_MEMORY;
  FAILS(safewasm_instance_new(store, module, &own, 1, &instance), INVALID_HANDLE,
        "`imports[0].of.sharedmemory`");
  own.kind = SAFEWASM_EXTERN_MEMORY;
  safewasm_extern_delete(&own);
  safewasm_extern_delete(&shared);
  safewasm_store_delete(store);
  safewasm_module_delete(module);
  safewasm_module_delete(unshared);
  safewasm_engine_delete(engine);
}

int main(void) {
  RUN(a_memory_is_of_the_type_that_it_was_made_with);
  RUN(a_type_that_no_memory_can_have_is_refused);
  RUN(a_memory_too_large_for_the_machine_is_a_limit_and_the_store_works_on);
  RUN(pages_of_one_byte_need_their_feature);
  RUN(a_memory_grows_to_its_maximum_and_no_further);
  RUN(all_memories_of_a_store_share_its_limit);
  RUN(no_access_reaches_beyond_the_end_of_a_memory);
  RUN(bytes_may_be_copied_within_a_memory);
  RUN(a_view_shows_growth_whoever_grew_the_memory);
  RUN(the_memories_of_a_module_are_told_apart);
  RUN(a_shared_memory_needs_its_setting_and_its_kind_of_type);
  RUN(a_shared_memory_is_read_written_and_grown);
  RUN(two_stores_on_two_threads_add_to_one_memory);
  RUN(a_shared_memory_comes_out_of_an_instance_and_outlives_it);
  RUN(a_shared_memory_and_another_do_not_stand_in_for_each_other);
  return finish("memories");
}
