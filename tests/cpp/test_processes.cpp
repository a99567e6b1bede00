// Processes: commands that run on threads of the library.
#include "check.hpp"

#include <future>
#include <thread>

using namespace std::chrono_literals;

static const char *const forever = R"((module (func (export "_start") (loop $l (br $l)))))";
static const char *const nothing = R"((module (func (export "_start"))))";
static const char *const calls = R"((module (import "" "f" (func $f)) (func (export "_start") (call $f))))";

// An engine whose calls can be interrupted, with a linker.
struct Host {
  Engine engine{new_config().epoch_interruption()};
  Linker linker{engine};

  Process start(const char *text) const {
    return Process(linker, Module::from_text(engine, text), Store(engine));
  }
};

TEST(a_process_runs_to_its_end) {
  const Host host;
  const Process process = host.start(nothing);
  CHECK(process.wait() == 0 && process.wait() == 0);
  CHECK(process.wait_for(0s) && process.status() == 0u && process.is_valid());
}

TEST(a_process_that_is_killed_throws_a_trap) {
  const Host host;
  const Process process = host.start(forever);
  CHECK(!process.wait_for(10ms) && !process.status());
  process.kill();
  THROWS(Trap, "the process was killed", process.wait());
  THROWS(Trap, "the process was killed", process.status());
  process.kill();
}

TEST(the_exception_of_a_host_function_is_thrown_by_wait) {
  const Host host;
  host.linker.define("", "f", [] { throw std::out_of_range("no such page"); });
  const Process process = host.start(calls);
  for (int i = 0; i < 2; i++) THROWS(std::out_of_range, "no such page", process.wait());
}

TEST(notify_is_called_once_and_destroyed) {
  const Host host;
  std::promise<std::thread::id> told;
  auto counted = std::make_shared<int>(0);
  {
    const Process process(host.linker, Module::from_text(host.engine, forever), Store(host.engine),
                          [&told, counted] {
                            ++*counted;
                            told.set_value(std::this_thread::get_id());
                          });
    CHECK(!process.wait_for(1ms));
  }
  CHECK(told.get_future().get() != std::this_thread::get_id());
  while (counted.use_count() > 1) std::this_thread::yield();
  CHECK(*counted == 1);
  // Without a process it is only destroyed.
  FAILS_WITH(not_found, "_start",
             Process(host.linker, Module::from_text(host.engine, "(module)"), Store(host.engine),
                     [counted] { ++*counted; }));
  CHECK(*counted == 1 && counted.use_count() == 1);
}

TEST(the_store_is_consumed) {
  const Host host;
  Store store(host.engine);
  const Memory memory(store, MemoryType{1, {}});
  Process process(host.linker, Module::from_text(host.engine, nothing), std::move(store));
  CHECK(store.raw() == nullptr && !memory.is_valid());
  FAILS_WITH(null_pointer, "store",
             Process(host.linker, Module::from_text(host.engine, nothing), std::move(store)));
  Process moved = std::move(process);
  CHECK(moved.wait() == 0);
  FAILS_WITH(null_pointer, "process", process.wait());
  FAILS_WITH(null_pointer, "process", process.kill());
}

int main() {
  RUN(a_process_runs_to_its_end);
  RUN(a_process_that_is_killed_throws_a_trap);
  RUN(the_exception_of_a_host_function_is_thrown_by_wait);
  RUN(notify_is_called_once_and_destroyed);
  RUN(the_store_is_consumed);
  return finish("processes");
}
