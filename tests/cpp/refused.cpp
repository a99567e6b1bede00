// Mistakes that the compiler refuses, each with the message that says why. Without REFUSED nothing is wrong.
#include <safewasm.hpp>

#include <string>

#ifndef REFUSED
#define REFUSED 0
#endif

using namespace safewasm;

struct Throws {
  ~Throws() noexcept(false) {}
  void operator()() const {}
};

int main() {
  Engine engine;
  Store store(engine);
  const Memory memory(store, {1});
  const Func func = Func::wrap(store, [](std::int32_t x) { return x; });
#if REFUSED == 1  // wasm has no such type
  (void)Func::wrap(store, [](std::string) {});
#elif REFUSED == 2   // wasm has no such type
  (void)func.typed<bool(std::int32_t)>();
#elif REFUSED == 3   // by value
  (void)Func::wrap(store, [](std::int32_t &) {});
#elif REFUSED == 4   // can't throw when it is destroyed
  (void)Func::wrap(store, Throws());
#elif REFUSED == 5   // can't throw then
  (void)Ref::external(store, Throws());
#elif REFUSED == 6   // deleted
  const Store copy = store;
#elif REFUSED == 7   // only what can be copied as bytes
  memory.write(0, std::string_view("x").data());
  memory.write(0, std::vector<std::string>());
#elif REFUSED == 8   // for functions of numbers and vectors
  std::vector<std::int32_t> results(1);
  func.typed<std::int32_t(std::optional<Ref>)>().bulk(results, results);
#elif REFUSED == 9   // just of the type in C++
  std::vector<std::int32_t> results(1);
  func.typed<std::int32_t(std::int32_t)>().bulk(results, std::vector<double>(1));
#elif REFUSED == 10  // Span
  (void)Module::from_bytes(engine, std::vector<double>());
#elif REFUSED == 11  // Span
  (void)Module::from_bytes(engine, "a NUL too many");
#endif
  return 0;
}
