/*
 * A first program in C++: a host function, a typed call, text in wasm's memory, and an exception that goes
 * through wasm.
 *
 *   c++ -std=c++17 -Iinclude examples/hello.cpp -Ltarget/release -lsafewasm \
 *       -Wl,-rpath,target/release -o hello
 */
#include <safewasm.hpp>

#include <iostream>
#include <stdexcept>

static const char *const text = R"((module
  (import "env" "log" (func $log (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "hello from wasm")
  (func (export "greet") (param i32) (call $log (i32.const 16) (local.get 0)))
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))))";

int main() {
  try {
    safewasm::Engine engine;
    safewasm::Store store(engine);
    safewasm::Linker linker(engine);
    linker.define("env", "log", [](safewasm::Caller &caller, std::uint32_t address, std::uint32_t len) {
      if (len == 0) throw std::invalid_argument("there is nothing to say");
      std::cout << caller.memory().text(address, len) << '\n';
    });
    const auto instance = linker.instantiate(store, safewasm::Module::from_text(engine, text));

    const auto add = instance.func<std::int32_t(std::int32_t, std::int32_t)>("add");
    std::cout << "1 + 2 = " << add(1, 2) << '\n';

    const auto greet = instance.func<void(std::uint32_t)>("greet");
    greet(15);
    try {
      greet(0);
    } catch (const std::invalid_argument &exception) {
      std::cout << exception.what() << '\n';
    }
  } catch (const safewasm::Error &error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
