// Errors as exceptions, and exceptions of C++ that go through wasm.
#include "check.hpp"

#include <memory>
#include <stdexcept>

#include <unwind.h>

// A module that calls its import `f`, directly, within a catch of everything, and twice nested.
static const char *const calls = R"((module $calls
  (import "" "f" (func $f (param i32) (result i32)))
  (func $call (export "call") (param i32) (result i32) (call $f (local.get 0)))
  (func (export "caught") (param i32) (result i32)
    (block $all
      (try_table (catch_all $all) (return (call $f (local.get 0)))))
    (i32.const -1))
  (func (export "trap") unreachable)))";

using Call = TypedFunc<std::int32_t(std::int32_t)>;

template <class F>
static Call calling(const World &world, F function, const char *name = "call") {
  const Func f = Func::wrap(world.store, std::move(function));
  return world.instance(calls, {f}).func<std::int32_t(std::int32_t)>(name);
}

TEST(an_error_has_its_kind_and_message) {
  const Engine engine(new_config());
  FAILS_WITH(invalid_module, "", Module::from_bytes(engine, std::array<std::uint8_t, 3>{1, 2, 3}));
  FAILS_WITH(invalid_text, "line 1, column 9", Module::from_text(engine, "(module oops)"));
  FAILS_WITH(invalid_argument, "UTF-8", Module::from_text(engine, "\xff"));
  FAILS_WITH(invalid_module, "", Module::from_bytes(engine, std::string_view()));
  FAILS_WITH(invalid_module, "", Module::validate(engine, std::vector<std::uint8_t>()));
  try {
    (void)Module::from_file(engine, "/there/is/no/such.wasm");
    CHECK(false);
  } catch (const Error &error) {
    CHECK(error.kind() == ErrorKind::io && error.os_code() == ENOENT);
    CHECK(error.trap_code() == TrapCode::not_a_trap && error.frames().empty());
    CHECK(error.message() == error.what());
  }
}

TEST(an_error_is_copied_and_outlives_the_first) {
  World world;
  std::optional<Error> copy;
  std::vector<Frame> frames;
  try {
    world.instance("(module $m (func $f (export \"f\") unreachable))").func("f").call({});
  } catch (const Error &error) {
    copy = error;
  }
  CHECK(copy && copy->kind() == ErrorKind::trap && copy->trap_code() == TrapCode::unreachable);
  CHECK(name(copy->kind()) == "trap" && name(copy->trap_code()) == "unreachable");
  frames = copy->frames();
  CHECK(frames.size() == 1 && frames[0].func_name == "f" && frames[0].module_name == "m");
  Error moved = std::move(*copy);
  CHECK(copy->message() == moved.message() && !moved.message().empty());
}

TEST(a_trap_has_a_core_dump_if_the_engine_is_made_for_it) {
  const Engine engine(new_config().option(Option::coredump_size, 1 << 20));
  const char *const text = "(module (memory 1) (data (i32.const 9) \"at the trap\") (func (export \"f\") unreachable))";
  Store store(engine);
  const Instance instance(store, Module::from_text(engine, text));
  const Error error = instance.func("f").try_call({}).error();
  const Span<const std::uint8_t> dump = error.coredump();
  const std::string_view bytes(reinterpret_cast<const char *>(dump.data()), dump.size());
  CHECK(bytes.substr(0, 4) == std::string_view("\0asm", 4));
  CHECK(bytes.find("at the trap") != bytes.npos && bytes.find("corestack") != bytes.npos);
  CHECK(Error(ErrorKind::trap, "no trap of wasm").coredump().size() == 0);
}

TEST(an_error_of_the_programs_own_has_no_c_error) {
  const Error error(ErrorKind::not_found, std::string_view("a\0b", 3));
  CHECK(error.raw() == nullptr && error.kind() == ErrorKind::not_found);
  CHECK(error.message() == std::string_view("a\0b", 3));
  CHECK(error.trap_code() == TrapCode::not_a_trap && error.os_code() == 0 && error.frames().empty());
  CHECK(error.host_exception() == nullptr);
  THROWS(Error, "a", error.raise());
}

TEST(a_pointer_that_is_no_error_becomes_one_of_kind_invalid_handle) {
  const Error null = Error::adopt(nullptr);
  CHECK(null.kind() == ErrorKind::invalid_handle && !null.message().empty() && null.frames().empty());
  THROWS(Error, "NULL", null.raise());
  int number = 0;
  const Error other = Error::adopt(reinterpret_cast<safewasm_error_t *>(&number));
  CHECK(other.kind() == ErrorKind::invalid_handle && other.host_exception() == nullptr);
}

TEST(a_trap_is_thrown_as_a_trap) {
  World world;
  const Func f = world.instance("(module (func (export \"f\") unreachable))").func("f");
  THROWS(Trap, "unreachable", f.call({}));
  THROWS(std::runtime_error, "unreachable", f.call({}));
  const Result<std::vector<Val>> result = f.try_call({});
  CHECK(!result && result.error().trap_code() == TrapCode::unreachable);
  THROWS(Trap, "unreachable", result.value());
}

TEST(a_result_has_a_value_or_an_error) {
  World world;
  const auto f = calling(world, [](std::int32_t x) { return x; });
  Result<std::int32_t> result = f.try_call(7);
  CHECK(result && result.has_value() && *result == 7 && result.value() == 7);
  THROWS(std::bad_variant_access, "", result.error());
  const auto g = world.instance("(module (func (export \"g\")))").func<void()>("g");
  g.try_call().value();
  CHECK(g.try_call().has_value());
  THROWS(std::bad_optional_access, "", g.try_call().error());
}

struct Own {
  int number;
};

TEST(what_a_host_function_throws_comes_back_as_itself) {
  World world;
  int copies = 0;
  const auto f = calling(world, [&](std::int32_t x) -> std::int32_t {
    if (x == 0) throw std::out_of_range("out of paper");
    if (x == 1) throw Own{42};
    if (x == 2) throw std::make_shared<Counted>(copies);
    throw 5;
  });
  THROWS(std::out_of_range, "out of paper", f(0));
  try {
    f(1);
    CHECK(false);
  } catch (const Own &own) {
    CHECK(own.number == 42);
  }
  try {
    f(2);
    CHECK(false);
  } catch (const std::shared_ptr<Counted> &counted) {
    CHECK(copies == 1 && counted != nullptr);
  }
  CHECK(copies == 0);
  try {
    f(3);
    CHECK(false);
  } catch (int number) {
    CHECK(number == 5);
  }
}

TEST(a_result_has_the_host_functions_exception_and_the_frames_of_wasm) {
  World world;
  const auto f = calling(world, [](std::int32_t) -> std::int32_t { throw std::logic_error("no logic"); });
  const Result<std::int32_t> result = f.try_call(0);
  CHECK(!result && result.error().kind() == ErrorKind::host && result.error().message() == "no logic");
  CHECK(result.error().frames().size() == 1 && result.error().frames()[0].func_name == "call");
  CHECK(result.error().host_exception() != nullptr);
  THROWS(std::logic_error, "no logic", result.error().raise());
  THROWS(std::logic_error, "no logic", result.value());
}

TEST(an_exception_goes_through_nested_calls_of_wasm_and_host_functions) {
  World world;
  int destroyed = 0, depth = 0;
  struct Leaves {
    int *destroyed;
    ~Leaves() { ++*destroyed; }
  };
  const Call *self = nullptr;
  const auto f = calling(world, [&](std::int32_t x) -> std::int32_t {
    const Leaves leaves{&destroyed};
    depth++;
    if (x == 0) throw std::domain_error("at the bottom");
    return (*self)(x - 1);
  });
  self = &f;
  THROWS(std::domain_error, "at the bottom", f(5));
  CHECK(depth == 6 && destroyed == 6);
}

TEST(an_exception_goes_through_calls_in_several_stores) {
  World inner, outer;
  const auto f =
      calling(inner, [](std::int32_t) -> std::int32_t { throw std::domain_error("in the inner store"); });
  const auto g = calling(outer, [&](std::int32_t x) { return f(x); });
  THROWS(std::domain_error, "in the inner store", g(0));
  const Result<std::int32_t> result = g.try_call(0);
  CHECK(result.error().frames().size() == 1 && result.error().message() == "in the inner store");
}

TEST(an_exception_comes_out_of_a_host_function_that_deletes_its_store) {
  World world;
  int copies = 0;
  const auto f = calling(world, [&](std::int32_t) -> std::int32_t {
    world.store = Store(nullptr);
    throw Counted(copies);
  });
  try {
    f(0);
    CHECK(false);
  } catch (const Counted &) {
    CHECK(copies == 1 && !f.func().is_valid());
  }
  CHECK(copies == 0);
}

TEST(a_host_function_may_catch_what_an_inner_call_throws) {
  World world;
  const Call *self = nullptr;
  const auto f = calling(world, [&](std::int32_t x) -> std::int32_t {
    if (x == 0) throw std::domain_error("inner");
    try {
      return (*self)(0);
    } catch (const std::domain_error &) {
      return 17;
    }
  });
  self = &f;
  CHECK(f(1) == 17);
}

TEST(a_trap_of_an_inner_call_comes_out_of_the_outer_one_as_a_trap) {
  World world;
  const auto trap = world.instance("(module (func (export \"f\") unreachable))").func<void()>("f");
  const auto f = calling(world, [&](std::int32_t) -> std::int32_t { return trap(), 0; });
  THROWS(Trap, "unreachable", f(0));
}

TEST(an_exception_is_freed_once_however_it_is_left) {
  World world;
  int copies = 0;
  const auto f = calling(world, [&](std::int32_t) -> std::int32_t { throw Counted(copies); });
  try {
    f(0);
  } catch (const Counted &) {
    CHECK(copies == 1);
  }
  CHECK(copies == 0);
  CHECK(!f.try_call(0));
  CHECK(copies == 0);
  {
    const Result<std::int32_t> kept = f.try_call(0);
    world.store = Store(nullptr);
    CHECK(copies == 1 && kept.error().host_exception() != nullptr);
  }
  CHECK(copies == 0);
}

TEST(wasm_does_not_catch_exceptions_of_c_plus_plus) {
  World world;
  const auto f =
      calling(world, [](std::int32_t) -> std::int32_t { throw std::range_error("far"); }, "caught");
  THROWS(std::range_error, "far", f(0));
}

TEST(an_exception_without_valid_text_comes_back_too) {
  World world;
  const auto f = calling(world, [](std::int32_t) -> std::int32_t { throw std::runtime_error("\xff\xfe"); });
  THROWS(std::runtime_error, "\xff\xfe", f(0));
  const Result<std::int32_t> result = f.try_call(0);
  CHECK(result.error().message() == "a host function threw an exception whose text is not UTF-8");
  CHECK(result.error().host_exception() != nullptr);
}

TEST(an_exception_of_another_runtime_becomes_an_error_of_kind_host) {
  static int freed;
  freed = 0;
  _Unwind_Exception foreign{};
  foreign.exception_class = 1;
  foreign.exception_cleanup = [](_Unwind_Reason_Code, _Unwind_Exception *) { freed++; };
  World world;
  const Call call = calling(world, [&](std::int32_t x) {
    if (x == 1) _Unwind_RaiseException(&foreign);
    return x;
  });
  FAILS_WITH(host, "not of this C++ runtime", call(1));
  CHECK(freed == 1 && call(2) == 2);
  const auto result = call.try_call(1);
  CHECK(!result && result.error().host_exception() == nullptr && freed == 2);
}

TEST(an_exception_derived_from_one_of_wasm_comes_out_as_one_of_wasm) {
  struct Mine : WasmException {
    using WasmException::WasmException;
  };
  World world;
  const Tag tag(world.store, FuncType(world.engine, "(i32) -> ()"));
  const Call call = calling(world, [&](std::int32_t x) -> std::int32_t { throw Mine(tag, {x}); });
  try {
    call(7);
    CHECK(false);
  } catch (const Mine &) {
    CHECK(false);
  } catch (const WasmException &exception) {
    CHECK(exception.fields()[0].get<std::int32_t>() == 7);
  }
}

TEST(an_error_thrown_by_a_host_function_keeps_its_kind) {
  World world;
  const auto f =
      calling(world, [](std::int32_t) -> std::int32_t { throw Error(ErrorKind::limit, "no more"); });
  FAILS_WITH(limit, "no more", f(0));
}

TEST(a_start_function_throws_out_of_the_constructor) {
  World world;
  const Func f = Func::wrap(world.store, []() { throw std::runtime_error("not today"); });
  const Module starts = world.module("(module (import \"\" \"f\" (func $f)) (start $f))");
  THROWS(std::runtime_error, "not today", Instance(world.store, starts, {f}));
  Linker linker(world.engine);
  linker.define("", "f", []() { throw std::length_error("nor there"); });
  THROWS(std::length_error, "nor there", linker.instantiate(world.store, starts));
  THROWS(std::length_error, "nor there", linker.instantiate_pre(starts).instantiate(world.store));
}

TEST(c_code_that_calls_sees_an_error_of_kind_host) {
  World world;
  const auto f = calling(world, [](std::int32_t) -> std::int32_t { throw std::runtime_error("for C"); });
  safewasm_slot_t slot{};
  FAILS(safewasm_func_call_slots(f.func().raw(), &slot, 1), HOST, "for C");
}

// An error of C code, whose `env` is no object of C++ whatever it points to.
static safewasm_error_t *c_error(void *env, safewasm_caller_t *, safewasm_slot_t *, size_t) {
  safewasm_error_t *error;
  OK(safewasm_error_new("from C", 6, env, nullptr, nullptr, &error));
  return error;
}

TEST(an_error_of_c_code_is_not_taken_for_an_exception) {
  World world;
  safewasm_error_t *other;
  int number = 1;
  OK(safewasm_error_new("other", 5, &number, nullptr, nullptr, &other));
  const FuncType type = FuncType::of<std::int32_t(std::int32_t)>(world.engine);
  for (void *env : {static_cast<void *>(&number), static_cast<void *>(other),
                    static_cast<void *>(world.store.raw()), reinterpret_cast<void *>(std::uintptr_t{8})}) {
    safewasm_func_t *func;
    OK(safewasm_func_new_slots(world.store.raw(), type.raw(), c_error, env, nullptr, &func));
    const auto f = world.instance(calls, {Func(func)}).func<std::int32_t(std::int32_t)>("call");
    FAILS_WITH(host, "from C", f(0));
    CHECK(f.try_call(0).error().host_exception() == nullptr);
  }
  safewasm_error_delete(other);
}

static const char *const throws = R"((module
  (import "" "f" (func $f (param i32) (result i32)))
  (tag $tag (export "tag") (param i32 f64))
  (func (export "throw") (param i32) (throw $tag (local.get 0) (f64.const 0.5)))
  (func (export "call") (param i32) (result i32) (call $f (local.get 0)))
  (func (export "caught") (param i32) (result i32)
    (block $caught (result i32 f64)
      (try_table (catch $tag $caught) (return (call $f (local.get 0))))
      unreachable)
    drop)))";

TEST(an_exception_of_wasm_has_its_tag_and_fields) {
  World world;
  const Instance instance =
      world.instance(throws, {Func::wrap(world.store, [](std::int32_t x) { return x; })});
  const auto thrower = instance.func<void(std::int32_t)>("throw");
  try {
    thrower(7);
    CHECK(false);
  } catch (const WasmException &exception) {
    CHECK(exception.kind() == ErrorKind::exception && exception.tag().same(instance.tag("tag")));
    const std::vector<Val> fields = exception.fields();
    CHECK(fields.size() == 2 && fields[0].get<std::int32_t>() == 7 && fields[1].get<double>() == 0.5);
  }
}

TEST(wasm_catches_an_exception_that_a_host_function_throws) {
  World world;
  const Instance *self = nullptr;
  const Instance instance =
      world.instance(throws, {Func::wrap(world.store, [&](std::int32_t x) -> std::int32_t {
                       if (x < 0)
                         self->func<void(std::int32_t)>("throw")(x);  // Thrown by wasm, through this.
                       throw WasmException(self->tag("tag"), {x, 2.5});
                     })});
  self = &instance;
  CHECK(instance.func<std::int32_t(std::int32_t)>("caught")(11) == 11);
  CHECK(instance.func<std::int32_t(std::int32_t)>("caught")(-3) == -3);
  THROWS(WasmException, "", instance.func<std::int32_t(std::int32_t)>("call")(11));
  FAILS_WITH(type_mismatch, "", WasmException(instance.tag("tag"), {1}));
  FAILS_WITH(type_mismatch, "", WasmException(Ref::i31(world.store, 1)));
}

TEST(an_exception_of_a_deleted_store_keeps_its_message) {
  std::optional<WasmException> kept;
  {
    World world;
    const Tag tag(world.store, FuncType(world.engine, {}, {}));
    kept = WasmException(tag, {});
  }
  CHECK(!kept->message().empty());
  FAILS_WITH(invalid_handle, "", kept->ref());
  World other;
  const auto f = calling(other, [&](std::int32_t) -> std::int32_t { throw *kept; });
  THROWS(WasmException, "", f(0));
}

int main() {
  RUN(an_error_has_its_kind_and_message);
  RUN(an_error_is_copied_and_outlives_the_first);
  RUN(a_trap_has_a_core_dump_if_the_engine_is_made_for_it);
  RUN(an_error_of_the_programs_own_has_no_c_error);
  RUN(a_pointer_that_is_no_error_becomes_one_of_kind_invalid_handle);
  RUN(a_trap_is_thrown_as_a_trap);
  RUN(a_result_has_a_value_or_an_error);
  RUN(what_a_host_function_throws_comes_back_as_itself);
  RUN(a_result_has_the_host_functions_exception_and_the_frames_of_wasm);
  RUN(an_exception_goes_through_nested_calls_of_wasm_and_host_functions);
  RUN(an_exception_goes_through_calls_in_several_stores);
  RUN(an_exception_comes_out_of_a_host_function_that_deletes_its_store);
  RUN(a_host_function_may_catch_what_an_inner_call_throws);
  RUN(a_trap_of_an_inner_call_comes_out_of_the_outer_one_as_a_trap);
  RUN(an_exception_is_freed_once_however_it_is_left);
  RUN(wasm_does_not_catch_exceptions_of_c_plus_plus);
  RUN(an_exception_without_valid_text_comes_back_too);
  RUN(an_exception_of_another_runtime_becomes_an_error_of_kind_host);
  RUN(an_exception_derived_from_one_of_wasm_comes_out_as_one_of_wasm);
  RUN(an_error_thrown_by_a_host_function_keeps_its_kind);
  RUN(a_start_function_throws_out_of_the_constructor);
  RUN(c_code_that_calls_sees_an_error_of_kind_host);
  RUN(an_error_of_c_code_is_not_taken_for_an_exception);
  RUN(an_exception_of_wasm_has_its_tag_and_fields);
  RUN(wasm_catches_an_exception_that_a_host_function_throws);
  RUN(an_exception_of_a_deleted_store_keeps_its_message);
  return finish("exceptions");
}
