// Modules, memories, globals, tables, tags and linkers.
#include "check.hpp"

#include <thread>

TEST(a_function_type_is_made_of_text) {
  const Engine engine(new_config());
  const FuncType type(engine, "(i32, externref) -> (f64, i64)");
  CHECK(type.params().size() == 2 && type.params()[1] == ValType::externref());
  CHECK(type.text() == "(i32, externref) -> (f64, i64)");
  FAILS_WITH(invalid_argument, "at byte 4", FuncType(engine, "(i32"));
  FAILS_WITH(invalid_argument, "", FuncType(engine, std::string_view()));
}

TEST(a_module_tells_what_it_imports_and_exports) {
  const Engine engine(new_config());
  const Module module = Module::from_text(engine, R"((module $name
    (import "env" "log" (func (param i32) (result f64)))
    (import "env" "memory" (memory 1 10))
    (global (export "g") (mut i64) (i64.const 0))
    (table (export "t") 2 5 funcref)
    (tag (export "e") (param i32))
    (@custom "mine" "\01\02")))");
  CHECK(module.name() == "name" && !Module::from_text(engine, "(module)").name());
  const std::vector<ImportType> imports = module.imports();
  CHECK(imports.size() == 2 && imports[0].module == "env" && imports[0].name == "log");
  CHECK(imports[0].type.kind() == ExternKind::func && imports[0].type.func().text() == "(i32) -> f64");
  CHECK(imports[0].type.func().params() == std::vector<ValType>{ValType::i32()});
  CHECK(imports[0].type.func().results() == std::vector<ValType>{ValType::f64()});
  CHECK(imports[1].type.memory().min == 1 && imports[1].type.memory().max == 10 &&
        !imports[1].type.memory().is_64);
  CHECK(imports[1].type.text() == "(memory 1 10)");
  const std::vector<ExportType> exports = module.exports();
  CHECK(exports.size() == 3 && exports[0].name == "g" && exports[0].type.global().is_mutable);
  CHECK(exports[0].type.global().content == ValType::i64());
  CHECK(exports[1].type.table().max == 5 && exports[1].type.table().element == ValType::funcref());
  CHECK(exports[2].type.kind() == ExternKind::tag && exports[2].type.func().text() == "(i32) -> ()");
  FAILS_WITH(type_mismatch, "", exports[2].type.memory());
  const std::vector<CustomSection> sections = module.custom_sections();
  bool found = false;
  for (const CustomSection &section : sections) {
    found = found || (section.name == "mine" && section.data == std::vector<std::uint8_t>{1, 2});
  }
  CHECK(found && module.resources().tables == 1);
}

TEST(a_module_is_compiled_from_bytes_of_any_container) {
  const Engine engine(new_config());
  const Bytes bytes = wat2wasm("(module (func (export \"f\")))");
  Module::validate(engine, bytes);
  CHECK(Module::from_bytes(engine, bytes).exports().size() == 1);
  CHECK(Module::from_bytes(engine, std::vector<std::uint8_t>(bytes.data(), bytes.data() + bytes.size()))
            .is_valid());
  CHECK(Module::from_bytes(engine, std::string(bytes.span().begin(), bytes.span().end())).is_valid());
  FAILS_WITH(invalid_text, "", wat2wasm("(module"));
  FAILS_WITH(invalid_text, "", wat2wasm(std::string_view("(module) \0", 10)));
}

TEST(a_module_comes_back_from_its_artifact) {
  const Engine engine(new_config());
  const Bytes wasm = wat2wasm("(module $shop (func (export \"f\")))");
  const Module module = Module::from_bytes(engine, wasm);
  const Bytes artifact = module.serialize(), same = Module::precompile(engine, wasm);
  CHECK(detect(artifact) == Content::artifact && detect(same) == Content::artifact);
  CHECK(detect(wasm) == Content::module && detect(std::string("(module)")) == Content::text);
  CHECK(detect(std::string()) == Content::unknown);
  for (const Bytes *bytes : {&artifact, &same}) {
    const Module loaded = Module::deserialize(engine, *bytes);
    CHECK(loaded.name() == "shop" && loaded.exports().size() == 1);
    CHECK(std::equal(loaded.wasm().begin(), loaded.wasm().end(), wasm.span().begin(), wasm.span().end()));
    const auto inside = Module::wasm_of(*bytes);
    CHECK(std::equal(inside.begin(), inside.end(), wasm.span().begin(), wasm.span().end()));
  }
  const std::string path = "target/cpp/module-" + std::to_string(getpid()) + ".artifact";
  FILE *file = fopen(path.c_str(), "wb");
  CHECK(fwrite(artifact.data(), 1, artifact.size(), file) == artifact.size() && fclose(file) == 0);
  CHECK(Module::deserialize_file(engine, path).name() == "shop");
  CHECK(remove(path.c_str()) == 0);
  FAILS_WITH(io, path.c_str(), Module::deserialize_file(engine, path));
  FAILS_WITH(invalid_artifact, "", Module::deserialize(engine, wasm));
  const Engine fueled(new_config().consume_fuel());
  FAILS_WITH(incompatible, "fuel", Module::deserialize(fueled, artifact));
}

TEST(an_engine_finds_modules_in_its_cache) {
  const Bytes wasm = wat2wasm("(module (func (export \"f\")))");
  std::string folder = "target/cpp/cache-XXXXXX";
  CHECK(mkdtemp(folder.data()) != nullptr);
  for (std::uint64_t hits = 0; hits < 2; hits++) {
    const Engine engine(new_config().cache(folder, 1 << 20));
    CHECK(Module::from_bytes(engine, wasm).exports().size() == 1);
    const CacheCounts counts = engine.cache_counts();
    CHECK(counts.hits == hits && counts.misses == 1 - hits && counts.failures == 0);
  }
  FAILS_WITH(unsupported, "", Engine(new_config()).cache_counts());
}

TEST(a_memory_is_read_and_written_within_its_bounds) {
  World world;
  const Memory memory(world.store, {1, 2});
  CHECK(memory.size() == 65536 && memory.type().max == 2);
  memory.write(16, "hello");
  CHECK(memory.read_text(16, 5) == "hello" && memory.read<char>(21) == 0);
  memory.write(32, std::vector<double>{0.5, 1.5});
  std::array<double, 2> doubles{};
  memory.read(32, doubles);
  CHECK(doubles[0] == 0.5 && doubles[1] == 1.5);
  memory.write(49, std::uint32_t{0x01020304});
  CHECK(memory.read<std::uint8_t>(49) == 4 && memory.read<std::uint32_t>(49) == 0x01020304);
  memory.write(65536, std::string());
  CHECK(memory.read_text(65536, 0).empty());
  FAILS_WITH(out_of_bounds, "", memory.read<std::uint32_t>(65533));
  FAILS_WITH(out_of_bounds, "", memory.write(65535, "ab"));
  FAILS_WITH(out_of_bounds, "", memory.read<char>(UINT64_MAX));
  FAILS_WITH(out_of_bounds, "", memory.read_text(0, SIZE_MAX));
  CHECK(memory.grow(1) == 1 && memory.size() == 131072);
  FAILS_WITH(limit, "", memory.grow(1));
}

// A structure that the compiler can't tell to have no padding.
struct Point {
  float x, y;
};
template <>
inline constexpr bool safewasm::has_no_padding<Point> = true;

TEST(an_array_of_char_is_written_up_to_its_first_nul_or_its_end) {
  World world;
  const Memory memory(world.store, {1});
  struct {
    char full[4] = {'f', 'u', 'l', 'l'};
    char after[5] = "past";
  } arrays;
  memory.write(0, arrays.full);
  memory.view().write(16, arrays.full);
  CHECK(memory.read_text(0, 5) == std::string_view("full\0", 5));
  CHECK(memory.read_text(16, 5) == std::string_view("full\0", 5));
  const char early[8] = {'a', 0, 'b'};
  memory.write(0, early);
  memory.write(16, "a\0b");
  CHECK(memory.read_text(0, 4) == "aull" && memory.read_text(16, 4) == "aull");
  memory.write(65536, "");
  memory.write(65532, arrays.full);
  FAILS_WITH(out_of_bounds, "4 bytes", memory.view().write(65533, arrays.full));
}

TEST(objects_without_padding_go_through_a_memory) {
  World world;
  const Memory memory(world.store, {1});
  struct Pair {
    std::int32_t first, second;
  };
  memory.write(0, Pair{1, 2});
  CHECK(memory.read<Pair>(0).second == 2);
  memory.write(1, Point{0.5f, 1.5f});
  CHECK(memory.read<Point>(1).y == 1.5f && memory.view().read<Point>(1).x == 0.5f);
  const std::array<float, 2> floats[] = {{1, 2}, {3, 4}};
  memory.write(8, floats);
  CHECK((memory.read<std::array<float, 2>>(16) == floats[1]));
  memory.write(3, true);
  CHECK(memory.read<std::uint8_t>(3) == 1);
}

TEST(a_view_follows_its_memory) {
  World world;
  const Memory memory(world.store, {1});
  const MemoryView view = memory.view();
  view.write(65530, std::string_view("\1\2\3\4\5\6"));
  CHECK(memory.read<std::uint16_t>(65534) == 0x0605 && view[65535] == 6);
  FAILS_WITH(out_of_bounds, "2 bytes from address 65535 on go beyond the memory, which has 65536",
             view.read<std::uint16_t>(65535));
  FAILS_WITH(out_of_bounds, "", view.bytes(UINT64_MAX, 2));
  FAILS_WITH(out_of_bounds, "", view.bytes(2, UINT64_MAX));
  CHECK(view.bytes(65536, 0).empty() && view.text(65530, 2) == "\1\2");
  memory.grow(1);
  CHECK(view.size() == 131072 && view.read<std::uint16_t>(65535) == 6);
  std::size_t sum = 0;
  for (const std::uint8_t byte : view) sum += byte;
  CHECK(sum == 21);
}

TEST(a_shared_memory_is_used_by_several_threads) {
  const Engine engine(new_config().shared_memory());
  const SharedMemory memory(engine, {1, 2, false, true});
  std::vector<std::thread> threads;
  for (std::uint8_t i = 0; i < 4; i++) {
    threads.emplace_back([=, copy = memory] {
      Store store(engine);
      const Instance instance(store, Module::from_text(engine, R"((module
        (import "" "m" (memory 1 2 shared))
        (func (export "set") (param i32) (i32.store8 (local.get 0) (i32.const 7)))))"),
                              {copy});
      instance.func<void(std::int32_t)>("set")(i);
    });
  }
  for (std::thread &thread : threads) thread.join();
  CHECK(memory.read<std::uint32_t>(0) == 0x07070707 && memory.bytes().size() == 65536);
  memory.write(8, "text");
  CHECK(memory.read_text(8, 4) == "text" && memory.type().is_shared);
  FAILS_WITH(out_of_bounds, "", memory.read<char>(65536));
  CHECK(memory.grow(1) == 1 && memory.size() == 131072);
  FAILS_WITH(unsupported, "", SharedMemory(Engine(new_config()), {1, 2, false, true}));
}

TEST(a_global_has_a_value_of_its_type) {
  World world;
  const Global global(world.store, {ValType::i64(), true}, std::int64_t{5});
  global.set(std::int64_t{-1});
  CHECK(global.get<std::uint64_t>() == UINT64_MAX && global.type().content == ValType::i64());
  FAILS_WITH(type_mismatch, "", global.set(1));
  FAILS_WITH(type_mismatch, "", global.get<double>());
  const Global constant(world.store, {ValType::f32()}, 0.5f);
  FAILS_WITH(type_mismatch, "", constant.set(1.5f));
  FAILS_WITH(type_mismatch, "", Global(world.store, {ValType::f32()}, 1));
}

TEST(a_table_holds_references) {
  World world;
  const Table table(world.store, {ValType::externref(), 2, 10}, null_ref);
  const Ref ref = Ref::external(world.store, std::string("element"));
  table.set(1, ref);
  CHECK(table.get<Ref>(1).get<std::string>() == "element" && !table.get<std::optional<Ref>>(0));
  CHECK(table.grow(3, ref) == 2 && table.size() == 5 && table.type().max == 10);
  table.fill(0, 2, null_ref);
  table.copy(0, table, 2, 2);
  CHECK(table.get<Ref>(0).same(ref));
  FAILS_WITH(out_of_bounds, "", table.get(5));
  FAILS_WITH(out_of_bounds, "", table.fill(4, 2, null_ref));
  FAILS_WITH(limit, "", table.grow(6, null_ref));
  FAILS_WITH(type_mismatch, "", table.set(0, Func::wrap(world.store, [] {})));
  FAILS_WITH(type_mismatch, "", table.get<Func>(0));
  const Table funcs(world.store, {ValType::funcref(), 1}, Func::wrap(world.store, [] { return 3; }));
  CHECK(funcs.get<Func>(0).typed<std::int32_t()>()() == 3);
}

TEST(references_tell_what_they_refer_to) {
  World world;
  const Instance instance = world.instance(R"((module
    (type $pair (struct (field i32) (field f64)))
    (func (export "new") (result anyref) (struct.new $pair (i32.const 4) (f64.const 0.5)))))");
  const auto pair = instance.func<std::optional<Ref>()>("new")();
  const std::vector<Val> fields = pair->fields();
  CHECK(fields.size() == 2 && fields[0].get<std::int32_t>() == 4 && fields[1].get<double>() == 0.5);
  CHECK(pair->type().kind == ValKind::ref && pair->type().heap == HeapKind::concrete_struct);
  FAILS_WITH(type_mismatch, "", pair->i31());
  FAILS_WITH(type_mismatch, "", pair->tag());
  const Tag tag(world.store, FuncType::of<void(std::int32_t)>(world.engine));
  const Ref exception = Ref::exception(tag, {5});
  CHECK(exception.tag().same(tag) && exception.fields()[0].get<std::int32_t>() == 5);
  CHECK(tag.type().text() == "(i32) -> ()");
  FAILS_WITH(type_mismatch, "", Tag(world.store, FuncType::of<int()>(world.engine)));
}

TEST(an_instance_gives_its_exports_by_name_and_kind) {
  World world;
  const Instance instance = world.instance(R"((module
    (func (export "f")) (memory (export "memory") 1) (table (export "t") 1 funcref)
    (global (export "g") i32 (i32.const 1)) (tag (export "e")) (func (export "a\00b"))))");
  CHECK(instance.exports().size() == 6 && std::holds_alternative<Table>(instance.exports()[2]));
  CHECK(instance.memory().size() == 65536 && instance.table("t").size() == 1);
  CHECK(instance.global("g").get<int>() == 1 && instance.tag("e").is_valid());
  CHECK(instance.func(std::string_view("a\0b", 3)).is_valid());
  FAILS_WITH(not_found, "", instance.func("a"));
  FAILS_WITH(not_found, "", instance.func(""));
  FAILS_WITH(not_found, "", instance.func(std::string_view()));
  FAILS_WITH(type_mismatch, "global", instance.memory("g"));
  FAILS_WITH(type_mismatch, "the export \"memory\" is a memory", instance.shared_memory("memory"));
  CHECK(instance.module().exports().size() == 6);
}

TEST(an_instance_is_given_imports_of_each_kind) {
  World world;
  const Module module = world.module(R"((module
    (import "" "f" (func)) (import "" "m" (memory 1)) (import "" "t" (table 1 externref))
    (import "" "g" (global i32)) (import "" "e" (tag))))");
  const Func func = Func::wrap(world.store, [] {});
  const Memory memory(world.store, {1});
  const Table table(world.store, {ValType::externref(), 1}, null_ref);
  const Global global(world.store, {ValType::i32()}, 1);
  const Extern tag = Tag(world.store, FuncType(world.engine, {}, {}));
  CHECK(Instance(world.store, module, {func, memory, table, global, tag}).is_valid());
  const std::vector<Import> imports{func.typed<void()>(), memory, table, global, tag};
  FAILS_WITH(invalid_handle, "", Instance(world.store, module, imports));
  FAILS_WITH(link, "", Instance(world.store, module, {func}));
  FAILS_WITH(link, "", Instance(world.store, module, {memory, func, table, global, tag}));
}

TEST(a_linker_finds_imports_by_name) {
  World world;
  const Module module = world.module(R"((module
    (import "env" "twice" (func $twice (param i32) (result i32))) (import "env" "memory" (memory 1))
    (func (export "f") (param i32) (result i32) (call $twice (local.get 0)))))");
  Linker linker(world.engine);
  linker.define("env", "twice", [](std::int32_t x) { return 2 * x; });
  FAILS_WITH(link, "memory", linker.instantiate(world.store, module));
  FAILS_WITH(link, "memory", linker.instantiate_pre(module));
  linker.define(world.store, "env", "memory", Memory(world.store, {1}));
  CHECK(linker.instantiate(world.store, module).func<int(int)>("f")(4) == 8);
  FAILS_WITH(invalid_argument, "twice", linker.define("env", "twice", [](std::int32_t x) { return 3 * x; }));
  linker.allow_shadowing();
  linker.define("env", "twice", [](std::int32_t x) { return 3 * x; });
  const InstancePre pre = linker.instantiate_pre(module);
  CHECK(pre.instantiate(world.store).func<int(int)>("f")(4) == 12);
  const std::vector<Definition> definitions = linker.definitions();
  CHECK(definitions.size() == 2 && definitions[0].module == "env" && definitions[0].name == "twice");
  CHECK(definitions[1].type.kind() == ExternKind::memory);
  CHECK(std::get<Func>(linker.get(world.store, "env", "twice")).type().text() == "(i32) -> i32");
  FAILS_WITH(not_found, "twice", linker.get(world.store, "env", "twise"));
}

TEST(a_linker_defines_instances_modules_and_what_is_missing) {
  World world;
  const Instance exporter = world.instance("(module (func (export \"one\") (result i32) (i32.const 1)))");
  const Module user = world.module(R"((module
    (import "a" "one" (func $one (result i32))) (import "b" "two" (func $two (result i32)))
    (func (export "f") (result i32) (i32.add (call $one) (call $two)))))");
  const Module two = world.module("(module (func (export \"two\") (result i32) (i32.const 2)))");
  Linker linker(world.engine);
  linker.define_instance("a", exporter);
  linker.define_module(world.store, "b", two);
  CHECK(linker.instantiate(world.store, user).func<int()>("f")() == 3);
  Linker traps(world.engine);
  traps.define_unknown_imports_as_traps(user);
  FAILS_WITH(trap, "one", (traps.instantiate(world.store, user).func<int()>("f")()));
  Linker zeros(world.engine);
  zeros.define_unknown_imports_as_default_values(world.store, user);
  CHECK(zeros.instantiate(world.store, user).func<int()>("f")() == 0);
}

TEST(a_config_sets_what_an_engine_can_do) {
  Config config = new_config();
  config.opt_level(OptLevel::none).feature(Feature::simd, false).feature(Feature::relaxed_simd, false);
  config.max_module_functions(2).max_wasm_stack(1 << 16).backtrace_lines().debug_info(false);
  const Engine engine(std::move(config));
  FAILS_WITH(invalid_module, "", Module::from_text(engine, "(module (func (param v128)))"));
  FAILS_WITH(limit, "", Module::from_text(engine, "(module (func) (func) (func))"));
  FAILS_WITH(invalid_argument, "", Config().max_wasm_stack(1));
  FAILS_WITH(invalid_argument, "", Config().feature(static_cast<Feature>(999)));
  FAILS_WITH(unsupported, "", Engine(Config().feature(Feature::stack_switching)));
  const Engine small(new_config().max_module_size(10));
  FAILS_WITH(limit, "", Module::from_text(small, "(module (func))"));
}

int main() {
  RUN(a_function_type_is_made_of_text);
  RUN(a_module_tells_what_it_imports_and_exports);
  RUN(a_module_is_compiled_from_bytes_of_any_container);
  RUN(a_module_comes_back_from_its_artifact);
  RUN(an_engine_finds_modules_in_its_cache);
  RUN(a_memory_is_read_and_written_within_its_bounds);
  RUN(an_array_of_char_is_written_up_to_its_first_nul_or_its_end);
  RUN(objects_without_padding_go_through_a_memory);
  RUN(a_view_follows_its_memory);
  RUN(a_shared_memory_is_used_by_several_threads);
  RUN(a_global_has_a_value_of_its_type);
  RUN(a_table_holds_references);
  RUN(references_tell_what_they_refer_to);
  RUN(an_instance_gives_its_exports_by_name_and_kind);
  RUN(an_instance_is_given_imports_of_each_kind);
  RUN(a_linker_finds_imports_by_name);
  RUN(a_linker_defines_instances_modules_and_what_is_missing);
  RUN(a_config_sets_what_an_engine_can_do);
  return finish("objects");
}
