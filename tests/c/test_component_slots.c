/* Calls of functions of components that take and return numbers, over slots and columns. */
#include "components.h"

static const char *const NUMBERS =
    "(component"
    "  (core module $m"
    "    (global $calls (mut i32) (i32.const 0))"
    "    (func (export \"add\") (param i32 i32) (result i32)"
    "      (global.set $calls (i32.add (global.get $calls) (i32.const 1)))"
    "      (i32.add (local.get 0) (local.get 1)))"
    "    (func (export \"div\") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))"
    "    (func (export \"mix\") (param i32 i64 f32 f64 i32) (result f64)"
    "      (f64.add (f64.add (f64.convert_i32_s (local.get 0)) (f64.convert_i64_s (local.get 1)))"
    "        (f64.add (f64.promote_f32 (local.get 2))"
    "          (f64.add (local.get 3) (f64.convert_i32_u (local.get 4))))))"
    "    (func (export \"calls\") (result i32) (global.get $calls))"
    "    (func (export \"note\") (param i32)"
    "      (global.set $calls (i32.add (global.get $calls) (local.get 0)))))"
    "  (core instance $i (instantiate $m))"
    "  (func (export \"add-bytes\") (param \"x\" u8) (param \"y\" u8) (result u8)"
    "    (canon lift (core func $i \"add\")))"
    "  (func (export \"add-short\") (param \"x\" s8) (param \"y\" s8) (result s16)"
    "    (canon lift (core func $i \"add\")))"
    "  (func (export \"are-different\") (param \"x\" bool) (param \"y\" bool) (result bool)"
    "    (canon lift (core func $i \"add\")))"
    "  (func (export \"div\") (param \"x\" s32) (param \"y\" s32) (result s32)"
    "    (canon lift (core func $i \"div\")))"
    "  (func (export \"mix\") (param \"a\" s16) (param \"b\" s64) (param \"c\" f32) (param \"d\" f64)"
    "    (param \"e\" char) (result f64) (canon lift (core func $i \"mix\")))"
    "  (func (export \"shift\") (param \"x\" char) (param \"by\" u32) (result char)"
    "    (canon lift (core func $i \"add\")))"
    "  (func (export \"calls\") (result u32) (canon lift (core func $i \"calls\")))"
    "  (func (export \"note\") (param \"x\" u32) (canon lift (core func $i \"note\"))))";

#define COLUMN(array) {(array), sizeof *(array)}

static uint32_t calls(host_t host) {
  safewasm_componentfunc_t *func = func_of(host, NULL, "calls");
  safewasm_slot_t slot = {.i32 = -1};
  OK(safewasm_componentfunc_call_slots(func, &slot, 1));
  safewasm_componentfunc_delete(func);
  return (uint32_t)slot.i32;
}

static safewasm_error_t *call(host_t host, const char *name, safewasm_slot_t *slots, size_t len) {
  safewasm_componentfunc_t *func = func_of(host, NULL, name);
  safewasm_error_t *error = safewasm_componentfunc_call_slots(func, slots, len);
  safewasm_componentfunc_delete(func);
  return error;
}

static safewasm_error_t *apply(host_t host, const char *name, size_t count, const safewasm_column_t *args,
                               size_t args_len, const safewasm_column_t *results, size_t results_len) {
  safewasm_componentfunc_t *func = func_of(host, NULL, name);
  safewasm_error_t *error =
      safewasm_componentfunc_call_bulk(func, count, args, args_len, results, results_len);
  safewasm_componentfunc_delete(func);
  return error;
}

TEST(every_kind_of_number_goes_there_and_back_in_a_slot) {
  host_t host = new_echo();
  static const struct {
    const char *name;
    int64_t values[3];
    int is_wide;
  } kinds[] = {
      {"bool", {0, 1, 1}, 0},
      {"s8", {-128, -1, 127}, 0},
      {"u8", {0, 1, 255}, 0},
      {"s16", {-32768, -1, 32767}, 0},
      {"u16", {0, 1, 65535}, 0},
      {"s32", {INT32_MIN, -1, INT32_MAX}, 0},
      {"u32", {0, -1, INT32_MIN}, 0}, /* -1 has the bits of UINT32_MAX */
      {"char", {0, 0xd7ff, 0x10ffff}, 0},
      {"s64", {INT64_MIN, -1, INT64_MAX}, 1},
      {"u64", {0, -1, INT64_MAX}, 1},
      {"f32", {0x7f800001, 0x3fc00000, 0}, 0}, /* a NaN keeps its bits */
      {"f64", {0x7ff0000000000001, 0x3ff8000000000000, 0}, 1},
  };
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    for (size_t j = 0; j < 3; j++) {
      safewasm_slot_t slot;
      memset(&slot, 0xaa, sizeof slot);
      if (kinds[i].is_wide) {
        slot.i64 = kinds[i].values[j];
      } else {
        slot.i32 = (int32_t)kinds[i].values[j];
      }
      OK(call(host, kinds[i].name, &slot, 1));
      CHECK(kinds[i].is_wide ? slot.i64 == kinds[i].values[j] : slot.i32 == (int32_t)kinds[i].values[j]);
    }
  }
  delete_host(host);
}

TEST(functions_of_several_numbers_get_each_from_its_slot) {
  host_t host = new_host(NUMBERS);
  safewasm_slot_t slots[5] = {{.i32 = -5}, {.i64 = 1000000000000}, {.f32 = 0.5f}, {.f64 = 0.25}, {.i32 = 'A'}};
  OK(call(host, "mix", slots, 5));
  CHECK(slots[0].f64 == -5 + 1e12 + 0.75 + 'A');
  /* Without a result the slots stay. */
  slots[0].i32 = 40;
  OK(call(host, "note", slots, 1));
  CHECK(slots[0].i32 == 40);
  CHECK(calls(host) == 40);
  delete_host(host);
}

TEST(functions_without_parameters_and_results_take_no_slots) {
  host_t host = new_echo();
  OK(call(host, "none", NULL, 0));
  delete_host(host);
}

TEST(more_than_sixteen_numbers_go_through_memory) {
  host_t host = new_echo();
  safewasm_slot_t slots[17];
  for (int32_t i = 0; i < 17; i++) slots[i].i32 = 100 + i;
  OK(call(host, "seventeen", slots, 17));
  CHECK(slots[0].i32 == 116);
  delete_host(host);
}

TEST(slots_that_do_not_fit_are_refused_with_the_parameter) {
  host_t host = new_echo();
  static const struct {
    const char *name;
    int32_t value;
    const char *text;
  } cases[] = {
      {"bool", 2, "`slots[0]`: parameter `x`: a bool is 0 or 1"},
      {"bool", -1, "a bool is 0 or 1"},
      {"s8", 128, "`slots[0]`: parameter `x`: 128 is no s8"},
      {"s8", -129, "-129 is no s8"},
      {"u8", 256, "`slots[0]`: parameter `x`: 256 is no u8"},
      {"u8", -1, "-1 is no u8"},
      {"s16", 32768, "32768 is no s16"},
      {"u16", 65536, "65536 is no u16"},
      {"u16", -1, "-1 is no u16"},
      {"char", 0xd800, "`slots[0]`: parameter `x`: 0xd800 is no Unicode scalar value"},
      {"char", 0x110000, "0x110000 is no Unicode scalar value"},
      {"char", -1, "0xffffffff is no Unicode scalar value"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    safewasm_slot_t slot = {.i32 = cases[i].value};
    FAILS(call(host, cases[i].name, &slot, 1), TYPE_MISMATCH, cases[i].text);
    CHECK(slot.i32 == cases[i].value);
  }
  delete_host(host);
  host = new_host(NUMBERS);
  safewasm_slot_t slots[2] = {{.i32 = 1}, {.i32 = 300}};
  FAILS(call(host, "add-bytes", slots, 2), TYPE_MISMATCH, "`slots[1]`: parameter `y`: 300 is no u8");
  CHECK(calls(host) == 0);
  delete_host(host);
}

TEST(another_number_of_slots_is_refused) {
  host_t host = new_echo();
  safewasm_slot_t slots[2] = {{.i32 = 1}, {.i32 = 2}};
  FAILS(call(host, "u8", slots, 2), TYPE_MISMATCH, "`slots_len` is 2, but the function needs 1 slot");
  FAILS(call(host, "u8", NULL, 0), TYPE_MISMATCH, "`slots_len` is 0, but the function needs 1 slot");
  FAILS(call(host, "none", slots, 1), TYPE_MISMATCH, "`slots_len` is 1, but the function needs 0 slots");
  FAILS(call(host, "u8", NULL, 1), NULL_POINTER, "`slots` is NULL");
  delete_host(host);
  host = new_host(NUMBERS);
  FAILS(call(host, "calls", NULL, 0), TYPE_MISMATCH, "needs 1 slot");
  delete_host(host);
}

TEST(functions_of_more_than_numbers_are_refused_with_the_parameter) {
  host_t host = new_echo();
  safewasm_slot_t slots[2] = {{.i32 = 1}, {.i32 = 2}};
  const safewasm_column_t none[] = {{NULL, 1}};
  FAILS(call(host, "bytes", slots, 2), UNSUPPORTED, "the parameter `x` of `func` is no bool, number or char");
  FAILS(call(host, "paint", slots, 1), UNSUPPORTED, "by `safewasm_componentfunc_call`");
  FAILS(call(host, "bad-string", slots, 1), UNSUPPORTED, "the result of `func` is no bool, number or char");
  FAILS(apply(host, "maybe", 0, none, 1, none, 1), UNSUPPORTED, "the parameter `x` of `func`");
  delete_host(host);
}

TEST(more_bits_than_a_result_has_are_dropped) {
  host_t host = new_host(NUMBERS);
  safewasm_slot_t slots[2] = {{.i32 = 200}, {.i32 = 100}};
  OK(call(host, "add-bytes", slots, 2));
  CHECK(slots[0].i32 == 44);
  slots[0].i32 = slots[1].i32 = 1;
  OK(call(host, "are-different", slots, 2));
  CHECK(slots[0].i32 == 1); /* 1 + 1 is no 0 */
  delete_host(host);
}

TEST(a_char_that_is_none_is_a_trap_and_ends_the_components) {
  host_t host = new_echo();
  safewasm_slot_t slot = {.i32 = 0xd800};
  FAILS(call(host, "bad-char", &slot, 1), TRAP, "");
  slot.i32 = 'a';
  FAILS(call(host, "bad-char", &slot, 1), COMPONENTS_ENDED, "use another store");
  delete_host(host);
}

TEST(a_trap_in_a_slot_call_ends_the_components_of_its_store) {
  host_t host = new_host(NUMBERS);
  safewasm_slot_t slots[2] = {{.i32 = 7}, {.i32 = 0}};
  safewasm_error_t *error = call(host, "div", slots, 2);
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_INTEGER_DIVISION_BY_ZERO);
  FAILS(error, TRAP, "integer divide by zero");
  FAILS(call(host, "calls", slots, 1), COMPONENTS_ENDED, "integer divide by zero");
  FAILS(apply(host, "calls", 0, NULL, 0, (safewasm_column_t[]){{NULL, 4}}, 1), COMPONENTS_ENDED,
        "integer divide by zero");
  delete_host(host);
}

TEST(a_function_is_applied_to_columns_of_each_width) {
  host_t host = new_host(NUMBERS);
  enum { COUNT = 200 };
  static struct {
    int16_t a;
    int64_t b;
    float c;
    double d;
    uint32_t e;
  } rows[COUNT];
  static double sums[COUNT + 1];
  for (int i = 0; i < COUNT; i++) {
    rows[i].a = (int16_t)(-i);
    rows[i].b = 1000000000000 * i;
    rows[i].c = 0.5f;
    rows[i].d = 0.25 * i;
    rows[i].e = 0x10000 + (uint32_t)i;
  }
  sums[COUNT] = 77;
  const safewasm_column_t args[] = {{&rows[0].a, sizeof rows[0]}, {&rows[0].b, sizeof rows[0]},
                                    {&rows[0].c, sizeof rows[0]}, {&rows[0].d, sizeof rows[0]},
                                    {&rows[0].e, sizeof rows[0]}};
  const safewasm_column_t results[] = {COLUMN(sums)};
  OK(apply(host, "mix", COUNT, args, 5, results, 1));
  for (int i = 0; i < COUNT; i++) CHECK(sums[i] == -i + 1e12 * i + 0.5 + 0.25 * i + 0x10000 + i);
  CHECK(sums[COUNT] == 77);
  int8_t xs[] = {-128, 1, 127}, ys[] = {-128, -1, 127};
  int16_t both[] = {0, 7, 0, 77};
  const safewasm_column_t short_args[] = {COLUMN(xs), COLUMN(ys)}, short_results[] = {COLUMN(both)};
  OK(apply(host, "add-short", 3, short_args, 2, short_results, 1));
  CHECK(both[0] == -256 && both[1] == 0 && both[2] == 254 && both[3] == 77);
  delete_host(host);
}

TEST(columns_lie_at_any_distance_and_a_result_may_take_the_place_of_arguments) {
  host_t host = new_host(NUMBERS);
  uint8_t bytes[] = {1, 2, 3, 4, 5}, one = 1;
  const safewasm_column_t args[] = {{bytes, 1}, {&one, 0}}, next[] = {{bytes + 1, 1}};
  OK(apply(host, "add-bytes", 4, args, 2, next, 1));
  for (int i = 0; i < 5; i++) CHECK(bytes[i] == i + 1);
  /* Each result is the argument of the next call. */
  memset(bytes, 9, sizeof bytes);
  OK(apply(host, "add-bytes", 4, args, 2, next, 1));
  for (int i = 0; i < 5; i++) CHECK(bytes[i] == 9 + i);
  /* Backwards, and at odd addresses. */
  unsigned char in[9] = {0, 10, 0, 0, 0, 20, 0, 0, 0}, out[9] = {0};
  const safewasm_column_t odd[] = {{in + 5, -4}, {in + 1, 0}}, odd_out[] = {{out + 1, 4}};
  OK(apply(host, "div", 2, odd, 2, odd_out, 1));
  CHECK(out[1] == 2 && out[5] == 1);
  delete_host(host);
}

TEST(bulk_calls_go_in_order_also_without_arguments_or_results) {
  host_t host = new_host(NUMBERS);
  uint32_t numbers[3] = {0}, two = 2;
  const safewasm_column_t results[] = {COLUMN(numbers)}, args[] = {{&two, 0}};
  OK(apply(host, "note", 10, args, 1, NULL, 0));
  OK(apply(host, "calls", 3, NULL, 0, results, 1));
  CHECK(numbers[0] == 20 && numbers[2] == 20);
  /* A bulk call of no rows calls nothing. */
  const safewasm_column_t none[] = {{NULL, 4}};
  OK(apply(host, "note", 0, none, 1, NULL, 0));
  CHECK(calls(host) == 20);
  delete_host(host);
}

TEST(a_bulk_call_that_fails_says_which_and_the_results_before_it_are_there) {
  host_t host = new_host(NUMBERS);
  uint32_t chars[] = {'a', 'b', 0xdfff, 'd'}, by = 1, shifted[] = {7, 7, 7, 7};
  const safewasm_column_t args[] = {COLUMN(chars), {&by, 0}}, results[] = {COLUMN(shifted)};
  FAILS(apply(host, "shift", 4, args, 2, results, 1), TYPE_MISMATCH,
        "call 2 of 4, counted from 0: `args[0]`: parameter `x`: 0xdfff is no Unicode scalar value");
  CHECK(shifted[0] == 'b' && shifted[1] == 'c' && shifted[2] == 7 && shifted[3] == 7);
  /* What is refused doesn't end the components. */
  CHECK(calls(host) == 2);
  uint8_t bools[] = {1, 2}, outcomes[2];
  const safewasm_column_t bool_args[] = {COLUMN(bools), COLUMN(bools)}, bool_results[] = {COLUMN(outcomes)};
  FAILS(apply(host, "are-different", 2, bool_args, 2, bool_results, 1), TYPE_MISMATCH,
        "call 1 of 2, counted from 0: `args[0]`: parameter `x`: a bool is 0 or 1");
  int32_t xs[] = {10, 20, 30}, ys[] = {1, 0, 3}, quotients[] = {-1, -1, -1};
  const safewasm_column_t div_args[] = {COLUMN(xs), COLUMN(ys)}, div_results[] = {COLUMN(quotients)};
  FAILS(apply(host, "div", 3, div_args, 2, div_results, 1), TRAP,
        "call 1 of 3, counted from 0: wasm trap: integer divide by zero");
  CHECK(quotients[0] == 10 && quotients[1] == -1 && quotients[2] == -1);
  delete_host(host);
}

TEST(wrong_columns_are_refused) {
  host_t host = new_host(NUMBERS);
  int32_t xs[] = {1, 2};
  const safewasm_column_t args[] = {COLUMN(xs), COLUMN(xs), COLUMN(xs)}, bad[] = {COLUMN(xs), {NULL, 4}};
  FAILS(apply(host, "div", 2, args, 3, args, 1), TYPE_MISMATCH, "`args_len` is 3, but the function has 2 parameters");
  FAILS(apply(host, "div", 2, args, 2, args, 2), TYPE_MISMATCH, "`results_len` is 2, but the function has 1 result");
  FAILS(apply(host, "note", 2, args, 1, args, 1), TYPE_MISMATCH, "`results_len` is 1, but the function has 0 results");
  FAILS(apply(host, "div", 2, bad, 2, args, 1), NULL_POINTER, "`args[1].data` is NULL");
  FAILS(apply(host, "div", 2, args, 2, bad + 1, 1), NULL_POINTER, "`results[0].data` is NULL");
  FAILS(apply(host, "div", 2, NULL, 2, args, 1), NULL_POINTER, "`args` is NULL");
  delete_host(host);
}

int main(void) {
  RUN(every_kind_of_number_goes_there_and_back_in_a_slot);
  RUN(functions_of_several_numbers_get_each_from_its_slot);
  RUN(functions_without_parameters_and_results_take_no_slots);
  RUN(more_than_sixteen_numbers_go_through_memory);
  RUN(slots_that_do_not_fit_are_refused_with_the_parameter);
  RUN(another_number_of_slots_is_refused);
  RUN(functions_of_more_than_numbers_are_refused_with_the_parameter);
  RUN(more_bits_than_a_result_has_are_dropped);
  RUN(a_char_that_is_none_is_a_trap_and_ends_the_components);
  RUN(a_trap_in_a_slot_call_ends_the_components_of_its_store);
  RUN(a_function_is_applied_to_columns_of_each_width);
  RUN(columns_lie_at_any_distance_and_a_result_may_take_the_place_of_arguments);
  RUN(bulk_calls_go_in_order_also_without_arguments_or_results);
  RUN(a_bulk_call_that_fails_says_which_and_the_results_before_it_are_there);
  RUN(wrong_columns_are_refused);
  return finish("componentslots");
}
