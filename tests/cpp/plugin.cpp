// A plug-in (with PLUGIN) and a program that loads it, each with its own copy of the layer. They find the types of
// each other's exceptions and objects.
#include <safewasm.hpp>

#include <cstdio>
#include <stdexcept>
#include <string>

#define VISIBLE __attribute__((visibility("default")))

VISIBLE void define(const safewasm::Linker &linker);

#ifdef PLUGIN

void define(const safewasm::Linker &linker) {
  linker.define("plugin", "f", [](safewasm::Caller &caller) {
    throw std::out_of_range(caller.data<std::string>() + ", the plug-in throws");
  });
}

#else

int main() {
  const safewasm::Engine engine;
  const safewasm::Store store(engine);
  const safewasm::Linker linker(engine);
  store.set_data(std::string("for the program"));
  define(linker);
  const safewasm::Func f = std::get<safewasm::Func>(linker.get(store, "plugin", "f"));
  try {
    f.call({});
  } catch (const std::out_of_range &thrown) {
    return thrown.what() == std::string("for the program, the plug-in throws") ? 0 : 1;
  } catch (const safewasm::Error &error) {
    std::printf("an error in place of the exception: %s\n", error.what());
  }
  return 1;
}

#endif
