// C++ functions that wasm calls, and C++ objects that wasm holds.
#include "check.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

// Calls a function of no parameters through wasm.
static void call(const World &world, const Func &func) {
  world.instance("(module (import \"\" \"f\" (func $f)) (func (export \"g\") (call $f)))", {func})
      .func<void()>("g")();
}

static std::int32_t doubled(std::int32_t x) { return 2 * x; }
static std::int32_t halved(std::int32_t x) noexcept { return x / 2; }

struct Counter {
  std::int32_t count = 0;
  std::int32_t operator()(std::int32_t step) { return count += step; }
};

TEST(anything_that_can_be_called_is_a_host_function) {
  World world;
  const auto call_with = [](const Func &func, Arg arg) { return func.call({arg})[0].get<std::int32_t>(); };
  CHECK(call_with(Func::wrap(world.store, doubled), 21) == 42);
  CHECK(call_with(Func::wrap(world.store, halved), 84) == 42);
  CHECK(call_with(Func::wrap(world.store, &doubled), 1) == 2);
  const Func counter = Func::wrap(world.store, Counter());
  CHECK(call_with(counter, 2) == 2 && call_with(counter, 3) == 5);
  std::function<std::int32_t(std::int32_t)> function = doubled;
  CHECK(call_with(Func::wrap(world.store, function), 4) == 8);
  CHECK(call_with(Func::wrap(world.store,
                             [n = std::make_unique<std::int32_t>(5)](std::int32_t x) { return x + *n; }),
                  1) == 6);
  CHECK(call_with(Func::wrap(world.store, [sum = 0](std::int32_t x) mutable noexcept { return sum += x; }),
                  9) == 9);
  CHECK(call_with(Func::wrap<std::int32_t(std::int32_t)>(world.store, [](auto x) { return x + 1; }), 1) == 2);
  CHECK(Func::wrap<void()>(world.store, [] { return 1; }).call({}).empty());
  CHECK(Func::wrap<std::int64_t(std::uint32_t)>(world.store, [](auto x) { return x; }).type().text() ==
        "(i32) -> i64");
}

TEST(the_type_of_a_host_function_follows_from_that_of_the_function) {
  World world;
  const auto text = [](const Func &func) { return func.type().text(); };
  CHECK(text(Func::wrap(world.store, [] {})) == "() -> ()");
  CHECK(text(Func::wrap(world.store, [](const Caller &) { return std::tuple<>(); })) == "() -> ()");
  CHECK(text(Func::wrap(world.store, [](Caller &, std::uint32_t, const std::int64_t &) { return 0.5f; })) ==
        "(i32, i64) -> f32");
  CHECK(text(Func::wrap(world.store, [](double, V128) { return std::tuple(1, 2.0); })) ==
        "(f64, v128) -> (i32, f64)");
  CHECK(text(Func::wrap(world.store, [](const std::optional<Ref> &, Func) -> std::optional<Func> {
          return {};
        })) == "(externref, (ref func)) -> funcref");
}

TEST(a_host_function_gives_several_results_and_references) {
  World world;
  const Func func = Func::wrap(world.store, [](std::int32_t x, std::optional<Ref> ref) {
    return std::tuple<std::optional<Ref>, std::int64_t>(std::move(ref), x);
  });
  const Ref ref = Ref::external(world.store, 'x');
  const auto typed =
      func.typed<std::tuple<std::optional<Ref>, std::int64_t>(std::int32_t, std::optional<Ref>)>();
  const auto [back, number] = typed(5, ref);
  CHECK(back->get<char>() == 'x' && number == 5);
  CHECK(!std::get<0>(typed(5, std::nullopt)));
  const Func empty = Func::wrap(world.store, [](Ref in) {
    const Ref taken = std::move(in);
    return in;
  });
  FAILS_WITH(null_pointer, "moved from", empty.call({ref}));
  const FuncType two(world.engine, {ValType::externref()}, {ValType::externref(), ValType::externref()});
  const Func half(world.store, two, [](Caller &, std::vector<Val> args) {
    args.push_back(std::move(args[0]).get<Ref>());
    std::swap(args[0], args[1]);
    return args;
  });
  FAILS_WITH(null_pointer, "moved from", half.call({ref}));
}

TEST(a_host_function_may_keep_its_references) {
  World world;
  std::vector<Ref> kept;
  std::optional<Func> function;
  const Func keep = Func::wrap(world.store, [&](Ref ref, const Func &func) {
    kept.push_back(std::move(ref));
    function = func.clone();
  });
  const Func answer = Func::wrap(world.store, [] { return 42; });
  for (int i = 0; i < 3; i++) keep.call({Ref::external(world.store, i), answer});
  world.store.collect();
  CHECK(kept.size() == 3 && kept[2].get<int>() == 2);
  CHECK(function->call({})[0].get<std::int32_t>() == 42);
}

TEST(a_caller_gives_the_exports_of_the_instance_that_calls) {
  World world;
  std::string said;
  safewasm_caller_t *after = nullptr;
  const Func log = Func::wrap(world.store, [&](Caller &caller, std::uint32_t address, std::uint32_t len) {
    said = caller.memory().text(address, len);
    caller.memory().write(0, std::int32_t{77});
    CHECK(caller.memory()[0] == 77 && caller.memory().read<std::int32_t>(0) == 77);
    CHECK(caller.func<std::int32_t()>("seven")() == 7);
    CHECK(std::holds_alternative<Memory>(caller.get("memory")));
    FAILS_WITH(not_found, "none", caller.get("none"));
    FAILS_WITH(out_of_bounds, "65536", caller.memory().text(65530, 7));
    FAILS_WITH(out_of_bounds, "", caller.memory().write(65536, 'x'));
    FAILS_WITH(type_mismatch, "", caller.memory("seven"));
    CHECK(Func::wrap(caller, [] { return 5; }).call({})[0].get<std::int32_t>() == 5);
    CHECK(caller.store().raw() == world.store.raw() && caller.is_valid());
    after = caller.raw();
  });
  const Instance instance = world.instance(R"((module
    (import "" "log" (func $log (param i32 i32)))
    (memory (export "memory") 1) (data (i32.const 16) "wasm says")
    (func (export "seven") (result i32) (i32.const 7))
    (func (export "run") (call $log (i32.const 16) (i32.const 9)))))",
                                           {log});
  instance.func<void()>("run")();
  CHECK(said == "wasm says" && instance.memory().read<std::int32_t>(0) == 77);
  Caller late(after);
  CHECK(!late.is_valid());
  FAILS_WITH(invalid_handle, "", late.memory());
  FAILS_WITH(invalid_handle, "", late.store());
}

TEST(a_host_function_of_values_takes_and_gives_any) {
  World world;
  const FuncType type(world.engine, {ValType::i32(), ValType::externref()},
                      {ValType::externref(), ValType::f64()});
  const Func func(world.store, type, [](Caller &, std::vector<Val> args) {
    std::vector<Val> results;
    results.push_back(std::move(args[1]));
    results.push_back(static_cast<double>(args[0].get<std::int32_t>()));
    return results;
  });
  const std::vector<Val> results = func.call({3, Ref::external(world.store, 4)});
  CHECK(results[0].get<Ref>().get<int>() == 4 && results[1].get<double>() == 3.0);
  const auto gives = [&](std::vector<Val> (*function)(Caller &, std::vector<Val>)) {
    return Func(world.store, FuncType::of<std::int32_t()>(world.engine), function);
  };
  FAILS_WITH(type_mismatch, "0 results in place of 1",
             gives([](Caller &, std::vector<Val>) { return std::vector<Val>(); }).call({}));
  FAILS_WITH(type_mismatch, "", gives([](Caller &, std::vector<Val>) {
                                  std::vector<Val> wrong;
                                  wrong.emplace_back(0.5);
                                  return wrong;
                                }).call({}));
}

TEST(a_host_function_is_freed_once_with_its_store) {
  World world;
  int copies = 0;
  {
    const Counted counted(copies);
    const Func func = Func::wrap(world.store, [counted] {});
    call(world, func);
    CHECK(copies == 2);
  }
  CHECK(copies == 1);
  world.store = Store(world.engine);
  CHECK(copies == 0);
}

TEST(a_host_function_that_can_not_be_made_is_freed_once) {
  World world, other;
  int copies = 0;
  const Counted counted(copies);
  const auto function = [counted] {};
  const auto dynamic = [counted](Caller &, std::vector<Val> args) { return args; };
  Store empty(nullptr);
  Linker linker(world.engine);
  linker.define("m", "f", [] {});
  const int before = copies;
  FAILS_WITH(null_pointer, "", Func::wrap(empty, function));
  FAILS_WITH(wrong_engine, "", Func(world.store, FuncType::of<void()>(other.engine), dynamic));
  FAILS_WITH(invalid_argument, "defined", linker.define("m", "f", function));
  FAILS_WITH(invalid_argument, "UTF-8", linker.define("\xff", "f", function));
  FAILS_WITH(wrong_engine, "", linker.define("m", "g", FuncType::of<void()>(other.engine), dynamic));
  FAILS_WITH(null_pointer, "", Ref::external(empty, counted));
  CHECK(copies == before);
}

TEST(a_function_of_a_linker_lives_as_long_as_what_can_call_it) {
  World world;
  int copies = 0;
  const Module module =
      world.module("(module (import \"m\" \"f\" (func $f)) (func (export \"g\") (call $f)))");
  std::optional<InstancePre> pre;
  {
    Linker linker(world.engine);
    linker.define("m", "f", [counted = Counted(copies)] {});
    pre = linker.instantiate_pre(module);
  }
  CHECK(copies == 1);
  const Instance instance = pre->instantiate(world.store);
  pre.reset();
  instance.func<void()>("g")();
  CHECK(copies == 1);
  world.store = Store(nullptr);
  CHECK(copies == 0);
}

TEST(a_host_function_may_delete_its_own_store) {
  World world;
  int copies = 0;
  const Func func = Func::wrap(world.store, [&, counted = Counted(copies)] {
    world.store = Store(nullptr);
    CHECK(copies == 1);
  });
  const Result<std::vector<Val>> result = func.try_call({});
  CHECK(copies == 0 && !func.is_valid());
}

// An object that deletes others when it is destroyed.
struct Deletes {
  std::shared_ptr<Store> store;
  std::shared_ptr<Ref> ref;
};

TEST(what_a_host_function_owns_is_destroyed_with_it) {
  World world;
  auto inner = std::make_shared<Store>(world.engine);
  auto ref = std::make_shared<Ref>(Ref::external(*inner, std::make_shared<Store>(world.engine)));
  const safewasm_store_t *const raw = inner->raw();
  const Func func = Func::wrap(world.store, [owned = Deletes{std::move(inner), std::move(ref)}] {});
  call(world, func);
  CHECK(safewasm_store_is_valid(const_cast<safewasm_store_t *>(raw)));
  world.store = Store(nullptr);
  CHECK(!safewasm_store_is_valid(const_cast<safewasm_store_t *>(raw)));
}

TEST(an_object_that_wasm_holds_is_destroyed_once) {
  World world;
  int copies = 0;
  const Global global(world.store, {ValType::externref(), true}, null_ref);
  global.set(Ref::external(world.store, Counted(copies)));
  world.store.collect();
  CHECK(copies == 1 && global.get<Ref>().get_if<Counted>() != nullptr);
  global.set(null_ref);
  world.store.collect();
  CHECK(copies == 0);
  global.set(Ref::external(world.store, Counted(copies)));
  world.store = Store(nullptr);
  CHECK(copies == 0);
}

TEST(an_object_is_found_by_its_own_type_only) {
  World world;
  const Ref ref = Ref::external(world.store, std::string("text"));
  CHECK(ref.get<std::string>() == "text" && ref.get_if<int>() == nullptr &&
        ref.get_if<const char *>() == nullptr);
  FAILS_WITH(type_mismatch, "no C++ object of the wanted type", ref.get<int>());
  CHECK(ref.get<const std::string>() == "text");
  ref.get<std::string>() += "s";
  CHECK(ref.clone().get<std::string>() == "texts" && ref.type() == ValType::ref(HeapKind::external, false));
  FAILS_WITH(type_mismatch, "", Ref::i31(world.store, 1).get<int>());
  // An `env` of C code is none, whatever it points to.
  int number = 5;
  safewasm_ref_t *raw = nullptr;
  OK(safewasm_ref_new_extern(world.store.raw(), &number, nullptr, &raw));
  const Ref foreign(raw);
  CHECK(foreign.env() == &number && foreign.get_if<int>() == nullptr);
}

TEST(a_store_has_data_of_one_type) {
  World world;
  int copies = 0;
  CHECK(world.store.data_if<int>() == nullptr);
  world.store.set_data(Counted(copies));
  CHECK(copies == 1 && world.store.data_if<Counted>() != nullptr && world.store.data_if<int>() == nullptr);
  world.store.set_data(std::string("said"));
  CHECK(copies == 0);
  FAILS_WITH(type_mismatch, "no data of the wanted type", world.store.data<Counted>());
  call(world, Func::wrap(world.store, [](Caller &caller) { caller.store().data<std::string>() += " so"; }));
  CHECK(world.store.data<const std::string>() == "said so");
  call(world, Func::wrap(world.store, [](Caller &caller) {
         caller.data<std::string>() += " again";
         CHECK(caller.data_if<int>() == nullptr);
         FAILS_WITH(type_mismatch, "no data of the wanted type", caller.data<Counted>());
       }));
  CHECK(world.store.data<std::string>() == "said so again");
  // A pointer of C code is no object of C++, whatever it points to.
  OK(safewasm_store_set_data(world.store.raw(), &copies, nullptr));
  CHECK(world.store.data_if<int>() == nullptr && world.store.data_if<std::string>() == nullptr);
  world.store.set_data(Counted(copies));
  const StoreRef left = world.store;
  world.store = Store(nullptr);
  CHECK(copies == 0);
  FAILS_WITH(invalid_handle, "", left.set_data(Counted(copies)));
  FAILS_WITH(invalid_handle, "", left.data_if<Counted>());
  CHECK(copies == 0);
}

TEST(a_function_of_a_linker_is_called_from_several_threads) {
  const Engine engine(new_config());
  Linker linker(engine);
  std::atomic<int> calls{0};
  linker.define("m", "f", [&](std::int32_t x) {
    calls++;
    if (x == 99) throw std::out_of_range("last");
    return x + 1;
  });
  const Module module =
      Module::from_text(engine, R"((module (import "m" "f" (func $f (param i32) (result i32)))
    (func (export "g") (param i32) (result i32) (call $f (local.get 0)))))");
  std::array<int, 4> right{};
  std::vector<std::thread> threads;
  for (int &mine : right) {
    threads.emplace_back([&] {
      Store store(engine);
      const auto g = linker.instantiate(store, module).func<std::int32_t(std::int32_t)>("g");
      for (std::int32_t i = 0; i < 99; i++) mine += g(i) == i + 1;
      try {
        g(99);
      } catch (const std::out_of_range &) {
        mine++;
      }
    });
  }
  for (std::thread &thread : threads) thread.join();
  CHECK(calls == 400);
  for (const int mine : right) CHECK(mine == 100);
}

int main() {
  RUN(anything_that_can_be_called_is_a_host_function);
  RUN(the_type_of_a_host_function_follows_from_that_of_the_function);
  RUN(a_host_function_gives_several_results_and_references);
  RUN(a_host_function_may_keep_its_references);
  RUN(a_caller_gives_the_exports_of_the_instance_that_calls);
  RUN(a_host_function_of_values_takes_and_gives_any);
  RUN(a_host_function_is_freed_once_with_its_store);
  RUN(a_host_function_that_can_not_be_made_is_freed_once);
  RUN(a_function_of_a_linker_lives_as_long_as_what_can_call_it);
  RUN(a_host_function_may_delete_its_own_store);
  RUN(what_a_host_function_owns_is_destroyed_with_it);
  RUN(an_object_that_wasm_holds_is_destroyed_once);
  RUN(an_object_is_found_by_its_own_type_only);
  RUN(a_store_has_data_of_one_type);
  RUN(a_function_of_a_linker_is_called_from_several_threads);
  return finish("hosts");
}
