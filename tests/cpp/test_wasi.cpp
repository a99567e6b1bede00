// Programs for WASI: what they are given, their streams, and their exit status.
#include "check.hpp"

#include <thread>

#include <unistd.h>

using namespace std::chrono_literals;

// Copies standard input to standard output. Exits with the number of its arguments.
static const char *const cat = R"((module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (loop $again
      (i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const 100))
      (if (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)) (then (unreachable)))
      (if (i32.load (i32.const 8)) (then
        (i32.store (i32.const 4) (i32.load (i32.const 8)))
        (if (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 12)) (then (unreachable)))
        (br $again))))
    (drop (call $args (i32.const 16) (i32.const 20)))
    (call $exit (i32.load (i32.const 16))))
  (func (export "exit") (call $exit (i32.const 9)))))";

// An engine with a linker that has WASI.
struct Host {
  Engine engine{new_config().epoch_interruption()};
  Linker linker{engine};
  Module module = Module::from_text(engine, cat);

  Host() { linker.define_wasi(); }

  // The exit status of the program with this config.
  std::uint32_t run(WasiConfig wasi) const {
    const Store store(engine);
    store.set_wasi(std::move(wasi));
    return linker.instantiate(store, module).run();
  }
};

TEST(a_program_reads_and_writes_what_it_is_given) {
  const Host host;
  const OutputBuffer buffer(1000);
  CHECK(host.run(WasiConfig()) == 0);
  CHECK(host.run(WasiConfig().arg("a").arg("b").input("text").buffer(WasiStream::output, buffer)) == 2);
  CHECK(buffer.size() == 4 && buffer.take() == "text" && buffer.take().empty());
  const std::string long_text(500, 'x');
  CHECK(host.run(WasiConfig().input(long_text).buffer(WasiStream::output, OutputBuffer(buffer))) == 0);
  CHECK(buffer.take() == long_text);
  FAILS_WITH(limit, "", host.run(WasiConfig().input("long").buffer(WasiStream::output, OutputBuffer(2))));
  FAILS_WITH(limit, "", host.run(WasiConfig().input("long").output_limit(2)));
}

TEST(functions_can_be_streams_and_their_exceptions_arrive) {
  const Host host;
  std::string written;
  auto write = [&written](Span<const std::uint8_t> bytes) {
    written.append(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  };
  auto read = [left = 3](Span<std::uint8_t> bytes) mutable -> std::size_t {
    if (left == 0) return 0;
    bytes[0] = static_cast<std::uint8_t>('0' + left--);
    return 1;
  };
  CHECK(host.run(WasiConfig().read_from(read).write_to(WasiStream::output, write)) == 0);
  CHECK(written == "321");
  THROWS(std::out_of_range, "no more",
         host.run(WasiConfig().read_from(
             [](Span<std::uint8_t>) -> std::size_t { throw std::out_of_range("no more"); })));
  THROWS(std::length_error, "full",
         host.run(WasiConfig().input("a").write_to(
             WasiStream::output, [](Span<const std::uint8_t>) { throw std::length_error("full"); })));
  const auto counted = std::make_shared<int>(0);
  host.run(WasiConfig().write_to(WasiStream::error, [counted](Span<const std::uint8_t>) {}));
  FAILS_WITH(invalid_argument, "",
             WasiConfig().write_to(WasiStream::input, [counted](Span<const std::uint8_t>) {}));
  CHECK(counted.use_count() == 1);
}

TEST(wrong_settings_are_refused) {
  WasiConfig wasi;
  wasi.arg("program").env("name", "value").inherit_args().inherit_env().fixed_clock(0).seed(1);
  wasi.sandbox().open_limit(10).written_limit(1000).dir("/tmp", "/tmp").dir("/tmp", "/out", true);
  FAILS_WITH(invalid_argument, "", wasi.arg(std::string_view("a\0b", 3)));
  FAILS_WITH(invalid_argument, "", wasi.env("a=b", ""));
  FAILS_WITH(io, "", wasi.dir("/no/such/folder", "/"));
  FAILS_WITH(io, "", wasi.file(WasiStream::input, "/no/such/file"));
  FAILS_WITH(io, "", wasi.fd(WasiStream::output, 12345));
  wasi.file(WasiStream::output, "/dev/null", true).inherit(WasiStream::error);
  const Host host;
  const Store store(host.engine);
  store.set_wasi(std::move(wasi));
  CHECK(!wasi.is_valid());
  FAILS_WITH(null_pointer, "wasi", store.set_wasi(std::move(wasi)));
}

TEST(an_exit_in_another_call_is_an_error_with_its_status) {
  const Host host;
  const Store store(host.engine);
  store.set_wasi(WasiConfig());
  const Instance instance = host.linker.instantiate(store, host.module);
  instance.initialize();
  const auto result = instance.func<void()>("exit").try_call();
  CHECK(!result && result.error().kind() == ErrorKind::exit && result.error().exit_status() == 9u);
  FAILS_WITH(unsupported, "", host.linker.instantiate(Store(host.engine), host.module).run());
}

TEST(a_process_that_waits_for_input_is_killed) {
  const Host host;
  int ends[2];
  CHECK(pipe(ends) == 0);
  Store store(host.engine);
  store.set_wasi(WasiConfig().fd(WasiStream::input, ends[0]));
  const Process process(host.linker, host.module, std::move(store));
  CHECK(!process.wait_for(10ms));
  process.kill();
  THROWS(Trap, "the process was killed", process.wait());
  close(ends[0]);
  close(ends[1]);
  Store other(host.engine);
  other.set_wasi(WasiConfig().arg("one").arg("two").arg("three"));
  CHECK(Process(host.linker, host.module, std::move(other)).wait() == 3);
}

int main() {
  RUN(a_program_reads_and_writes_what_it_is_given);
  RUN(functions_can_be_streams_and_their_exceptions_arrive);
  RUN(wrong_settings_are_refused);
  RUN(an_exit_in_another_call_is_an_error_with_its_status);
  RUN(a_process_that_waits_for_input_is_killed);
  return finish("wasi");
}
