/* Limits of configs and stores: features, stack, fuel, memory, tables. */
#include "check.h"
#include <pthread.h>

static safewasm_config_t *new_config(void) {
  safewasm_config_t *config;
  OK(safewasm_config_new(&config));
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) {
    OK(safewasm_config_set_signals_based_traps(config, false));
  }
  return config;
}

/* An instance on an engine with that config, which is consumed. */
static world_t new_world_with(safewasm_config_t *config, const char *text) {
  world_t world = {NULL, NULL, NULL, NULL};
  OK(safewasm_engine_new(config, &world.engine));
  OK(safewasm_store_new(world.engine, &world.store));
  world.module = new_module(world.engine, text);
  OK(safewasm_instance_new(world.store, world.module, NULL, 0, &world.instance));
  return world;
}

/* Calls an export (i32) -> i32. */
static safewasm_error_t *call(world_t world, const char *name, int32_t argument, int32_t *result) {
  safewasm_extern_t func = get_export(world.instance, name);
  safewasm_slot_t slot = {.i32 = argument};
  safewasm_error_t *error = safewasm_func_call_slots(func.of.func, &slot, 1);
  safewasm_extern_delete(&func);
  *result = slot.i32;
  return error;
}

static safewasm_error_t *make(safewasm_store_t *store, const char *text) {
  safewasm_engine_t *engine;
  safewasm_instance_t *instance;
  OK(safewasm_store_engine(store, &engine));
  safewasm_module_t *module = new_module(engine, text);
  safewasm_error_t *error = safewasm_instance_new(store, module, NULL, 0, &instance);
  CHECK((error == NULL) == (instance != NULL));
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
  return error;
}

/* In the order of `safewasm_feature_t`: a module that uses the feature, and the error if the
   feature is off. */
static const struct {
  bool by_default;
  const char *text, *said;
} FEATURES[] = {
    {true, "(module (func (result i32 i32) i32.const 1 i32.const 2))", "multi-value"},
    {true, "(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))))",
     "bulk memory"},
    {true, "(module (func (param externref)))", "reference types"},
    {true, "(module (func (param v128)))", "SIMD"},
    {true, "(module (func (param v128) (drop (i32x4.relaxed_trunc_f32x4_s (local.get 0)))))",
     "relaxed SIMD"},
    {true, "(module (memory 1) (func (drop (i32.atomic.load (i32.const 0)))))", "threads"},
    {true, "(module (func $f (return_call $f)))", "tail calls"},
    {true, "(module (memory 1) (memory 1))", "multiple memories"},
    {true, "(module (memory i64 1))", "memory64"},
    {true, "(module (global i32 (i32.add (i32.const 1) (i32.const 2))))", "constant expression"},
    {true, "(module (type $t (func)) (func (param (ref $t)) (call_ref $t (local.get 0))))",
     "function references"},
    {true, "(module (type (struct)))", "gc"},
    {true, "(module (tag))", "exceptions"},
    {false, "(module (memory 1 (pagesize 1)))", "custom page sizes"},
    {false, "(module (func (param i64) (result i64 i64)"
            "  (i64.mul_wide_u (local.get 0) (local.get 0))))", "wide arithmetic"},
    {false, "(module (type $f (func)) (type $c (cont $f)) (func (param (ref null $c))))",
     "stack switching"},
};
enum { FEATURES_LEN = sizeof FEATURES / sizeof FEATURES[0], SIMD = SAFEWASM_FEATURE_SIMD,
       RELAXED = SAFEWASM_FEATURE_RELAXED_SIMD };

/* Compiles the module of a feature with the feature on or off. */
static safewasm_error_t *compile_with(uint32_t feature, bool enabled) {
  safewasm_config_t *config = new_config();
  safewasm_engine_t *engine;
  safewasm_module_t *module;
  OK(safewasm_config_set_feature(config, feature, enabled));
  if (feature == SIMD) OK(safewasm_config_set_feature(config, RELAXED, enabled));
  OK(safewasm_engine_new(config, &engine));
  const char *text = FEATURES[feature].text;
  safewasm_error_t *error = safewasm_module_new_text(engine, text, strlen(text), &module);
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
  return error;
}

TEST(a_module_that_uses_a_feature_that_is_off_is_invalid) {
  for (uint32_t feature = 0; feature < FEATURES_LEN; feature++) {
    FAILS(compile_with(feature, false), INVALID_MODULE, FEATURES[feature].said);
    /* This version can't run that feature. */
    if (feature != SAFEWASM_FEATURE_STACK_SWITCHING) OK(compile_with(feature, true));
  }
  safewasm_config_t *config = new_config();
  FAILS(safewasm_config_set_feature(config, FEATURES_LEN, true), INVALID_ARGUMENT,
        "`feature` is 16");
  FAILS(safewasm_config_set_feature(config, UINT32_MAX, false), INVALID_ARGUMENT, "`feature`");
  FAILS(safewasm_config_set_feature(NULL, 0, false), NULL_POINTER, "`config`");
  safewasm_config_delete(config);
}

TEST(features_are_on_by_default_or_off_as_documented) {
  safewasm_engine_t *engine = new_engine();
  for (uint32_t feature = 0; feature < FEATURES_LEN; feature++) {
    const char *text = FEATURES[feature].text;
    safewasm_module_t *module;
    safewasm_error_t *error = safewasm_module_new_text(engine, text, strlen(text), &module);
    if (FEATURES[feature].by_default) {
      OK(error);
    } else {
      FAILS(error, INVALID_MODULE, FEATURES[feature].said);
    }
    safewasm_module_delete(module);
  }
  safewasm_engine_delete(engine);
}

TEST(a_config_that_contradicts_itself_is_refused) {
  safewasm_config_t *config = new_config();
  safewasm_engine_t *engine;
  OK(safewasm_config_set_feature(config, SIMD, false));
  FAILS(safewasm_engine_new(config, &engine), UNSUPPORTED,
        "SAFEWASM_FEATURE_SIMD=false and SAFEWASM_FEATURE_RELAXED_SIMD=true contradict each other");
  config = new_config();
  OK(safewasm_config_set_feature(config, SAFEWASM_FEATURE_THREADS, false));
  OK(safewasm_config_set_shared_memory(config, true));
  FAILS(safewasm_engine_new(config, &engine), UNSUPPORTED, "SAFEWASM_FEATURE_THREADS");
  CHECK(engine == NULL && !safewasm_config_is_valid(config));
}

/* Counts the depth of the recursion. */
static const char *DEEP =
    "(module (global $depth (mut i32) (i32.const 0))"
    "  (func $down (export \"down\") (param i32) (result i32)"
    "    (global.set $depth (i32.add (global.get $depth) (i32.const 1)))"
    "    (i32.add (call $down (local.get 0)) (i32.const 1)))"
    "  (func (export \"depth\") (param i32) (result i32) (global.get $depth)))";

TEST(recursion_gets_deeper_with_a_larger_stack) {
  const size_t sizes[] = {4 << 10, 64 << 10, 512 << 10, 2 << 20};
  int32_t depth = 0, before, nothing;
  for (size_t i = 0; i < 4; i++) {
    safewasm_config_t *config = new_config();
    OK(safewasm_config_set_max_wasm_stack(config, sizes[i]));
    world_t world = new_world_with(config, DEEP);
    safewasm_error_t *error = call(world, "down", 0, &nothing);
    CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_STACK_OVERFLOW);
    FAILS(error, TRAP, "call stack exhausted");
    before = depth;
    OK(call(world, "depth", 0, &depth));
    CHECK(depth > 2 * before);
    delete_world(world);
  }
}

TEST(a_stack_may_be_as_large_as_documented) {
  const size_t sizes[] = {(2 << 20) + 1, 16 << 20, 1 << 30};
  for (size_t i = 0; i < 3; i++) {
    safewasm_config_t *config = new_config();
    safewasm_engine_t *engine;
    OK(safewasm_config_set_max_wasm_stack(config, sizes[i]));
    OK(safewasm_engine_new(config, &engine));
    safewasm_engine_delete(engine);
  }
}

static void *recurse_in_large_stack(void *result) {
  safewasm_config_t *config = new_config();
  int32_t nothing;
  OK(safewasm_config_set_max_wasm_stack(config, 16 << 20));
  world_t world = new_world_with(config, DEEP);
  safewasm_error_t *error = call(world, "down", 0, &nothing);
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_STACK_OVERFLOW);
  FAILS(error, TRAP, "call stack exhausted");
  OK(call(world, "depth", 0, result));
  delete_world(world);
  return NULL;
}

TEST(a_thread_with_a_large_stack_has_room_for_deep_recursion) {
  pthread_attr_t attributes;
  pthread_t thread;
  int32_t depth = 0;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 32 << 20);
  CHECK(pthread_create(&thread, &attributes, recurse_in_large_stack, &depth) == 0);
  pthread_join(thread, NULL);
  pthread_attr_destroy(&attributes);
  CHECK(depth > 100000); /* frames have 160 bytes at most */
}

TEST(a_stack_that_is_too_small_or_large_is_refused) {
  safewasm_config_t *config = new_config();
  FAILS(safewasm_config_set_max_wasm_stack(config, 0), INVALID_ARGUMENT, "`max_wasm_stack` is 0");
  FAILS(safewasm_config_set_max_wasm_stack(config, 4095), INVALID_ARGUMENT, "from 4096");
  FAILS(safewasm_config_set_max_wasm_stack(config, (1 << 30) + 1), INVALID_ARGUMENT, "1073741824");
  FAILS(safewasm_config_set_max_wasm_stack(config, SIZE_MAX), INVALID_ARGUMENT, "1073741824");
  safewasm_config_delete(config);
}

TEST(a_config_makes_one_engine_only) {
  safewasm_config_t *config = new_config();
  safewasm_engine_t *engine, *second;
  OK(safewasm_engine_new(config, &engine));
  FAILS(safewasm_engine_new(config, &second), INVALID_HANDLE, "`config` was deleted, or used to make an engine");
  FAILS(safewasm_config_set_consume_fuel(config, true), INVALID_HANDLE, "or used to make an engine");
  safewasm_engine_delete(engine);
}

/* `work` loops as often as it is told. */
static const char *WORK =
    "(module (func (export \"work\") (param i32) (result i32) (local $n i32)"
    "  (loop $again (local.set $n (i32.add (local.get $n) (i32.const 1)))"
    "    (br_if $again (i32.lt_s (local.get $n) (local.get 0))))"
    "  (local.get $n)))";

static world_t new_world_of_fuel(const char *text) {
  safewasm_config_t *config = new_config();
  OK(safewasm_config_set_consume_fuel(config, true));
  return new_world_with(config, text);
}

static uint64_t fuel_of(safewasm_store_t *store) {
  uint64_t fuel;
  OK(safewasm_store_fuel(store, &fuel));
  return fuel;
}

static uint64_t fuel_consumed_in(safewasm_store_t *store) {
  uint64_t fuel;
  OK(safewasm_store_fuel_consumed(store, &fuel));
  return fuel;
}

TEST(fuel_is_consumed_and_counted) {
  world_t world = new_world_of_fuel(WORK);
  int32_t result;
  CHECK(fuel_of(world.store) == 0 && fuel_consumed_in(world.store) == 0);
  OK(safewasm_store_set_fuel(world.store, 100000));
  OK(call(world, "work", 1000, &result));
  uint64_t consumed = fuel_consumed_in(world.store);
  CHECK(result == 1000 && consumed > 1000 && consumed < 50000);
  CHECK(fuel_of(world.store) == 100000 - consumed);
  OK(safewasm_store_add_fuel(world.store, 5));
  CHECK(fuel_of(world.store) == 100005 - consumed);
  CHECK(fuel_consumed_in(world.store) == consumed);
  OK(call(world, "work", 1000, &result));
  CHECK(fuel_consumed_in(world.store) == 2 * consumed);
  OK(safewasm_store_set_fuel(world.store, 7));
  CHECK(fuel_of(world.store) == 7 && fuel_consumed_in(world.store) == 0);
  delete_world(world);
}

TEST(a_store_out_of_fuel_traps_until_it_is_refuelled) {
  world_t world = new_world_of_fuel(WORK);
  int32_t result;
  FAILS(call(world, "work", 1, &result), TRAP, "fuel"); /* a new store has none */
  OK(safewasm_store_set_fuel(world.store, 500));
  for (int i = 0; i < 3; i++) {
    safewasm_error_t *error = call(world, "work", 1000000, &result);
    CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_OUT_OF_FUEL);
    CHECK(safewasm_error_frames_len(error) == 1);
    FAILS(error, TRAP, "fuel");
    CHECK(fuel_of(world.store) == 0 && fuel_consumed_in(world.store) == 500);
  }
  OK(safewasm_store_add_fuel(world.store, 1000));
  OK(call(world, "work", 10, &result));
  CHECK(result == 10 && fuel_of(world.store) > 0);
  delete_world(world);
}

TEST(fuel_goes_up_to_the_largest_number) {
  world_t world = new_world_of_fuel(WORK);
  int32_t result;
  OK(safewasm_store_set_fuel(world.store, UINT64_MAX));
  CHECK(fuel_of(world.store) == UINT64_MAX);
  OK(call(world, "work", 100, &result));
  uint64_t consumed = fuel_consumed_in(world.store);
  CHECK(consumed > 100 && fuel_of(world.store) == UINT64_MAX - consumed);
  OK(safewasm_store_add_fuel(world.store, UINT64_MAX));
  CHECK(fuel_of(world.store) == UINT64_MAX);
  OK(call(world, "work", 100, &result));
  delete_world(world);
}

static safewasm_error_t *refuel(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                size_t slots_len) {
  (void)slots, (void)slots_len;
  safewasm_store_t *store;
  OK(safewasm_caller_store(caller, &store));
  *(uint64_t *)env += fuel_consumed_in(store);
  OK(safewasm_store_set_fuel(store, 200));
  return NULL;
}

/* An instance in the world whose `again` calls the host function a hundred times. */
static safewasm_instance_t *call_again(world_t world, safewasm_slot_callback_t callback,
                                       void *env) {
  safewasm_functype_t *type;
  safewasm_instance_t *instance;
  safewasm_extern_t func = {.kind = SAFEWASM_EXTERN_FUNC};
  OK(safewasm_functype_new(world.engine, NULL, 0, NULL, 0, &type));
  OK(safewasm_func_new_slots(world.store, type, callback, env, NULL, &func.of.func));
  safewasm_module_t *module = new_module(
      world.engine, "(module (import \"\" \"f\" (func $f)) (func (export \"again\") (local $n i32)"
                    "  (loop $again (call $f) (local.set $n (i32.add (local.get $n) (i32.const 1)))"
                    "    (br_if $again (i32.lt_s (local.get $n) (i32.const 100))))))");
  OK(safewasm_instance_new(world.store, module, &func, 1, &instance));
  safewasm_module_delete(module);
  safewasm_extern_delete(&func);
  safewasm_functype_delete(type);
  return instance;
}

TEST(a_host_function_refuels_the_wasm_that_called_it) {
  world_t world = new_world_of_fuel("(module)");
  uint64_t consumed = 0;
  safewasm_instance_t *instance = call_again(world, refuel, &consumed);
  safewasm_extern_t again = get_export(instance, "again");
  OK(safewasm_store_set_fuel(world.store, 200));
  OK(safewasm_func_call_slots(again.of.func, NULL, 0));
  CHECK(consumed > 500 && fuel_of(world.store) > 0);
  safewasm_extern_delete(&again);
  safewasm_instance_delete(instance);
  delete_world(world);
}

typedef struct {
  world_t world;
  bool refuels;
  int calls;
} worker_t;

static safewasm_error_t *work_until_it_ends(void *env, safewasm_caller_t *caller,
                                            safewasm_slot_t *slots, size_t slots_len) {
  worker_t *worker = env;
  int32_t result;
  (void)caller, (void)slots, (void)slots_len;
  worker->calls++;
  FAILS(call(worker->world, "work", 1000000, &result), TRAP, "fuel");
  CHECK(fuel_of(worker->world.store) == 0);
  if (worker->refuels) OK(safewasm_store_set_fuel(worker->world.store, 500));
  return NULL;
}

TEST(fuel_that_a_nested_call_used_up_is_gone_for_the_outer_one) {
  worker_t worker = {.world = new_world_of_fuel(WORK)};
  safewasm_instance_t *instance = call_again(worker.world, work_until_it_ends, &worker);
  safewasm_extern_t again = get_export(instance, "again");
  OK(safewasm_store_set_fuel(worker.world.store, 500));
  safewasm_error_t *error = safewasm_func_call_slots(again.of.func, NULL, 0);
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_OUT_OF_FUEL && worker.calls == 1);
  CHECK(safewasm_error_frames_len(error) == 1);
  FAILS(error, TRAP, "fuel");
  worker.refuels = true;
  OK(safewasm_store_set_fuel(worker.world.store, 500));
  OK(safewasm_func_call_slots(again.of.func, NULL, 0));
  CHECK(worker.calls == 101);
  safewasm_extern_delete(&again);
  safewasm_instance_delete(instance);
  delete_world(worker.world);
}

TEST(a_start_function_consumes_fuel) {
  world_t world = new_world_of_fuel("(module)");
  safewasm_error_t *error =
      make(world.store, "(module (func $f (loop $again (br $again))) (start $f))");
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_OUT_OF_FUEL);
  FAILS(error, TRAP, "fuel");
  delete_world(world);
}

TEST(an_engine_without_fuel_says_which_option_it_needs) {
  world_t world = new_world(WORK);
  uint64_t fuel = 1;
  const char *option = "`safewasm_config_set_consume_fuel`";
  FAILS(safewasm_store_set_fuel(world.store, 1), UNSUPPORTED, option);
  FAILS(safewasm_store_add_fuel(world.store, 1), UNSUPPORTED, option);
  FAILS(safewasm_store_fuel(world.store, &fuel), UNSUPPORTED, option);
  CHECK(fuel == 0);
  FAILS(safewasm_store_fuel_consumed(world.store, &fuel), UNSUPPORTED, option);
  FAILS(safewasm_store_fuel(NULL, &fuel), NULL_POINTER, "`store`");
  FAILS(safewasm_store_fuel(world.store, NULL), NULL_POINTER, "`fuel_out`");
  delete_world(world);
}

static const char *GROWS =
    "(module (memory (export \"m\") 1) (table (export \"t\") 2 funcref)"
    "  (func (export \"more\") (param i32) (result i32) (memory.grow (local.get 0)))"
    "  (func (export \"longer\") (param i32) (result i32)"
    "    (table.grow (ref.null func) (local.get 0))))";

TEST(all_memories_of_a_store_share_its_limit) {
  world_t world = new_world(GROWS);
  int32_t result;
  uint64_t previous;
  safewasm_memory_t *memory;
  safewasm_memorytype_t of = {.min = 1};
  safewasm_extern_t m = get_export(world.instance, "m");
  OK(safewasm_store_set_memory_limit(world.store, 4 * 65536));
  OK(call(world, "more", 1, &result));
  CHECK(result == 1);
  OK(call(world, "more", 3, &result));
  CHECK(result == -1);
  FAILS(safewasm_memory_grow(m.of.memory, 3, &previous), LIMIT,
        "`memory` can't grow by 3 pages: it has 2, and the store's memory limit is 262144 bytes, of "
        "which 131072 are used; see `safewasm_store_set_memory_limit`");
  FAILS(make(world.store, "(module (memory 3))"), LIMIT,
        "there is no room for a memory of 3 pages: the store's memory limit is 262144 bytes");
  OK(make(world.store, "(module (memory 1))"));
  OK(safewasm_memory_new(world.store, &of, &memory));
  safewasm_memory_delete(memory);
  FAILS(safewasm_memory_new(world.store, &of, &memory), LIMIT, "memory");
  OK(call(world, "more", 1, &result));
  CHECK(result == -1);
  /* Other objects still work, and so does the memory with a higher limit. */
  OK(call(world, "longer", 1, &result));
  CHECK(result == 2);
  OK(safewasm_store_set_memory_limit(world.store, UINT64_MAX));
  OK(call(world, "more", 1, &result));
  CHECK(result == 2);
  /* A lower limit takes nothing away, and empty objects need nothing. */
  OK(safewasm_store_set_memory_limit(world.store, 0));
  OK(call(world, "more", 0, &result));
  CHECK(result == 3);
  OK(make(world.store, "(module (memory 0))"));
  FAILS(make(world.store, "(module (memory 1))"), LIMIT, "memory");
  safewasm_extern_delete(&m);
  delete_world(world);
}

TEST(all_tables_of_a_store_share_its_limit) {
  world_t world = new_world(GROWS);
  int32_t result;
  uint64_t previous;
  safewasm_table_t *table;
  safewasm_tabletype_t of = {
      .min = 3,
      .element = {.kind = SAFEWASM_VAL_REF, .heap = SAFEWASM_HEAP_EXTERN, .nullable = true}};
  safewasm_extern_t t = get_export(world.instance, "t");
  OK(safewasm_store_set_table_limit(world.store, 10));
  OK(call(world, "longer", 9, &result));
  CHECK(result == -1);
  OK(call(world, "longer", 4, &result));
  CHECK(result == 2);
  FAILS(safewasm_table_grow(t.of.table, 5, NULL, &previous), LIMIT, "table");
  FAILS(make(world.store, "(module (table 5 funcref))"), LIMIT, "table");
  OK(safewasm_table_new(world.store, &of, NULL, &table));
  safewasm_table_delete(table);
  FAILS(safewasm_table_new(world.store, &of, NULL, &table), LIMIT, "table");
  OK(safewasm_table_grow(t.of.table, 1, NULL, &previous));
  CHECK(previous == 6);
  OK(call(world, "longer", 1, &result));
  CHECK(result == -1);
  OK(call(world, "more", 1, &result));
  CHECK(result == 1);
  OK(safewasm_store_set_table_limit(world.store, UINT64_MAX));
  OK(call(world, "longer", 1, &result));
  CHECK(result == 7);
  OK(safewasm_store_set_table_limit(world.store, 0));
  OK(make(world.store, "(module (table 0 funcref))"));
  FAILS(make(world.store, "(module (table 1 funcref))"), LIMIT, "table");
  safewasm_extern_delete(&t);
  delete_world(world);
}

TEST(limits_are_of_one_store) {
  world_t world = new_world(GROWS), other = new_world(GROWS);
  int32_t result;
  OK(safewasm_store_set_memory_limit(world.store, 0));
  OK(call(world, "more", 1, &result));
  CHECK(result == -1);
  OK(call(other, "more", 1, &result));
  CHECK(result == 1);
  FAILS(safewasm_store_set_memory_limit(NULL, 0), NULL_POINTER, "`store`");
  FAILS(safewasm_store_set_table_limit((safewasm_store_t *)world.engine, 0), INVALID_HANDLE,
        "`store` is an engine");
  safewasm_store_delete(world.store);
  FAILS(safewasm_store_set_instance_limit(world.store, 0), INVALID_HANDLE, "`store`");
  delete_world(world);
  delete_world(other);
}

int main(void) {
  RUN(a_module_that_uses_a_feature_that_is_off_is_invalid);
  RUN(features_are_on_by_default_or_off_as_documented);
  RUN(a_config_that_contradicts_itself_is_refused);
  RUN_NATIVELY(recursion_gets_deeper_with_a_larger_stack);
  RUN(a_stack_may_be_as_large_as_documented);
  RUN_NATIVELY(a_thread_with_a_large_stack_has_room_for_deep_recursion);
  RUN(a_stack_that_is_too_small_or_large_is_refused);
  RUN(a_config_makes_one_engine_only);
  RUN(fuel_is_consumed_and_counted);
  RUN(a_store_out_of_fuel_traps_until_it_is_refuelled);
  RUN(fuel_goes_up_to_the_largest_number);
  RUN(a_host_function_refuels_the_wasm_that_called_it);
  RUN(fuel_that_a_nested_call_used_up_is_gone_for_the_outer_one);
  RUN(a_start_function_consumes_fuel);
  RUN(an_engine_without_fuel_says_which_option_it_needs);
  RUN(all_memories_of_a_store_share_its_limit);
  RUN(all_tables_of_a_store_share_its_limit);
  RUN(limits_are_of_one_store);
  return finish("limits");
}
