/*
 * SQLite in wasm, from npm, with a function of SQL that is written in C++, and a limit of time for queries. Whatever a
 * query does, it can't touch the memory of this program.
 *
 *   c++ -std=c++17 -Iinclude examples/libraries/sqlite.cpp -Ltarget/release -lsafewasm \
 *       -Wl,-rpath,target/release -o sqlite
 *   tar xzf $(npm pack --silent @sqlite.org/sqlite-wasm@3.53.4-build2)
 *   ./sqlite package/dist/sqlite3.wasm
 */
#include <safewasm.hpp>

#include <chrono>
#include <iostream>
#include <new>
#include <stdexcept>
#include <string>

using Address = std::uint32_t; /* A pointer of C is an `i32` in wasm. */

/* A database in memory. Each is an instance of its own. */
class Database {
 public:
  Database(const safewasm::Engine &engine, const safewasm::Module &module)
      : store(engine), memory(store, {128, 1024}), sqlite(instantiate(engine, module)) {
    sqlite.func<void()>("__wasm_call_ctors")();
    const Address name = put(":memory:"), cell = malloc(4);
    check(sqlite.func<int(Address, Address)>("sqlite3_open")(name, cell));
    handle = memory.read<Address>(cell);
    /* `sqlite3_exec` calls this with the number of columns, and arrays of the values and the names of a row. */
    print_row = pointer([this](Address, std::int32_t columns, Address values, Address) {
      for (std::int32_t i = 0; i < columns; i++) {
        const auto value = memory.read<Address>(values + 4 * static_cast<Address>(i));
        std::cout << (i > 0 ? " | " : "") << (value != 0 ? text(value) : "NULL");
      }
      std::cout << '\n';
      return 0;
    });
  }

  /* Runs a query and prints its rows. If a trap ends it, such as that of the time limit, the database is lost. */
  void query(const std::string &sql, std::chrono::milliseconds limit = std::chrono::seconds(10)) {
    const safewasm::Timeout timeout = store.timeout(limit);
    const Address copy = put(sql);
    const auto exec = sqlite.func<int(Address, Address, Address, Address, Address)>("sqlite3_exec");
    const int status = exec(handle, copy, print_row, 0, 0);
    sqlite.func<void(Address)>("free")(copy);
    check(status);
  }

  Database(const Database &) = delete; /* Its functions refer to it. */

  /* Makes `f`, a function of two numbers, a function of SQL. */
  template <class F>
  void define(const std::string &name, F f) {
    const Address callback = pointer([this, f](Address context, std::int32_t, Address values) {
      const auto get = sqlite.func<double(Address)>("sqlite3_value_double");
      const double result = f(get(memory.read<Address>(values)), get(memory.read<Address>(values + 4)));
      sqlite.func<void(Address, double)>("sqlite3_result_double")(context, result);
    });
    using Create = int(Address, Address, int, int, Address, Address, Address, Address);
    const int utf8 = 1, arguments = 2;
    check(sqlite.func<Create>("sqlite3_create_function")(handle, put(name), arguments, utf8, 0, callback, 0, 0));
  }

 private:
  safewasm::Instance instantiate(const safewasm::Engine &engine, const safewasm::Module &module) {
    safewasm::Linker linker(engine);
    linker.define(store, "env", "memory", memory);
    linker.define("env", "emscripten_date_now", [] {
      const auto now = std::chrono::system_clock::now().time_since_epoch();
      return std::chrono::duration<double, std::milli>(now).count();
    });
    linker.define("env", "emscripten_resize_heap", [this](Address size) {
      const std::size_t more = (size - memory.size() + 65535) / 65536, pages = memory.size() / 65536;
      if (pages + more > 1024) return 0;
      memory.grow(more);
      return 1;
    });
    /* There are no files, not even one of random numbers (ENOENT is 44), and no variables of the environment. */
    linker.define("env", "__syscall_openat", [](int, Address, int, Address) { return -44; });
    linker.define("wasi_snapshot_preview1", "environ_sizes_get", [this](Address count, Address size) {
      memory.write(count, Address{0});
      memory.write(size, Address{0});
      return 0;
    });
    linker.define("wasi_snapshot_preview1", "environ_get", [](Address, Address) { return 0; });
    linker.define_unknown_imports_as_traps(module);
    return linker.instantiate(store, module);
  }

  /* C's address of a function: its index in the table of functions. */
  template <class F>
  Address pointer(F f) {
    const auto table = sqlite.table("__indirect_function_table");
    return static_cast<Address>(table.grow(1, safewasm::Func::wrap(store, f)));
  }

  Address malloc(std::size_t size) {
    const Address address = sqlite.func<Address(Address)>("malloc")(static_cast<Address>(size));
    return address != 0 ? address : throw std::bad_alloc();
  }

  /* The address of a copy of a text, which ends with a NUL. */
  Address put(const std::string &from) {
    const Address address = malloc(from.size() + 1);
    memory.write(address, from + '\0');
    return address;
  }

  /* The text at an address, up to its NUL. */
  std::string text(Address address) {
    std::string found;
    while (const char c = memory.read<char>(address++)) found += c;
    return found;
  }

  void check(int status) {
    if (status != 0) throw std::runtime_error(text(sqlite.func<Address(Address)>("sqlite3_errmsg")(handle)));
  }

  safewasm::Store store;
  safewasm::Memory memory;
  safewasm::Instance sqlite;
  Address handle = 0, print_row = 0;
};

/* Prints the error of a query. */
static void attempt(Database &db, const char *sql) {
  try {
    db.query(sql, std::chrono::milliseconds(500));
  } catch (const std::exception &error) {
    std::cout << "refused: " << error.what() << '\n';
  }
}

int main(int argc, char **argv) {
  const safewasm::Engine engine(safewasm::Config().epoch_interruption());
  const auto module = safewasm::Module::from_file(engine, argc > 1 ? argv[1] : "sqlite3.wasm");
  Database db(engine, module);
  /* Masses in 10^24 kg, radii in km. */
  db.query("CREATE TABLE planets (name, mass, radius, moons);"
           "INSERT INTO planets VALUES"
           "  ('Venus', 4.87, 6052, 0), ('Earth', 5.97, 6378, 1), ('Jupiter', 1898, 71492, NULL)");
  db.define("density", [](double mass, double radius) {
    return mass * 1e12 / (4 / 3.0 * 3.14159265 * radius * radius * radius);
  });
  db.query("SELECT name, round(density(mass, radius), 2), moons FROM planets ORDER BY 2 DESC");
  attempt(db, "SELECT colour FROM planets");
  attempt(db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n");
  Database(engine, module).query("SELECT count(*) FROM sqlite_schema"); /* Another database is another instance. */
}
