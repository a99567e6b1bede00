// A program outside of the checkout: it calls wasm, and exceptions pass through wasm.
#include <safewasm.hpp>

#include <iostream>
#include <stdexcept>

int main() {
  safewasm::Engine engine;
  safewasm::Store store(engine);
  safewasm::Linker linker(engine);
  linker.define("env", "check", [](std::int32_t divisor) {
    if (divisor < 0) throw std::range_error("less than 0");
  });
  auto module = safewasm::Module::from_text(engine, R"((module
      (import "env" "check" (func $check (param i32)))
      (func (export "divide") (param i32 i32) (result i32)
        (call $check (local.get 1))
        (i32.div_s (local.get 0) (local.get 1)))))");
  auto divide = linker.instantiate(store, module).func<std::int32_t(std::int32_t, std::int32_t)>("divide");
  std::cout << divide(42, 2) << '\n';
  try {
    divide(42, 0);
  } catch (const safewasm::Trap &trap) {
    std::cout << trap.what() << '\n';
  }
  try {
    divide(42, -1);
  } catch (const std::range_error &error) {
    std::cout << error.what() << '\n';
  }
}
