/* The fuel of calls that end early: exactly what they consumed, or all that was left. */
#include "check.h"

enum { FUEL = 1000000, ROUNDS = 1000 };

#define MILLISECONDS UINT64_C(1000000)

/* The end of a module's `go`, after a loop. */
typedef struct {
  const char *body;
  int code;
} end_t;

/* Before these instructions, compiled code saves its count. */
static const end_t COUNTED[] = {
    {"(unreachable)", SAFEWASM_TRAP_UNREACHABLE},
    {"(call_indirect (type $none) (i32.const 0))", SAFEWASM_TRAP_INDIRECT_CALL_TO_NULL},
    {"(call_indirect (type $none) (i32.const 1))", SAFEWASM_TRAP_BAD_SIGNATURE},
    {"(return_call_indirect (type $none) (i32.const 1))", SAFEWASM_TRAP_BAD_SIGNATURE},
    {"(throw $tag)", SAFEWASM_TRAP_NOT_A_TRAP},
    {"(call $throws)", SAFEWASM_TRAP_NOT_A_TRAP},
    {"(call $fails)", SAFEWASM_TRAP_NOT_A_TRAP},
};

/* Before these it doesn't save its count. */
static const end_t UNCOUNTED[] = {
    {"(drop (i32.load (i32.const -8)))", SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS},
    {"(drop (i32.load (i32.sub (local.get 0) (i32.const 8))))",
     SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS},
    {"(drop (i32.load offset=4294967295 (i32.const 0)))", SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS},
    {"(memory.init $data (i32.const 0) (i32.const 0) (i32.const 9))",
     SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS},
    {"(memory.fill (i32.const -1) (i32.const 0) (i32.const 9))",
     SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS},
    {"(memory.copy (i32.const -1) (i32.const 0) (i32.const 9))",
     SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS},
    {"(drop (memory.atomic.notify (i32.const -4) (i32.const 0)))",
     SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS},
    {"(drop (i32.atomic.load (i32.const 1)))", SAFEWASM_TRAP_HEAP_MISALIGNED},
    {"(drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 0)))",
     SAFEWASM_TRAP_ATOMIC_WAIT_NON_SHARED_MEMORY},
    {"(call_indirect (type $none) (i32.const 99))", SAFEWASM_TRAP_TABLE_OUT_OF_BOUNDS},
    {"(drop (table.get (i32.const 99)))", SAFEWASM_TRAP_TABLE_OUT_OF_BOUNDS},
    {"(table.set (i32.const 99) (ref.null func))", SAFEWASM_TRAP_TABLE_OUT_OF_BOUNDS},
    {"(table.fill (i32.const 99) (ref.null func) (i32.const 9))",
     SAFEWASM_TRAP_TABLE_OUT_OF_BOUNDS},
    {"(table.init $elem (i32.const 0) (i32.const 0) (i32.const 9))",
     SAFEWASM_TRAP_TABLE_OUT_OF_BOUNDS},
    {"(table.copy (i32.const 99) (i32.const 0) (i32.const 9))", SAFEWASM_TRAP_TABLE_OUT_OF_BOUNDS},
    {"(drop (i32.div_u (i32.const 1) (local.get 0)))", SAFEWASM_TRAP_INTEGER_DIVISION_BY_ZERO},
    {"(drop (i32.div_s (i32.const 0x80000000) (i32.sub (local.get 0) (i32.const 1))))",
     SAFEWASM_TRAP_INTEGER_OVERFLOW},
    {"(drop (i32.trunc_f32_s (f32.const 1e30)))", SAFEWASM_TRAP_INTEGER_OVERFLOW},
    {"(drop (i32.trunc_f32_s (f32.const nan)))", SAFEWASM_TRAP_BAD_CONVERSION_TO_INTEGER},
    {"(drop (ref.as_non_null (ref.null func)))", SAFEWASM_TRAP_NULL_REFERENCE},
    {"(drop (struct.get $struct 0 (ref.null $struct)))", SAFEWASM_TRAP_NULL_REFERENCE},
    {"(drop (i31.get_s (ref.null i31)))", SAFEWASM_TRAP_NULL_REFERENCE},
    {"(call_ref $none (ref.null $none))", SAFEWASM_TRAP_NULL_REFERENCE},
    {"(throw_ref (ref.null exn))", SAFEWASM_TRAP_NULL_REFERENCE},
    {"(drop (array.get $array (array.new $array (i32.const 1) (i32.const 2)) (i32.const 5)))",
     SAFEWASM_TRAP_ARRAY_OUT_OF_BOUNDS},
    {"(drop (array.new_data $array $data (i32.const 9) (i32.const 9)))",
     SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS},
    {"(drop (ref.cast (ref $struct) (ref.i31 (i32.const 1))))", SAFEWASM_TRAP_CAST_FAILURE},
};

static const char *MODULE =
    "(module (type $none (func)) (type $struct (struct (field i32)))"
    "  (type $array (array (mut i32))) (tag $tag) (import \"\" \"\" (func $fails))"
    "  (memory 1) (table 9 funcref) (elem (i32.const 1) $other) (elem $elem func $other)"
    "  (data $data \"abc\") (func $other (param i32)) (func $throws (throw $tag))"
    "  (func (export \"go\") (param i32)"
    "    (loop $again (local.set 0 (i32.sub (local.get 0) (i32.const 1)))"
    "      (br_if $again (local.get 0)))"
    "    %s))";

static safewasm_engine_t *new_engine_of_fuel(bool signals) {
  safewasm_config_t *config;
  safewasm_engine_t *engine;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_consume_fuel(config, true));
  OK(safewasm_config_set_epoch_interruption(config, true));
  OK(safewasm_config_set_signals_based_traps(config, signals));
  OK(safewasm_engine_new(config, &engine));
  return engine;
}

static uint64_t left_in(safewasm_store_t *store) {
  uint64_t left;
  OK(safewasm_store_fuel(store, &left));
  return left;
}

static uint64_t consumed_in(safewasm_store_t *store) {
  uint64_t consumed;
  OK(safewasm_store_fuel_consumed(store, &consumed));
  return consumed;
}

static safewasm_error_t *fail(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                              size_t slots_len) {
  safewasm_error_t *error;
  (void)caller, (void)slots, (void)slots_len, (void)env;
  OK(safewasm_error_new("no", 2, NULL, NULL, NULL, &error));
  return error;
}

/* A store with an instance of a module that may import a host function. */
static world_t new_guest(safewasm_engine_t *engine, const char *text,
                         safewasm_slot_callback_t callback, void *env) {
  world_t world = {.engine = engine};
  safewasm_functype_t *type;
  safewasm_extern_t func = {.kind = SAFEWASM_EXTERN_FUNC};
  size_t imports;
  OK(safewasm_store_new(engine, &world.store));
  OK(safewasm_functype_new(engine, NULL, 0, NULL, 0, &type));
  OK(safewasm_func_new_slots(world.store, type, callback, env, NULL, &func.of.func));
  world.module = new_module(engine, text);
  OK(safewasm_module_imports_len(world.module, &imports));
  OK(safewasm_store_set_fuel(world.store, FUEL));
  OK(safewasm_instance_new(world.store, world.module, &func, imports, &world.instance));
  safewasm_extern_delete(&func);
  safewasm_functype_delete(type);
  return world;
}

static void delete_guest(world_t world) {
  safewasm_instance_delete(world.instance);
  safewasm_module_delete(world.module);
  safewasm_store_delete(world.store);
}

static safewasm_error_t *go(world_t world, int32_t argument) {
  safewasm_extern_t func = get_export(world.instance, "go");
  safewasm_slot_t slot = {.i32 = argument};
  safewasm_error_t *error = safewasm_func_call_slots(func.of.func, &slot, 1);
  safewasm_extern_delete(&func);
  return error;
}

/* The fuel that `go` consumes in that number of rounds, after setting the store's fuel. */
static uint64_t cost(world_t world, int32_t rounds, int code) {
  OK(safewasm_store_set_fuel(world.store, FUEL));
  safewasm_error_t *error = go(world, rounds);
  CHECK(error != NULL && (int)safewasm_error_trap_code(error) == code);
  safewasm_error_delete(error);
  CHECK(left_in(world.store) + consumed_in(world.store) == FUEL);
  return consumed_in(world.store);
}

static world_t new_end(safewasm_engine_t *engine, const char *body) {
  char text[2000];
  snprintf(text, sizeof text, MODULE, body);
  return new_guest(engine, text, fail, NULL);
}

static bool has_signals(int round) {
  return round == 0 && getenv("SAFEWASM_TEST_NO_SIGNALS") == NULL;
}

TEST(what_a_call_consumed_before_a_counted_end_is_known) {
  for (int round = 0; round < 2; round++) {
    safewasm_engine_t *engine = new_engine_of_fuel(has_signals(round));
    for (size_t i = 0; i < sizeof COUNTED / sizeof *COUNTED; i++) {
      world_t world = new_end(engine, COUNTED[i].body);
      uint64_t one = cost(world, 1, COUNTED[i].code);
      /* Six units in each round. */
      CHECK(one > 6 && one < 20);
      CHECK(cost(world, 1 + ROUNDS, COUNTED[i].code) == one + 6 * ROUNDS);
      delete_guest(world);
    }
    safewasm_engine_delete(engine);
  }
}

TEST(a_trap_of_any_other_kind_takes_all_the_fuel) {
  for (int round = 0; round < 2; round++) {
    safewasm_engine_t *engine = new_engine_of_fuel(has_signals(round));
    for (size_t i = 0; i < sizeof UNCOUNTED / sizeof *UNCOUNTED; i++) {
      world_t world = new_end(engine, UNCOUNTED[i].body);
      CHECK(cost(world, 1, UNCOUNTED[i].code) == FUEL);
      FAILS(go(world, 1), TRAP, "fuel");
      delete_guest(world);
    }
    safewasm_engine_delete(engine);
  }
}

TEST(a_stack_that_overflows_costs_what_was_counted) {
  safewasm_engine_t *engine = new_engine_of_fuel(has_signals(0));
  world_t world = new_guest(engine, "(module (func $go (export \"go\") (param i32)"
                                    "  (call $go (local.get 0))))", fail, NULL);
  uint64_t first = cost(world, 0, SAFEWASM_TRAP_STACK_OVERFLOW);
  CHECK(first > 1000 && first < FUEL);
  CHECK(cost(world, 0, SAFEWASM_TRAP_STACK_OVERFLOW) == first);
  delete_guest(world);
  safewasm_engine_delete(engine);
}

TEST(an_allocation_for_which_there_is_no_room_takes_all_the_fuel) {
  safewasm_engine_t *engine = new_engine_of_fuel(has_signals(0));
  world_t world = new_guest(
      engine, "(module (type $array (array (mut i32))) (func (export \"go\") (param i32)"
              "  (loop $again (drop (array.new $array (i32.const 0) (i32.const 1000)))"
              "    (local.set 0 (i32.sub (local.get 0) (i32.const 1)))"
              "    (br_if $again (local.get 0)))"
              "  (drop (array.new_default $array (i32.const 1000000)))))", fail, NULL);
  OK(safewasm_store_set_memory_limit(world.store, 1 << 20));
  OK(safewasm_store_set_fuel(world.store, UINT64_C(1) << 50));
  FAILS(go(world, 3), LIMIT, "");
  CHECK(left_in(world.store) == 0);
  delete_guest(world);
  safewasm_engine_delete(engine);
}

TEST(an_interrupt_takes_all_the_fuel) {
  safewasm_engine_t *engine = new_engine_of_fuel(has_signals(0));
  world_t world =
      new_guest(engine, "(module (func (export \"go\") (param i32) (loop $again (br $again))))",
                fail, NULL);
  OK(safewasm_store_set_fuel(world.store, UINT64_MAX));
  OK(safewasm_store_set_deadline(world.store, MILLISECONDS));
  FAILS(go(world, 0), TRAP, "deadline");
  CHECK(left_in(world.store) == 0 && consumed_in(world.store) == UINT64_MAX);
  OK(safewasm_store_set_deadline(world.store, UINT64_MAX));
  FAILS(go(world, 0), TRAP, "fuel");
  delete_guest(world);
  safewasm_engine_delete(engine);
}

TEST(slices_of_time_do_not_make_fuel_last_longer) {
  safewasm_engine_t *engine = new_engine_of_fuel(has_signals(0));
  world_t world =
      new_guest(engine, "(module (func (export \"go\") (param i32) (loop $again (br $again))))",
                fail, NULL);
  /* The fuel ends in the first slice or in the second. */
  OK(safewasm_store_set_fuel(world.store, FUEL));
  for (int slice = 0; slice < 5; slice++) {
    OK(safewasm_store_set_deadline(world.store, MILLISECONDS / 2));
    safewasm_error_t *error = go(world, 0);
    CHECK(error != NULL);
    if (slice > 0) CHECK(safewasm_error_trap_code(error) != SAFEWASM_TRAP_NOT_A_TRAP);
    safewasm_error_delete(error);
    CHECK(left_in(world.store) == 0 && consumed_in(world.store) == FUEL);
  }
  delete_guest(world);
  safewasm_engine_delete(engine);
}

/* A host function that calls an export which traps, and then may add fuel. */
typedef struct {
  world_t *world;
  uint64_t adds;
  bool returns_the_error;
} trapper_t;

static safewasm_error_t *trap_within(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                     size_t slots_len) {
  trapper_t *trapper = env;
  (void)caller, (void)slots, (void)slots_len;
  safewasm_extern_t func = get_export(trapper->world->instance, "divide");
  safewasm_error_t *error = safewasm_func_call_slots(func.of.func, NULL, 0);
  safewasm_extern_delete(&func);
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_INTEGER_DIVISION_BY_ZERO);
  CHECK(left_in(trapper->world->store) == 0);
  OK(safewasm_store_add_fuel(trapper->world->store, trapper->adds));
  if (trapper->returns_the_error) return error;
  safewasm_error_delete(error);
  return NULL;
}

static const char *NESTED =
    "(module (import \"\" \"\" (func $trap))"
    "  (func (export \"divide\") (drop (i32.div_u (i32.const 1) (i32.const 0))))"
    "  (func (export \"go\") (param i32) (call $trap) (loop $again"
    "    (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br_if $again (local.get 0)))))";

TEST(a_trap_in_a_nested_call_takes_the_fuel_of_the_outer_one) {
  safewasm_engine_t *engine = new_engine_of_fuel(has_signals(0));
  world_t world;
  trapper_t trapper = {.world = &world};
  world = new_guest(engine, NESTED, trap_within, &trapper);
  FAILS(go(world, 1000), TRAP, "fuel");
  /* Fuel that the host function adds afterwards is there for the outer call. */
  trapper.adds = 100000;
  OK(safewasm_store_set_fuel(world.store, FUEL));
  OK(go(world, 1000));
  uint64_t left = left_in(world.store);
  CHECK(left > 50000 && left < 100000 && consumed_in(world.store) == FUEL + 100000 - left);
  /* A trap that a host function passes on is an error of the host function, and costs no more fuel. */
  trapper.returns_the_error = true;
  OK(safewasm_store_set_fuel(world.store, FUEL));
  FAILS(go(world, 1000), TRAP, "divide by zero");
  CHECK(left_in(world.store) == 100000);
  delete_guest(world);
  safewasm_engine_delete(engine);
}

TEST(an_instance_that_is_not_made_costs_nothing) {
  safewasm_engine_t *engine = new_engine_of_fuel(has_signals(0));
  world_t world = new_guest(engine, "(module)", fail, NULL);
  safewasm_module_t *module = new_module(engine, "(module (memory 10))");
  safewasm_instance_t *instance;
  OK(safewasm_store_set_memory_limit(world.store, 65536));
  FAILS(safewasm_instance_new(world.store, module, NULL, 0, &instance), LIMIT, "");
  CHECK(left_in(world.store) == FUEL);
  safewasm_module_delete(module);
  delete_guest(world);
  safewasm_engine_delete(engine);
}

/* Pseudo-random numbers, the same on each run. */
static uint64_t random_number(uint64_t *state) {
  *state += UINT64_C(0x9e3779b97f4a7c15);
  uint64_t mixed = (*state ^ *state >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
  return mixed ^ mixed >> 31;
}

TEST(what_was_consumed_is_right_after_any_sequence) {
  safewasm_engine_t *engine = new_engine_of_fuel(has_signals(0));
  world_t world = new_end(engine, "");
  OK(safewasm_store_set_fuel(world.store, FUEL));
  OK(go(world, 1));
  uint64_t one = consumed_in(world.store), state = 9;
  uint64_t left = FUEL - one, consumed = one;
  for (int step = 0; step < 20000; step++) {
    uint64_t choice = random_number(&state) % 8, number = random_number(&state);
    uint64_t fuel = choice & 1 ? number : number >> (number % 64);
    if (choice == 7) fuel = UINT64_MAX;
    if (choice < 2) {
      OK(safewasm_store_set_fuel(world.store, fuel));
      left = fuel;
      consumed = 0;
    } else if (choice < 5 || choice == 7) {
      OK(safewasm_store_add_fuel(world.store, fuel));
      left = fuel > UINT64_MAX - left ? UINT64_MAX : left + fuel;
    } else {
      int32_t rounds = (int32_t)(number % 100) + 1;
      uint64_t costs = one + 6 * (uint64_t)(rounds - 1);
      if (left > costs) {
        OK(go(world, rounds));
        left -= costs;
        consumed += costs;
      }
    }
    CHECK(left_in(world.store) == left && consumed_in(world.store) == consumed);
  }
  delete_guest(world);
  safewasm_engine_delete(engine);
}

int main(void) {
  RUN(what_a_call_consumed_before_a_counted_end_is_known);
  RUN(a_trap_of_any_other_kind_takes_all_the_fuel);
  RUN_NATIVELY(a_stack_that_overflows_costs_what_was_counted);
  RUN(an_allocation_for_which_there_is_no_room_takes_all_the_fuel);
  RUN(an_interrupt_takes_all_the_fuel);
  RUN(slices_of_time_do_not_make_fuel_last_longer);
  RUN(a_trap_in_a_nested_call_takes_the_fuel_of_the_outer_one);
  RUN(an_instance_that_is_not_made_costs_nothing);
  RUN(what_was_consumed_is_right_after_any_sequence);
  return finish("fuel");
}
