// Handles: their owners, moves and copies, and the use of handles whose object was deleted.
#include "check.hpp"

#include <memory>

static const char *const everything = R"((module
  (func (export "f"))
  (memory (export "memory") 1)
  (table (export "table") 1 funcref)
  (global (export "global") (mut i32) (i32.const 7))
  (tag (export "tag"))))";

// Checks that the use of an object that was moved from is an error.
template <class T, class Use>
static void moved_from(T object, Use use) {
  const T moved = std::move(object);
  CHECK(moved.is_valid());
  CHECK(!object.is_valid() && object.raw() == nullptr);
  FAILS_WITH(null_pointer, "", use(object));
}

TEST(what_was_moved_from_is_an_error_of_each_kind_of_object) {
  World world;
  const Engine &engine = world.engine;
  const Module module = world.module(everything);
  const auto instance = [&] { return Instance(world.store, module); };

  moved_from(Config(), [](Config &config) { config.debug_info(); });
  moved_from(Config(), [](Config &config) { return Engine(std::move(config)); });
  moved_from(Engine(engine), [](Engine &empty) { return Store(empty); });
  moved_from(Store(engine), [](Store &store) { store.collect(); });
  moved_from(Store(engine), [&](Store &store) { return Instance(store, module); });
  moved_from(Store(engine), [](Store &store) { return Func::wrap(store, [] {}); });
  moved_from(Store(engine), [](Store &store) { store.interrupter().interrupt(); });
  moved_from(Module(module), [&](Module &empty) { return Instance(world.store, empty); });
  moved_from(Module(module), [](Module &empty) { return empty.exports(); });
  moved_from(wat2wasm("(module)"), [](Bytes &bytes) { return bytes.size(); });
  moved_from(wat2wasm("(module)"), [&](Bytes &bytes) { return Module::from_bytes(engine, bytes); });
  moved_from(FuncType(engine, {}, {}), [](FuncType &type) { return type.text(); });
  moved_from(module.exports()[0].type, [](ExternType &type) { return type.kind(); });
  moved_from(instance(), [](Instance &empty) { return empty.func("f"); });
  moved_from(instance().func("f"), [](Func &func) { return func.call({}); });
  moved_from(instance().func("f"), [](Func &func) { return func.clone(); });
  moved_from(instance().memory(), [](Memory &memory) { return memory.size(); });
  moved_from(instance().memory(), [](Memory &memory) { memory.write(0, "text"); });
  moved_from(instance().table("table"), [](Table &table) { return table.size(); });
  moved_from(instance().global("global"), [](Global &global) { return global.get(); });
  moved_from(instance().tag("tag"), [](Tag &tag) { return tag.type(); });
  moved_from(Ref::i31(world.store, 1), [](Ref &ref) { return ref.i31(); });
  moved_from(Ref::i31(world.store, 1), [](Ref &ref) { return ref.get_if<int>(); });
  moved_from(Linker(engine), [](Linker &linker) { return linker.definitions(); });
  moved_from(Linker(engine), [](Linker &linker) { linker.define("", "f", [] {}); });
  moved_from(Linker(engine).instantiate_pre(module),
             [&](InstancePre &pre) { return pre.instantiate(world.store); });
}

TEST(a_typed_function_that_was_moved_from_is_an_error) {
  World world;
  const Instance instance = world.instance(everything);
  auto f = instance.func<void()>("f");
  const auto moved = std::move(f);
  moved();
  FAILS_WITH(null_pointer, "`func` is NULL", f());
  CHECK(f.try_call().error().kind() == ErrorKind::null_pointer);
}

TEST(a_view_that_was_moved_from_is_empty) {
  World world;
  MemoryView view = world.instance(everything).memory().view();
  const MemoryView moved = std::move(view);
  CHECK(moved.size() == 65536 && moved.data() != nullptr);
  CHECK(view.empty() && view.data() == nullptr && view.begin() == view.end());
  FAILS_WITH(out_of_bounds, "1 bytes from address 0 on", view[0]);
}

TEST(a_reference_that_was_moved_from_is_no_null_reference) {
  World world;
  Ref ref = Ref::i31(world.store, 1);
  const Ref moved = std::move(ref);
  FAILS_WITH(null_pointer, "moved from", Arg(ref));
  FAILS_WITH(null_pointer, "moved from", Val(std::move(ref)));
  FAILS_WITH(null_pointer, "moved from", Arg(std::optional<Ref>(std::move(ref))));
  FAILS_WITH(null_pointer, "moved from", Val(std::optional<Ref>(std::move(ref))));
  Val value = Ref::i31(world.store, 2);
  const Ref out = std::move(value).get<Ref>();
  FAILS_WITH(null_pointer, "moved from", Arg(value));
  FAILS_WITH(null_pointer, "moved from", value.release());
}

TEST(objects_of_a_deleted_store_are_errors) {
  World world;
  auto store = std::make_unique<Store>(world.engine);
  const StoreRef left = *store;
  const Instance instance(*store, world.module(everything));
  const auto f = instance.func<void()>("f");
  const Memory memory = instance.memory();
  const Table table = instance.table("table");
  const Global global = instance.global("global");
  const Tag tag = instance.tag("tag");
  const Ref ref = Ref::external(*store, 1);
  const MemoryView view = memory.view();
  const Interrupter interrupter = store->interrupter();
  store.reset();
  FAILS_WITH(invalid_handle, "", left.collect());
  FAILS_WITH(invalid_handle, "", instance.func("f"));
  FAILS_WITH(invalid_handle, "", f());
  FAILS_WITH(invalid_handle, "", memory.read<int>(0));
  FAILS_WITH(invalid_handle, "", table.get(0));
  FAILS_WITH(invalid_handle, "", global.set(1));
  FAILS_WITH(invalid_handle, "", tag.same(tag));
  FAILS_WITH(invalid_handle, "", ref.get<int>());
  FAILS_WITH(invalid_handle, "", interrupter.interrupt());
  FAILS_WITH(invalid_handle, "", Func::wrap(left, [] {}));
  CHECK(view.empty());
  CHECK(!left.is_valid() && !instance.is_valid() && !memory.is_valid());
}

TEST(an_engine_and_a_module_may_go_before_what_was_made_with_them) {
  std::optional<Engine> engine(new_config());
  std::optional<Module> module = Module::from_text(*engine, everything);
  Linker linker(*engine);
  Store store(*engine);
  engine.reset();
  const Instance instance(store, *module);
  module.reset();
  instance.func<void()>("f")();
  linker.define("", "f", [] {});
  CHECK(instance.module().exports().size() == 5);
  CHECK(store.engine().is_valid());
}

TEST(copies_share_one_handle_which_the_last_deletes) {
  Engine last(nullptr);
  safewasm_engine_t *raw = nullptr;
  {
    const Engine first(new_config());
    raw = first.raw();
    last = first;
  }
  CHECK(safewasm_engine_is_valid(raw) && last.raw() == raw);
  last = Engine(nullptr);
  CHECK(!safewasm_engine_is_valid(raw));
}

TEST(assignment_deletes_the_old_handle_once) {
  World world;
  Store store(world.engine);
  safewasm_store_t *const old = store.raw();
  store = Store(world.engine);
  CHECK(!safewasm_store_is_valid(old) && store.is_valid());
  Store &same = store;
  store = std::move(same);
  CHECK(store.is_valid());
}

TEST(objects_are_destroyed_while_an_exception_is_on_its_way) {
  int copies = 0;
  const auto fails = [&] {
    World world;
    const Func func = Func::wrap(world.store, [counted = Counted(copies)] {});
    const Ref ref = Ref::external(world.store, Counted(copies));
    const MemoryView view = world.instance(everything).memory().view();
    throw std::runtime_error("on its way");
  };
  THROWS(std::runtime_error, "on its way", fails());
  CHECK(copies == 0);
}

TEST(handles_come_from_and_go_to_the_c_functions) {
  World world;
  safewasm_store_t *raw = nullptr;
  OK(safewasm_store_new(world.engine.raw(), &raw));
  Store store(raw);
  CHECK(store.release() == raw && store.raw() == nullptr);
  CHECK(safewasm_store_is_valid(raw));
  safewasm_store_delete(raw);
  CHECK(!Store(nullptr).is_valid());
}

TEST(what_belongs_to_another_store_or_engine_is_an_error) {
  World world, other;
  const Module imports = world.module("(module (import \"\" \"f\" (func)))");
  const Func func = Func::wrap(other.store, [] {});
  FAILS_WITH(wrong_store, "", Instance(world.store, imports, {func}));
  FAILS_WITH(wrong_engine, "", Instance(other.store, imports, {func}));
  const Table table(world.store, {ValType::externref(), 1}, null_ref);
  FAILS_WITH(wrong_store, "", table.set(0, Ref::external(other.store, 1)));
}

int main() {
  RUN(what_was_moved_from_is_an_error_of_each_kind_of_object);
  RUN(a_typed_function_that_was_moved_from_is_an_error);
  RUN(a_view_that_was_moved_from_is_empty);
  RUN(a_reference_that_was_moved_from_is_no_null_reference);
  RUN(objects_of_a_deleted_store_are_errors);
  RUN(an_engine_and_a_module_may_go_before_what_was_made_with_them);
  RUN(copies_share_one_handle_which_the_last_deletes);
  RUN(assignment_deletes_the_old_handle_once);
  RUN(objects_are_destroyed_while_an_exception_is_on_its_way);
  RUN(handles_come_from_and_go_to_the_c_functions);
  RUN(what_belongs_to_another_store_or_engine_is_an_error);
  return finish("handles");
}
