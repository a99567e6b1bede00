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

struct Padded {
  char small;
  int large;
};

struct Point {
  float x, y;
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
#elif REFUSED == 12  // only what can be copied as bytes
  memory.write(0, std::string_view("x").data());
#elif REFUSED == 13  // only what can be copied as bytes
  memory.write(0, nullptr);
#elif REFUSED == 14  // only what can be copied as bytes
  memory.write(0, std::vector<std::string_view>());
#elif REFUSED == 15  // padding would show wasm
  memory.view().write(0, Padded());
#elif REFUSED == 16  // padding would show wasm
  memory.write(0, std::vector<std::array<Point, 2>>());
#elif REFUSED == 17  // padding would show wasm
  memory.write(0, 1.0L);
#elif REFUSED == 18  // any bytes are a value
  (void)memory.read<bool>(0);
#elif REFUSED == 19  // any bytes are a value
  (void)memory.view().read<std::array<bool, 2>>(0);
#elif REFUSED == 20  // any bytes are a value
  bool flags[2][2];
  memory.read(0, flags);
#elif REFUSED == 21  // any bytes are a value
  (void)memory.read<std::optional<std::int32_t>>(0);
#elif REFUSED == 22  // any bytes are a value
  (void)memory.view().read<std::string_view>(0);
#elif REFUSED == 23  // any bytes are a value
  (void)memory.read<const char *>(0);
#elif REFUSED == 24  // any bytes are a value
  (void)memory.view().read<int Padded::*>(0);
#elif REFUSED == 25  // give the type
  (void)Func::wrap(store, [](auto x) { return x; });
#elif REFUSED == 26  // give the type
  Linker(engine).define("", "f", [](auto x) { return x; });
#endif
  return 0;
}
