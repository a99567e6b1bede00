/* Functions, traps and memories. */
#include "check.h"

static const char *NUMBERS =
    "(module $numbers (memory (export \"memory\") 1 3) (table 2 funcref) (type $e (func)) (type $p (func (param i32)))"
    "  (func (export \"i32\") (param i32) (result i32) (local.get 0))"
    "  (func (export \"i64\") (param i64) (result i64) (local.get 0))"
    "  (func (export \"f32\") (param f32) (result f32) (local.get 0))"
    "  (func (export \"f64\") (param f64) (result f64) (local.get 0))"
    "  (func (export \"v128\") (param v128) (result v128) (local.get 0))"
    "  (func (export \"swap\") (param i32 f64) (result f64 i32) (local.get 1) (local.get 0))"
    "  (func (export \"ref\") (param externref))"
    "  (func $unreachable (export \"unreachable\") unreachable)"
    "  (func $outer (export \"outer\") (call $unreachable))"
    "  (func (export \"divide\") (param i32 i32) (result i32)"
    "    (i32.div_s (local.get 0) (local.get 1)))"
    "  (func (export \"load\") (param i32) (result i32) (i32.load (local.get 0)))"
    "  (func (export \"trunc\") (param f64) (result i32) (i32.trunc_f64_s (local.get 0)))"
    "  (func (export \"null\") (call_indirect (type $e) (i32.const 0)))"
    "  (func (export \"far\") (call_indirect (type $e) (i32.const 9)))"
    "  (func $deep (export \"deep\") (call $deep))"
    "  (func (export \"grow\") (param i32) (result i32) (memory.grow (local.get 0)))"
    "  (elem (i32.const 1) $unreachable)"
    "  (func (export \"signature\") (call_indirect (type $p) (i32.const 5) (i32.const 1))))";

static safewasm_val_t val(uint8_t kind, int64_t bits) {
  safewasm_val_t value;
  memset(&value, 0, sizeof value);
  value.kind = kind;
  value.of.i64 = bits;
  return value;
}

TEST(every_kind_of_number_goes_through_both_calls) {
  world_t world = new_world(NUMBERS);
  const char *names[] = {"i32", "i64", "f32", "f64", "v128"};
  for (uint8_t kind = SAFEWASM_VAL_I32; kind <= SAFEWASM_VAL_V128; kind++) {
    safewasm_extern_t func = get_export(world.instance, names[kind - 1]);
    safewasm_val_t arg = val(kind, 0x7ff0000000000001 >> (kind % 2 == 1 && kind < 5 ? 32 : 0));
    if (kind == SAFEWASM_VAL_V128) memset(arg.of.v128, 0x5a, 16);
    safewasm_val_t result;
    OK(safewasm_func_call(func.of.func, &arg, 1, &result, 1));
    CHECK(result.kind == kind && memcmp(&result.of, &arg.of, 16) == 0);
    safewasm_slot_t slot = arg.of;
    OK(safewasm_func_call_slots(func.of.func, &slot, 1));
    size_t size = kind == SAFEWASM_VAL_V128 ? 16 : kind % 2 == 1 ? 4 : 8;
    CHECK(memcmp(&slot, &arg.of, size) == 0);
    safewasm_extern_delete(&func);
  }
  delete_world(world);
}

TEST(several_results_come_in_order) {
  world_t world = new_world(NUMBERS);
  safewasm_extern_t swap = get_export(world.instance, "swap");
  safewasm_val_t args[2] = {val(SAFEWASM_VAL_I32, 7), val(SAFEWASM_VAL_F64, 0)};
  safewasm_val_t results[2];
  args[1].of.f64 = 2.5;
  OK(safewasm_func_call(swap.of.func, args, 2, results, 2));
  CHECK(results[0].kind == SAFEWASM_VAL_F64 && results[0].of.f64 == 2.5);
  CHECK(results[1].kind == SAFEWASM_VAL_I32 && results[1].of.i32 == 7);
  /* Results may be at the addresses of the arguments. */
  OK(safewasm_func_call(swap.of.func, args, 2, args, 2));
  CHECK(args[0].of.f64 == 2.5 && args[1].of.i32 == 7);
  safewasm_extern_delete(&swap);
  delete_world(world);
}

TEST(wrong_arguments_are_errors_that_quote_the_signature) {
  world_t world = new_world(NUMBERS);
  safewasm_extern_t swap = get_export(world.instance, "swap"), ref = get_export(world.instance, "ref");
  safewasm_val_t args[3] = {val(SAFEWASM_VAL_I32, 1), val(SAFEWASM_VAL_I32, 1), val(77, 0)};
  safewasm_val_t results[2];
  const char *signature = "(i32, f64) -> (f64, i32)";
  FAILS(safewasm_func_call(swap.of.func, args, 1, results, 2), TYPE_MISMATCH, signature);
  FAILS(safewasm_func_call(swap.of.func, args, 2, results, 1), TYPE_MISMATCH, signature);
  FAILS(safewasm_func_call(swap.of.func, args, 2, results, 2), TYPE_MISMATCH, signature);
  FAILS(safewasm_func_call(swap.of.func, args, 2, results, 2), TYPE_MISMATCH,
        "`args[1]` is i32, not f64");
  FAILS(safewasm_func_call(swap.of.func, args + 1, 2, results, 2), TYPE_MISMATCH, "kind 77");
  CHECK(results[0].kind == 0 && results[1].kind == 0);
  safewasm_slot_t slots[3] = {{.i64 = 1}, {.i64 = 2}, {.i64 = 3}};
  FAILS(safewasm_func_call_slots(swap.of.func, slots, 3), TYPE_MISMATCH, signature);
  FAILS(safewasm_func_call_slots(swap.of.func, NULL, 0), TYPE_MISMATCH, "2 slots");
  FAILS(safewasm_func_call_slots(swap.of.func, NULL, 2), NULL_POINTER, "`slots`");
  CHECK(slots[0].i64 == 1 && slots[1].i64 == 2 && slots[2].i64 == 3);
  FAILS(safewasm_func_call_slots(ref.of.func, slots, 1), UNSUPPORTED, "(externref) -> ()");
  FAILS(safewasm_func_call(ref.of.func, args, 1, NULL, 0), TYPE_MISMATCH, "not externref");
  safewasm_extern_delete(&swap);
  safewasm_extern_delete(&ref);
  delete_world(world);
}

static void expect_trap(world_t world, const char *name, size_t slots_len, int64_t a, int64_t b,
                        safewasm_trap_code_t code) {
  safewasm_extern_t func = get_export(world.instance, name);
  safewasm_slot_t slots[2] = {{.i64 = a}, {.i64 = b}};
  safewasm_error_t *error = safewasm_func_call_slots(func.of.func, slots, slots_len);
  CHECK(safewasm_error_kind(error) == SAFEWASM_ERROR_TRAP);
  CHECK(safewasm_error_trap_code(error) == code);
  CHECK(safewasm_error_frames_len(error) > 0);
  safewasm_error_delete(error);
  safewasm_extern_delete(&func);
}

TEST(each_trap_has_its_code_and_the_store_works_on) {
  world_t world = new_world(NUMBERS);
  const double nan_value = 0.0 / 0.0;
  int64_t nan_bits;
  memcpy(&nan_bits, &nan_value, 8);
  expect_trap(world, "unreachable", 0, 0, 0, SAFEWASM_TRAP_UNREACHABLE);
  expect_trap(world, "divide", 2, 1, 0, SAFEWASM_TRAP_INTEGER_DIVISION_BY_ZERO);
  expect_trap(world, "divide", 2, INT32_MIN, -1, SAFEWASM_TRAP_INTEGER_OVERFLOW);
  expect_trap(world, "load", 1, 65533, 0, SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS);
  expect_trap(world, "trunc", 1, nan_bits, 0, SAFEWASM_TRAP_BAD_CONVERSION_TO_INTEGER);
  expect_trap(world, "null", 0, 0, 0, SAFEWASM_TRAP_INDIRECT_CALL_TO_NULL);
  expect_trap(world, "signature", 0, 0, 0, SAFEWASM_TRAP_BAD_SIGNATURE);
  expect_trap(world, "far", 0, 0, 0, SAFEWASM_TRAP_TABLE_OUT_OF_BOUNDS);
  expect_trap(world, "deep", 0, 0, 0, SAFEWASM_TRAP_STACK_OVERFLOW);
  safewasm_extern_t divide = get_export(world.instance, "divide");
  safewasm_slot_t slots[2] = {{.i32 = 6}, {.i32 = 3}};
  OK(safewasm_func_call_slots(divide.of.func, slots, 2));
  CHECK(slots[0].i32 == 2);
  safewasm_extern_delete(&divide);
  delete_world(world);
}

TEST(the_backtrace_names_module_and_functions) {
  world_t world = new_world(NUMBERS);
  safewasm_extern_t outer = get_export(world.instance, "outer");
  safewasm_error_t *error = safewasm_func_call_slots(outer.of.func, NULL, 0);
  const char *names[] = {"unreachable", "outer"};
  CHECK(safewasm_error_frames_len(error) == 2);
  for (size_t i = 0; i < 2; i++) {
    safewasm_frame_t frame;
    CHECK(safewasm_error_frame(error, i, &frame));
    CHECK(strcmp(frame.func_name.data, names[i]) == 0);
    CHECK(strcmp(frame.module_name.data, "numbers") == 0);
    CHECK(frame.func_index == 7 + i && frame.module_offset > 0 && frame.file.data == NULL);
  }
  FAILS(error, TRAP, "unreachable");
  safewasm_extern_delete(&outer);
  delete_world(world);
}

TEST(reads_and_writes_stay_within_the_memory) {
  world_t world = new_world(NUMBERS);
  safewasm_extern_t memory = get_export(world.instance, "memory");
  safewasm_memory_t *m = memory.of.memory;
  uint8_t bytes[4] = {1, 2, 3, 4}, back[4] = {0};
  size_t len;
  OK(safewasm_memory_len(m, &len));
  CHECK(len == 65536);
  OK(safewasm_memory_write(m, 65532, bytes, 4));
  OK(safewasm_memory_read(m, 65532, back, 4));
  CHECK(memcmp(bytes, back, 4) == 0);
  const uint64_t bad[] = {65533, 65536, UINT64_MAX, UINT64_MAX - 3, UINT64_C(1) << 32};
  for (size_t i = 0; i < 5; i++) {
    FAILS(safewasm_memory_write(m, bad[i], bytes, 4), OUT_OF_BOUNDS, "`address`");
    FAILS(safewasm_memory_read(m, bad[i], back, 4), OUT_OF_BOUNDS, "65536 bytes");
  }
  FAILS(safewasm_memory_read(m, 0, back, SIZE_MAX), INVALID_ARGUMENT, "`data`");
  OK(safewasm_memory_read(m, 65536, NULL, 0));
  FAILS(safewasm_memory_read(m, 65537, NULL, 0), OUT_OF_BOUNDS, "65537");
  CHECK(memcmp(bytes, back, 4) == 0);
  /* A refused copy has written nothing, not even the part that would have fitted. */
  OK(safewasm_memory_read(m, 65532, back, 4));
  CHECK(memcmp(bytes, back, 4) == 0);
  safewasm_extern_delete(&memory);
  delete_world(world);
}

TEST(bytes_move_within_a_memory_through_its_own_view) {
  world_t world = new_world(NUMBERS);
  safewasm_extern_t memory = get_export(world.instance, "memory");
  safewasm_view_t *view;
  const safewasm_cell_t *cell;
  OK(safewasm_memory_view(memory.of.memory, &view, &cell));
  for (size_t i = 0; i < 5000; i++) cell->data[i] = (uint8_t)(i % 251);
  OK(safewasm_memory_write(memory.of.memory, 100, cell->data, 4000));
  for (size_t i = 0; i < 4000; i++) CHECK(cell->data[100 + i] == (uint8_t)(i % 251));
  OK(safewasm_memory_read(memory.of.memory, 100, cell->data, 4000));
  for (size_t i = 0; i < 4000; i++) CHECK(cell->data[i] == (uint8_t)(i % 251));
  safewasm_view_delete(view);
  safewasm_extern_delete(&memory);
  delete_world(world);
}

TEST(a_view_follows_growth_and_outlives_the_store) {
  world_t world = new_world(NUMBERS);
  safewasm_extern_t memory = get_export(world.instance, "memory");
  safewasm_extern_t grow = get_export(world.instance, "grow");
  safewasm_view_t *view, *second;
  const safewasm_cell_t *cell, *cell_of_second;
  OK(safewasm_memory_view(memory.of.memory, &view, &cell));
  OK(safewasm_memory_view(memory.of.memory, &second, &cell_of_second));
  CHECK(cell->len == 65536 && cell != cell_of_second && cell->data == cell_of_second->data);
  cell->data[10] = 42;
  safewasm_slot_t slot = {.i32 = 1};
  OK(safewasm_func_call_slots(grow.of.func, &slot, 1));
  CHECK(cell->len == 131072 && cell->data[10] == 42);
  safewasm_memorytype_t type;
  OK(safewasm_memory_type(memory.of.memory, &type));
  CHECK(type.min == 2 && type.max == 3);

  /* The cell of a deleted view is no longer updated. */
  uint64_t generation = cell_of_second->generation;
  safewasm_view_delete(second);
  safewasm_view_delete(second);
  slot.i32 = 1;
  OK(safewasm_func_call_slots(grow.of.func, &slot, 1));
  CHECK(cell->len == 196608);
  CHECK(cell_of_second->generation != generation);

  const uint8_t *kept = cell->data;
  safewasm_store_delete(world.store);
  CHECK(cell->data == NULL && cell->len == 0);
  CHECK(kept[10] == 42);
  CHECK(safewasm_view_is_valid(view));
  safewasm_view_delete(view);
  CHECK(!safewasm_view_is_valid(view));
  delete_world(world);
}

int main(void) {
  RUN(every_kind_of_number_goes_through_both_calls);
  RUN(several_results_come_in_order);
  RUN(wrong_arguments_are_errors_that_quote_the_signature);
  RUN(each_trap_has_its_code_and_the_store_works_on);
  RUN(the_backtrace_names_module_and_functions);
  RUN(reads_and_writes_stay_within_the_memory);
  RUN(bytes_move_within_a_memory_through_its_own_view);
  RUN(a_view_follows_growth_and_outlives_the_store);
  return finish("calls");
}
