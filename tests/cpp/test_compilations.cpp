// Compilations: modules that are compiled on threads of the library.
#include "check.hpp"

#include <future>
#include <thread>

using namespace std::chrono_literals;

// A module with so many functions and one that adds.
static Bytes functions(std::size_t count) {
  std::string text = R"((module (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1))))";
  for (std::size_t i = 1; i < count; i++) {
    text += "(func (param i32) (result i32) (i32.mul (local.get 0) (local.get 0)))";
  }
  return wat2wasm(text + ")");
}

static bool adds(const Engine &engine, const Module &module) {
  Store store(engine);
  return Instance(store, module).func<int(int, int)>("add")(40, 2) == 42;
}

TEST(a_module_is_compiled_in_the_background) {
  const Engine engine(new_config());
  const Bytes bytes = functions(50);
  const Compilation compilation(engine, bytes);
  const Module module = compilation.module();
  CHECK(adds(engine, module) && adds(engine, compilation.module()));
  CHECK(compilation.wait_for(0s) && compilation.is_valid());
  CHECK(compilation.progress().done == 50 && compilation.progress().total == 50);
}

TEST(errors_of_a_module_are_thrown) {
  const Engine engine(new_config());
  const std::vector<std::uint8_t> cut = {0, 'a', 's', 'm', 1, 0, 0, 0, 3, 2, 1};
  const Compilation compilation(engine, cut);
  for (int i = 0; i < 2; i++) THROWS(Error, "it ends too early", compilation.module());
  THROWS(Error, "Invalid module", Compilation(engine, std::vector<std::uint8_t>{1, 2, 3}));
}

TEST(the_notice_of_a_compilation_is_called_once_and_destroyed) {
  const Engine engine(new_config());
  std::promise<std::thread::id> told;
  auto counted = std::make_shared<int>(0);
  {
    const Compilation compilation(engine, functions(50), [&told, counted] {
      ++*counted;
      told.set_value(std::this_thread::get_id());
    });
  }
  CHECK(told.get_future().get() != std::this_thread::get_id());
  while (counted.use_count() > 1) std::this_thread::yield();
  CHECK(*counted == 1);
}

TEST(a_function_is_told_the_progress) {
  const Engine engine(new_config());
  std::size_t calls = 0, last = 0, all = 0;
  const Module module = Module::from_bytes_with_progress(engine, functions(50), [&](std::size_t done, std::size_t total) {
    CHECK(last <= done && done <= total);
    ++calls;
    last = done;
    all = total;
  });
  CHECK(adds(engine, module) && calls >= 1 && last == 50 && all == 50);
}

TEST(its_exception_gives_the_module_up) {
  const Engine engine(new_config());
  const auto stop = [](std::size_t, std::size_t) { throw std::out_of_range("too long"); };
  THROWS(std::out_of_range, "too long", Module::from_bytes_with_progress(engine, functions(50), stop));
}

TEST(a_compilation_can_be_moved) {
  const Engine engine(new_config());
  Compilation compilation(engine, functions(3));
  Compilation moved = std::move(compilation);
  CHECK(adds(engine, moved.module()));
  FAILS_WITH(null_pointer, "compilation", compilation.module());
  FAILS_WITH(null_pointer, "compilation", compilation.progress());
}

int main() {
  RUN(a_module_is_compiled_in_the_background);
  RUN(errors_of_a_module_are_thrown);
  RUN(the_notice_of_a_compilation_is_called_once_and_destroyed);
  RUN(a_function_is_told_the_progress);
  RUN(its_exception_gives_the_module_up);
  RUN(a_compilation_can_be_moved);
  return finish("compilations");
}
