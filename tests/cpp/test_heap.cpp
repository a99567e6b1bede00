// Structures and arrays, and their types.
#include "check.hpp"

static const char *const lists = R"((module
  (type $list (struct (field (mut i32)) (field (mut (ref null $list)))))
  (global (export "global") (ref null $list) (ref.null $list))
  (func (export "sum") (param (ref null $list)) (result i32)
    (local $sum i32)
    (block $end (loop $next
      (br_if $end (ref.is_null (local.get 0)))
      (local.set $sum (i32.add (local.get $sum) (struct.get $list 0 (local.get 0))))
      (local.set 0 (struct.get $list 1 (local.get 0)))
      (br $next)))
    (local.get $sum))
  (func (export "one") (result (ref $list))
    (struct.new $list (i32.const 1) (ref.null $list)))))";

TEST(a_heap_type_comes_from_text_a_function_a_global_a_field_or_an_object) {
  World world;
  const Instance instance = world.instance(lists);
  const Func sum = instance.func("sum"), one = instance.func("one");
  const std::string text = "(struct (field (mut i32)) (field (mut (ref null (struct …)))))";
  const HeapType list = HeapType::of_param(sum.type(), 0);
  CHECK(list.text() == text && list.kind() == HeapKind::structure);
  CHECK(list.of_field(1).text() == text);
  CHECK(HeapType::of_result(one.type(), 0).text() == text);
  CHECK(HeapType::of(one.call({})[0].get<Ref>()).text() == text);
  CHECK(HeapType::of_extern(world.module(lists).exports()[0].type).text() == text);
  const HeapType array(world.engine, "(array (mut i16))");
  const std::vector<FieldType> fields = array.fields();
  CHECK(array.kind() == HeapKind::array && fields.size() == 1 && fields[0].content == ValType::i32());
  CHECK(fields[0].packed_bits == 16 && fields[0].is_mutable);
  FAILS_WITH(type_mismatch, "parameter 0", HeapType::of_param(FuncType(world.engine, "(i32) -> ()"), 0));
  FAILS_WITH(not_found, "0 results", HeapType::of_result(FuncType(world.engine, "(i32) -> ()"), 0));
  FAILS_WITH(invalid_text, "expected", HeapType(world.engine, "(struct"));
}

TEST(structures_and_arrays_are_made_read_and_set) {
  World world;
  const Func sum = world.instance(lists).func("sum");
  const HeapType list = HeapType::of_param(sum.type(), 0);
  const Ref first = Ref::structure(world.store, list, {40, null_ref});
  const Ref second = Ref::structure(world.store, list, {2, first});
  CHECK(sum.call({second})[0].get<std::int32_t>() == 42);
  second.set_field(0, 5);
  CHECK(sum.call({second})[0].get<std::int32_t>() == 45);
  CHECK(second.field(0).get<std::int32_t>() == 5 && second.field(1).get<Ref>().same(first));
  CHECK(second.field_type(0).is_mutable && second.field_type(0).content == ValType::i32());

  const HeapType floats(world.engine, "(array (mut f64))");
  const Ref array = Ref::array(world.store, floats, {1.5, 2.5});
  array.set_field(1, 3.5);
  CHECK(array.fields().size() == 2 && array.field(1).get<double>() == 3.5);
  CHECK(Ref::array_of(world.store, floats, 1000, 7.5).field(999).get<double>() == 7.5);
  CHECK(Ref::array_of(world.store, floats, 3).fields().size() == 3);
}

TEST(a_value_that_does_not_fit_a_field_is_an_error) {
  World world, other;
  const HeapType pair(world.engine, "(struct (field i8) (field (mut externref)))");
  FAILS_WITH(type_mismatch, "2 fields", Ref::structure(world.store, pair, {1}));
  FAILS_WITH(invalid_argument, "8 bits", Ref::structure(world.store, pair, {1000, null_ref}));
  FAILS_WITH(type_mismatch, "values[0]", Ref::structure(world.store, pair, {1.5, null_ref}));
  FAILS_WITH(wrong_store, "", Ref::structure(world.store, pair, {1, Ref::external(other.store, 1)}));
  FAILS_WITH(wrong_engine, "", Ref::structure(other.store, pair, {1, null_ref}));
  FAILS_WITH(type_mismatch, "no type of arrays", Ref::array_of(world.store, pair, 3));
  const Ref object = Ref::structure(world.store, pair, {1, null_ref});
  FAILS_WITH(type_mismatch, "immutable", object.set_field(0, 2));
  FAILS_WITH(not_found, "2 fields", object.set_field(2, 2));
  FAILS_WITH(not_found, "2 fields", object.field(2));
  FAILS_WITH(limit, "len", Ref::array_of(world.store, HeapType(world.engine, "(array i8)"), SIZE_MAX));
}

int main() {
  RUN(a_heap_type_comes_from_text_a_function_a_global_a_field_or_an_object);
  RUN(structures_and_arrays_are_made_read_and_set);
  RUN(a_value_that_does_not_fit_a_field_is_an_error);
  return finish("heap");
}
