// Calls of functions with their type in C++, with values, and in bulk.
#include "check.hpp"

#include <cstdlib>
#include <limits>
#include <new>

// Counts the allocations of this program, as a call of numbers makes none. Where these functions are inlined,
// the compiler takes `free` for a mistake.
static int allocations = 0;

__attribute__((noinline)) void *operator new(std::size_t size) {
  allocations++;
  if (void *const room = std::malloc(size)) return room;
  throw std::bad_alloc();
}
__attribute__((noinline)) void *operator new(std::size_t size, const std::nothrow_t &) noexcept {
  allocations++;
  return std::malloc(size);
}
__attribute__((noinline)) void operator delete(void *room) noexcept { std::free(room); }
__attribute__((noinline)) void operator delete(void *room, std::size_t) noexcept { std::free(room); }

static const char *const functions = R"((module
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "add64") (param i64 i64) (result i64) (i64.add (local.get 0) (local.get 1)))
  (func (export "half") (param f64) (result f64) (f64.div (local.get 0) (f64.const 2)))
  (func (export "halff") (param f32) (result f32) (f32.div (local.get 0) (f32.const 2)))
  (func (export "vector") (param v128) (result v128) (i8x16.add (local.get 0) (local.get 0)))
  (func (export "swap") (param i32 i64) (result i64 i32) (local.get 1) (local.get 0))
  (func (export "nothing"))
  (func (export "extern") (param externref) (result externref) (local.get 0))
  (func (export "func") (param funcref) (result funcref) (local.get 0))
  (func (export "nonnull") (param (ref extern)) (result (ref extern)) (local.get 0))
  (func (export "both") (param externref f32) (result f32 externref) (local.get 1) (local.get 0))
  (func (export "any") (param anyref) (result anyref) (local.get 0))
  (memory (export "memory") 1)))";

TEST(a_typed_function_takes_and_gives_each_type) {
  World world;
  const Instance instance = world.instance(functions);
  CHECK((instance.func<std::int32_t(std::int32_t, std::int32_t)>("add")(1, -2)) == -1);
  CHECK((instance.func<std::uint32_t(std::uint32_t, std::int32_t)>("add")(4000000000U, 1)) == 4000000001U);
  CHECK((instance.func<std::int64_t(std::int64_t, std::int64_t)>("add64")(1, INT64_MAX)) == INT64_MIN);
  CHECK((instance.func<std::uint64_t(std::uint64_t, long long)>("add64")(UINT64_MAX, 0)) == UINT64_MAX);
  CHECK(instance.func<double(double)>("half")(3) == 1.5);
  CHECK(instance.func<float(float)>("halff")(3) == 1.5f);
  V128 vector, twice;
  for (std::uint8_t i = 0; i < 16; i++) {
    vector.bytes[i] = i;
    twice.bytes[i] = static_cast<std::uint8_t>(2 * i);
  }
  CHECK(instance.func<V128(V128)>("vector")(vector) == twice && vector != twice);
  const auto [wide, narrow] =
      instance.func<std::tuple<std::int64_t, std::int32_t>(std::int32_t, std::int64_t)>("swap")(1, 2);
  CHECK(wide == 2 && narrow == 1);
  instance.func<void()>("nothing")();
}

TEST(a_typed_function_takes_and_gives_references) {
  World world;
  const Instance instance = world.instance(functions);
  const Ref ref = Ref::external(world.store, std::string("text"));
  const auto external = instance.func<std::optional<Ref>(std::optional<Ref>)>("extern");
  CHECK(external(ref)->get<std::string>() == "text");
  CHECK(external(external(ref))->same(ref));
  CHECK(!external(std::nullopt) && !external(std::optional<Ref>()));
  const auto function = instance.func<std::optional<Func>(std::optional<Func>)>("func");
  const Func nothing = instance.func("nothing");
  CHECK(function(nothing)->same(nothing) && !function(std::nullopt));
  const auto nonnull = instance.func<Ref(Ref)>("nonnull");
  CHECK(nonnull(ref).same(ref));
  const auto both = instance.func<std::tuple<float, std::optional<Ref>>(std::optional<Ref>, float)>("both");
  CHECK(std::get<1>(both(ref, 1))->same(ref) && std::get<0>(both(std::nullopt, 2.5f)) == 2.5f);
  const auto any = instance.func<std::optional<Ref>(std::optional<Ref>)>("any");
  CHECK(any(Ref::i31(world.store, 9))->i31() == 9);
  FAILS_WITH(type_mismatch, "", any(ref));
}

TEST(a_wrong_type_is_an_error_with_the_name_and_both_types) {
  World world;
  const Instance instance = world.instance(functions);
  FAILS_WITH(type_mismatch, "the function \"add\" has the type (i32, i32) -> i32, not (i32, i64) -> i32",
             (instance.func<std::int32_t(std::int32_t, std::int64_t)>("add")));
  FAILS_WITH(type_mismatch, "not (i32) -> i32", instance.func<std::int32_t(std::int32_t)>("add"));
  FAILS_WITH(type_mismatch, "not () -> ()", instance.func<void()>("add"));
  FAILS_WITH(type_mismatch, "(i32, i64) -> (i64, i32), not (i32, i64) -> (i64, f32)",
             (instance.func<std::tuple<std::int64_t, float>(std::int32_t, std::int64_t)>("swap")));
  FAILS_WITH(type_mismatch, "not (externref) -> (ref extern)",
             instance.func<Ref(std::optional<Ref>)>("extern"));
  FAILS_WITH(type_mismatch, "not (funcref) -> ()", instance.func<void(std::optional<Func>)>("extern"));
  FAILS_WITH(type_mismatch, "the function has the type () -> ()", instance.func("nothing").typed<int()>());
  FAILS_WITH(not_found, "ad", instance.func<void()>("ad"));
  FAILS_WITH(type_mismatch, "memory", instance.func<void()>("memory"));
}

TEST(a_null_for_a_parameter_that_may_not_be_null_is_an_error_of_the_call) {
  World world;
  const auto nonnull = world.instance(functions).func<Ref(std::optional<Ref>)>("nonnull");
  FAILS_WITH(type_mismatch, "", nonnull(std::nullopt));
  CHECK(!nonnull.try_call(std::nullopt));
}

TEST(a_call_of_numbers_allocates_nothing) {
  World world;
  const Instance instance = world.instance(functions);
  const auto add = instance.func<std::int32_t(std::int32_t, std::int32_t)>("add");
  const auto swap = instance.func<std::tuple<std::int64_t, std::int32_t>(std::int32_t, std::int64_t)>("swap");
  const Func host = Func::wrap(world.store, [](std::int32_t x) { return x; });
  const auto through = world
                           .instance(R"((module (import "" "f" (func $f (param i32) (result i32)))
      (func (export "f") (param i32) (result i32) (call $f (local.get 0)))))",
                                     {host})
                           .func<std::int32_t(std::int32_t)>("f");
  const int before = allocations;
  for (int i = 0; i < 10; i++) {
    CHECK(add(i, 1) == i + 1 && std::get<0>(swap(i, 7)) == 7 && through(i) == i &&
          *add.try_call(i, i) == 2 * i);
  }
  CHECK(allocations == before);
}

TEST(a_function_becomes_a_typed_one_and_back) {
  World world;
  Func add = world.instance(functions).func("add");
  const auto copy = add.typed<std::int32_t(std::int32_t, std::int32_t)>();
  const auto moved = std::move(add).typed<std::int32_t(std::int32_t, std::int32_t)>();
  CHECK(copy(1, 2) == 3 && moved(3, 4) == 7 && copy.func().same(moved.func()));
  CHECK(moved.func().type().text() == "(i32, i32) -> i32");
}

TEST(a_call_with_values_checks_them) {
  World world;
  const Instance instance = world.instance(functions);
  const Func add = instance.func("add");
  CHECK(add.call({1, 2})[0].get<std::int32_t>() == 3);
  FAILS_WITH(type_mismatch, "(i32, i32) -> i32", add.call({1}));
  FAILS_WITH(type_mismatch, "", add.call({1, 2.5}));
  FAILS_WITH(type_mismatch, "", add.call({1, null_ref}));
  std::vector<Val> results = instance.func("swap").call({1, std::int64_t{2}});
  CHECK(results.size() == 2 && results[0].kind() == ValKind::i64 && results[1].is<std::int32_t>());
  const std::vector<Arg> args(results.rbegin(), results.rend());
  CHECK(instance.func("swap").call(args)[0].get<std::int64_t>() == 2);
  const Ref ref = Ref::external(world.store, 5);
  results = instance.func("extern").call({ref});
  CHECK(results[0].get<Ref>().get<int>() == 5);
  CHECK(!instance.func("extern").call({null_ref})[0].get<std::optional<Ref>>());
  CHECK(!instance.func("func").call({null_func})[0].get<std::optional<Func>>());
  CHECK(instance.func("func").call({add})[0].get<Func>().same(add));
}

TEST(a_value_is_taken_as_its_own_type_only) {
  World world;
  CHECK(Val(1).get<std::uint32_t>() == 1 && Val(-1L).get<std::int64_t>() == -1 &&
        Val(0.5f).get<float>() == 0.5f);
  FAILS_WITH(type_mismatch, "the value is i32, not i64", Val(1).get<std::int64_t>());
  FAILS_WITH(type_mismatch, "the value is i32, not f32", Val(1).get<float>());
  FAILS_WITH(type_mismatch, "the value is i32, not a reference to something other than a function",
             Val(1).get<std::optional<Ref>>());
  FAILS_WITH(type_mismatch, "the value is a reference to a function, not v128", Val(null_func).get<V128>());
  FAILS_WITH(type_mismatch, "null reference", Val(null_ref).get<Ref>());
  FAILS_WITH(type_mismatch, "null reference", Val(null_func).get<Func>());
  Val value = Ref::i31(world.store, 3);
  CHECK(value.get<Ref>().i31() == 3 && Val(Arg(value).raw().of.i32).kind() == ValKind::i32);
  const Ref taken = std::move(value).get<Ref>();
  CHECK(taken.i31() == 3);
}

TEST(a_bulk_call_goes_over_columns_and_single_values) {
  World world;
  const Instance instance = world.instance(functions);
  const auto add = instance.func<std::int32_t(std::int32_t, std::int32_t)>("add");
  const std::vector<std::int32_t> xs{1, 2, 3};
  std::array<std::int32_t, 3> sums{};
  add.bulk(sums, xs, 10);
  CHECK((sums == std::array<std::int32_t, 3>{11, 12, 13}));
  add.bulk(sums, sums, xs);
  CHECK((sums == std::array<std::int32_t, 3>{12, 14, 16}));
  add.bulk(sums, 1, 2);
  CHECK((sums == std::array<std::int32_t, 3>{3, 3, 3}));
  std::vector<double> none;
  instance.func<double(double)>("half").bulk(none, none);
  std::vector<std::int32_t> few(2);
  FAILS_WITH(invalid_argument, "different sizes: 3 and 2", (add.bulk(few, xs, 10), 0));
  std::int64_t sum = 0;
  const auto into = Func::wrap(world.store, [&](std::int32_t x, double y) {
                      if (x == 3) throw std::out_of_range("three");
                      sum += x + static_cast<std::int64_t>(y);
                    }).typed<void(std::int32_t, double)>();
  THROWS(std::out_of_range, "three", (into.bulk(xs, 0.0), 0));
  CHECK(sum == 3);
  FAILS_WITH(invalid_argument, "needs a column", (into.bulk(1, 2.0), 0));
}

int main() {
  RUN(a_typed_function_takes_and_gives_each_type);
  RUN(a_typed_function_takes_and_gives_references);
  RUN(a_wrong_type_is_an_error_with_the_name_and_both_types);
  RUN(a_null_for_a_parameter_that_may_not_be_null_is_an_error_of_the_call);
  RUN(a_call_of_numbers_allocates_nothing);
  RUN(a_function_becomes_a_typed_one_and_back);
  RUN(a_call_with_values_checks_them);
  RUN(a_value_is_taken_as_its_own_type_only);
  RUN(a_bulk_call_goes_over_columns_and_single_values);
  return finish("calls");
}
