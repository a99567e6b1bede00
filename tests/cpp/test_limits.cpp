// Fuel, time limits, interrupts and limits of stores.
#include "check.hpp"

#include <atomic>
#include <cmath>
#include <thread>

using namespace std::chrono_literals;

static const char *const loops = R"((module
  (import "" "begun" (func $begun))
  (func (export "forever") (call $begun) (loop $l (br $l)))
  (func (export "count") (param i32) (result i32)
    (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (local.get 0))
  (func (export "grow") (result i32) (memory.grow (i32.const 1)))
  (memory 1 10)))";

// An engine, a store and an instance of these loops, which says when it has begun.
struct Loops {
  Engine engine;
  Store store{engine};
  std::atomic<bool> has_begun{false};
  Instance instance{
      store, Module::from_text(engine, loops), {Func::wrap(store, [this] { has_begun = true; })}};

  explicit Loops(Config config) : engine(std::move(config)) {}
};

// Whether a call is ended by an interrupt.
static void is_interrupted(const Loops &world) {
  const auto result = world.instance.func<void()>("forever").try_call();
  CHECK(!result && result.error().trap_code() == TrapCode::interrupt);
  THROWS(Trap, "interrupt", result.value());
}

TEST(a_profile_has_the_function_that_ran) {
  Loops world(new_config().epoch_interruption());
  const auto count = world.instance.func<std::int32_t(std::int32_t)>("count");
  std::string stacks;
  for (std::int32_t n = 20'000'000; stacks.empty() && n < 1 << 30; n *= 2) {
    world.store.profile_start(100us);
    CHECK(count(n) == 0);
    const Profile profile = world.store.profile_stop();
    const Bytes text = profile.collapsed(), json = profile.firefox();
    stacks.assign(reinterpret_cast<const char *>(text.data()), text.size());
    CHECK(json.size() > 100 && (profile.data().samples_len > 0) == !stacks.empty());
  }
  CHECK(stacks.substr(0, 16) == "wasm function 2 ");
  FAILS_WITH(not_found, "no profile", world.store.profile_stop());
  world.store.profile_start();
  FAILS_WITH(invalid_argument, "already", world.store.profile_start());
}

TEST(fuel_ends_a_call_that_has_none_left) {
  const Loops world(new_config().consume_fuel());
  const auto count = world.instance.func<std::int32_t(std::int32_t)>("count");
  CHECK(count.try_call(10).error().trap_code() == TrapCode::out_of_fuel);
  world.store.set_fuel(1000);
  CHECK(count(10) == 0);
  CHECK(world.store.fuel() + world.store.fuel_consumed() == 1000 && world.store.fuel() < 1000);
  CHECK(count.try_call(1000).error().trap_code() == TrapCode::out_of_fuel);
  CHECK(world.store.add_fuel(5000).fuel() == 5000 && count(10) == 0);
  FAILS_WITH(unsupported, "", World().store.set_fuel(1));
}

TEST(a_time_limit_ends_calls_until_it_is_over) {
  Loops world(new_config().epoch_interruption());
  {
    const Timeout timeout = world.store.timeout(10ms);
    is_interrupted(world);
    is_interrupted(world);
  }
  CHECK(world.instance.func<std::int32_t(std::int32_t)>("count")(10) == 0);
  {
    const Timeout task = world.store.task_timeout(std::chrono::duration<double>(0.01));
    is_interrupted(world);
  }
  Timeout moved = world.store.timeout(0s);
  moved = world.store.timeout(std::chrono::hours::max());
  CHECK(world.instance.func<std::int32_t(std::int32_t)>("count")(10) == 0);
  world.store = Store(nullptr);
  FAILS_WITH(unsupported, "epoch", World().store.timeout(1s));
}

TEST(a_deadline_holds_until_it_is_set_anew) {
  const Loops world(new_config().epoch_interruption());
  world.store.set_deadline(-1s);
  is_interrupted(world);
  world.store.set_deadline(std::chrono::duration<double>(HUGE_VAL));
  CHECK(world.instance.func<std::int32_t(std::int32_t)>("count")(10) == 0);
  world.store.set_epoch_deadline(2);
  CHECK(world.engine.increment_epoch() + 1 == world.engine.increment_epoch());
  is_interrupted(world);
}

TEST(durations_are_cut_at_what_the_c_functions_take) {
  using detail::nanoseconds;
  CHECK(nanoseconds(1s) == 1000000000 && nanoseconds(0ns) == 0 && nanoseconds(-5h) == 0);
  CHECK(nanoseconds(std::chrono::hours::max()) == UINT64_MAX && nanoseconds(std::chrono::hours::min()) == 0);
  CHECK(nanoseconds(24h * 365 * 290) == 290ULL * 365 * 86400 * 1000000000);
  CHECK(nanoseconds(std::chrono::duration<double>(NAN)) == 0);
  CHECK(nanoseconds(std::chrono::duration<float>(-INFINITY)) == 0);
  CHECK(nanoseconds(std::chrono::duration<long double>(HUGE_VALL)) == UINT64_MAX);
  // Neither the count of ticks nor that of nanoseconds overflows on the way.
  using Ticks = std::chrono::duration<std::int64_t, std::ratio<1, 60>>;
  CHECK(nanoseconds(Ticks(190000000000)) / 1000000000 == 190000000000 / 60);
  CHECK(nanoseconds(Ticks::max()) == UINT64_MAX && nanoseconds(Ticks::min()) == 0);
  CHECK(nanoseconds(std::chrono::duration<float>(9223371776.f)) == 9223371776000000000);
  CHECK(nanoseconds(std::chrono::duration<float>(9223372800.f)) == UINT64_MAX);
}

TEST(another_thread_interrupts_a_call) {
  Loops world(new_config().epoch_interruption());
  std::thread interrupts([&world, interrupter = world.store.interrupter()] {
    while (!world.has_begun) std::this_thread::yield();
    interrupter.interrupt();
  });
  is_interrupted(world);
  interrupts.join();
  CHECK(world.instance.func<std::int32_t(std::int32_t)>("count")(10) == 0);
  FAILS_WITH(unsupported, "epoch", World().store.interrupter().interrupt());
}

TEST(a_store_that_another_thread_deletes_ends_its_call) {
  Loops world(new_config().epoch_interruption());
  std::thread deletes([&] {
    while (!world.has_begun) std::this_thread::yield();
    world.store = Store(nullptr);
  });
  is_interrupted(world);
  deletes.join();
  CHECK(!world.instance.is_valid());
}

TEST(a_store_in_use_on_another_thread_is_busy) {
  World world;
  std::atomic<bool> inside{false}, done{false};
  const Func waits = Func::wrap(world.store, [&] {
    inside = true;
    while (!done) std::this_thread::yield();
  });
  std::thread calls([&] { waits.call({}); });
  while (!inside) std::this_thread::yield();
  FAILS_WITH(store_busy, "", world.store.collect());
  FAILS_WITH(store_busy, "", Memory(world.store, {1}));
  done = true;
  calls.join();
  world.store.collect();
}

TEST(a_host_function_may_throw_while_a_time_limit_ends) {
  const Loops world(new_config().epoch_interruption());
  const Func throws = Func::wrap(world.store, [&] {
    const Timeout timeout = world.store.timeout(10ms);
    is_interrupted(world);
    throw std::overflow_error("after it");
  });
  THROWS(std::overflow_error, "after it", throws.call({}));
}

TEST(a_store_has_limits) {
  World world;
  world.store.set_memory_limit(65536).set_table_limit(5).set_instance_limit(1);
  const Func begun = Func::wrap(world.store, [] {});
  const Instance instance = world.instance(loops, {begun});
  CHECK(instance.func<std::int32_t()>("grow")() == -1);
  FAILS_WITH(limit, "", Memory(world.store, {1}));
  FAILS_WITH(limit, "", Table(world.store, {ValType::externref(), 6}, null_ref));
  FAILS_WITH(limit, "", world.instance(loops, {begun}));
}

TEST(a_sandbox_limits_modules_and_stores) {
  safewasm_sandbox_t limits = {};
  limits.memory_limit = 65536;
  limits.max_module_functions = 1;
  limits.timeout = 50000000;
  const Engine engine(new_config().sandbox(limits));
  Store store(engine);
  store.set_sandbox(limits);
  FAILS_WITH(limit, "2 functions", Module::from_text(engine, "(module (func) (func))"));
  FAILS_WITH(limit, "memory limit", Memory(store, {2}));
  const Module endless = Module::from_text(engine, "(module (func (export \"f\") (loop (br 0))))");
  FAILS_WITH(trap, "time limit", Instance(store, endless).func("f").call({}));
  store.set_sandbox();
  CHECK(Memory(store, {2}).is_valid());
}

TEST(an_engine_with_a_pool_has_room_for_so_many) {
  safewasm_pooling_t pooling = {};
  pooling.total_memories = 1;
  const Engine engine(new_config().pooling(pooling));
  const Module module = Module::from_text(engine, "(module (memory 1))");
  std::optional<Store> store(engine);
  const Instance instance(*store, module);
  Store second(engine);
  FAILS_WITH(limit, "", Instance(second, module));
  store.reset();
  CHECK(Instance(second, module).is_valid());
}

TEST(a_config_takes_options) {
  const Engine engine(new_config()
                          .deterministic()
                          .collector(Collector::copying)
                          .strategy(Strategy::cranelift)
                          .profiling_strategy(Profiling::none)
                          .option(Option::memory_reservation, 0)
                          .operator_cost("i32.const", 7)
                          .consume_fuel());
  Store store(engine);
  store.set_fuel(100);
  Instance instance(store, Module::from_text(engine, "(module (func (export \"f\") (drop (i32.const 1))))"));
  instance.func("f").call({});
  CHECK(store.fuel() == 100 - 8);
  FAILS_WITH(invalid_argument, "SAFEWASM_OPTION_INLINING", Config().option(Option::inlining, 2));
  FAILS_WITH(unsupported, "SAFEWASM_FEATURE_THREADS=true",
             Engine(Config().deterministic().feature(Feature::threads)));
}

TEST(an_engine_tells_its_hooks_when_wasm_runs) {
  struct Seen {
    int begun = 0, ended = 0;
  } seen;
  safewasm_hooks_t hooks = {};
  hooks.size = sizeof hooks;
  hooks.env = &seen;
  hooks.current_task = [](void *env) { return env; };
  hooks.begin_wasm = [](void *env) -> std::ptrdiff_t { return ++static_cast<Seen *>(env)->begun; };
  hooks.end_wasm = [](std::ptrdiff_t, void *env) { ++static_cast<Seen *>(env)->ended; };
  const Engine engine(new_config().hooks(hooks));
  Store store(engine);
  Instance(store, Module::from_text(engine, "(module (func (export \"f\")))")).func("f").call({});
  CHECK(seen.begun > 0 && seen.begun == seen.ended);
}

int main() {
  RUN(a_profile_has_the_function_that_ran);
  RUN(fuel_ends_a_call_that_has_none_left);
  RUN(a_time_limit_ends_calls_until_it_is_over);
  RUN(a_deadline_holds_until_it_is_set_anew);
  RUN(durations_are_cut_at_what_the_c_functions_take);
  RUN(another_thread_interrupts_a_call);
  RUN(a_store_that_another_thread_deletes_ends_its_call);
  RUN(a_store_in_use_on_another_thread_is_busy);
  RUN(a_host_function_may_throw_while_a_time_limit_ends);
  RUN(a_store_has_limits);
  RUN(a_sandbox_limits_modules_and_stores);
  RUN(an_engine_with_a_pool_has_room_for_so_many);
  RUN(a_config_takes_options);
  RUN(an_engine_tells_its_hooks_when_wasm_runs);
  return finish("limits");
}
