/* Instances and linkers: modules that run, and their imports by name. */
#ifndef SAFEWASM_INSTANCE_HPP
#define SAFEWASM_INSTANCE_HPP

#include <safewasm/host.hpp>

namespace safewasm {

/// A module that runs in a store, with memories, globals and tables of its own. They live as long as the
/// store, also after this handle is deleted.
class Instance
    : public UniqueHandle<safewasm_instance_t, safewasm_instance_delete, safewasm_instance_is_valid> {
 public:
  using UniqueHandle::UniqueHandle;

  /// An instance of `module`, with imports in the module's order: `Instance(store, module, {log, memory})`.
  /// Runs the module's start function, whose traps and exceptions it throws.
  ///
  /// Errors: `link`, naming the imports that are missing or the one of another type; `wrong_store`,
  /// `wrong_engine`, `limit`.
  Instance(StoreRef store, const Module& module, Span<const Import> imports = {})
      : UniqueHandle(make(store, module, imports)) {}

  /// The export called `name`. Errors: `not_found`, with the names that there are.
  [[nodiscard]] Extern get(std::string_view name) const {
    return detail::adopt(
        detail::get<safewasm_extern_t>(safewasm_instance_export, raw(), detail::data(name), name.size()));
  }

  /// The exported function called `name`. Errors: `not_found`; `type_mismatch` if it is something else.
  [[nodiscard]] Func func(std::string_view name) const {
    return Func(look_up<safewasm_func_t>(safewasm_instance_func, name));
  }

  /// The exported function called `name` with its type in C++, which is checked here once:
  /// `instance.func<std::int32_t(std::int32_t, std::int32_t)>("add")`.
  ///
  /// Errors: `not_found`; `type_mismatch`, with both types.
  template <class Signature>
  [[nodiscard]] TypedFunc<Signature> func(std::string_view name) const {
    return {func(name), "the function \"" + std::string(name) + "\""};
  }

  /// The exported memory, table, global, tag or shared memory called `name`.
  ///
  /// Errors: `not_found`; `type_mismatch` if it is something else.
  [[nodiscard]] Memory memory(std::string_view name = "memory") const {
    return Memory(look_up<safewasm_memory_t>(safewasm_instance_memory, name));
  }
  [[nodiscard]] Table table(std::string_view name) const {
    return Table(look_up<safewasm_table_t>(safewasm_instance_table, name));
  }
  [[nodiscard]] Global global(std::string_view name) const {
    return Global(look_up<safewasm_global_t>(safewasm_instance_global, name));
  }
  [[nodiscard]] Tag tag(std::string_view name) const {
    return Tag(look_up<safewasm_tag_t>(safewasm_instance_tag, name));
  }
  [[nodiscard]] SharedMemory shared_memory(std::string_view name) const {
    return detail::as<SharedMemory>(get(name), name);
  }

  /// Runs a command, whose module exports `_start`, and returns its exit status. It can run once. Throws the
  /// traps and exceptions of wasm and of host functions.
  ///
  /// Errors: `not_found` if there is no `_start`; `limit` if the program reached a limit of its WASI.
  std::uint32_t run() const { return detail::get<std::uint32_t>(safewasm_instance_run, raw()); }

  /// Initializes a reactor: calls its function `_initialize` the first time, if it exports one.
  ///
  /// Errors: as for `run`; `exit` if the program exited.
  void initialize() const { detail::check(safewasm_instance_initialize(raw())); }

  /// All exports, in the order of `Module::exports`, which has their names.
  [[nodiscard]] std::vector<Extern> exports() const {
    std::vector<Extern> exports;
    const auto len = detail::get<std::size_t>(safewasm_instance_exports_len, raw());
    for (std::size_t i = 0; i < len; i++) {
      exports.push_back(detail::adopt(detail::get<safewasm_extern_t>(safewasm_instance_export_at, raw(), i)));
    }
    return exports;
  }

  /// The module that the instance was made from.
  [[nodiscard]] Module module() const {
    return Module(detail::get<safewasm_module_t*>(safewasm_instance_module, raw()));
  }

 private:
  template <class Raw, class LookUp>
  [[nodiscard]] Raw* look_up(LookUp* function, std::string_view name) const {
    return detail::get<Raw*>(function, raw(), detail::data(name), name.size());
  }

  [[nodiscard]] static safewasm_instance_t* make(StoreRef store, const Module& module,
                                                 Span<const Import> imports) {
    std::vector<safewasm_extern_t> raw_imports;
    raw_imports.reserve(imports.size());
    for (const Import& import : imports) raw_imports.push_back(import.raw());
    return detail::get<safewasm_instance_t*>(safewasm_instance_new, store.raw(), module.raw(),
                                             raw_imports.data(), raw_imports.size());
  }
};

/// A module whose imports a linker has settled, for many instances. Copies share one handle and are cheap;
/// may be used from any threads at once.
class InstancePre : public SharedHandle<safewasm_instancepre_t, safewasm_instancepre_delete,
                                        safewasm_instancepre_is_valid> {
 public:
  using SharedHandle::SharedHandle;

  /// An instance in `store`. Runs the module's start function, whose traps and exceptions it throws.
  ///
  /// Errors: `wrong_store`, `wrong_engine`, `limit`.
  [[nodiscard]] Instance instantiate(StoreRef store) const {
    return Instance(detail::get<safewasm_instance_t*>(safewasm_instancepre_instantiate, raw(), store.raw()));
  }
};

/// A definition in a linker.
struct Definition {
  /// The name of the module, and the name in it.
  std::string module;
  std::string name;
  /// The type.
  ExternType type;
};

/// Definitions of imports by name. A linker may be used from any threads at once. A linker that holds an item
/// of a store works with that store only.
///
/// Errors of each function that defines: `invalid_argument` for a name that is defined already;
/// `wrong_store`, `wrong_engine`, `limit`.
class Linker : public UniqueHandle<safewasm_linker_t, safewasm_linker_delete, safewasm_linker_is_valid> {
 public:
  /// A linker of `engine`.
  explicit Linker(const Engine& engine)
      : UniqueHandle(detail::get<safewasm_linker_t*>(safewasm_linker_new, engine.raw())), engine_(engine) {}

  /// Sets whether a name may be defined anew, in the place of its earlier definition.
  void allow_shadowing(bool allowed = true) const {
    detail::check(safewasm_linker_allow_shadowing(raw(), allowed));
  }

  /// Defines a host function as the import `name` of `module`. It belongs to no store, and may be called from
  /// several threads at once, in several stores. Everything else is as with `Func::wrap`.
  template <class Signature = void, class F>
  void define(std::string_view module, std::string_view name, F&& function) const;

  /// Defines a host function of type `type`, as the constructor of `Func` makes one.
  template <class F>
  void define(std::string_view module, std::string_view name, const FuncType& type, F&& function) const;

  /// Defines the functions of WASI preview 1. Each store in which they are called needs `Store::set_wasi`.
  void define_wasi() const { detail::check(safewasm_linker_define_wasi(raw())); }

  /// Defines an item of `store` as the import `name` of `module`.
  void define(StoreRef store, std::string_view module, std::string_view name, const Import& item) const {
    detail::check(safewasm_linker_define(raw(), store.raw(), detail::data(module), module.size(),
                                         detail::data(name), name.size(), &item.raw()));
  }

  /// Defines the exports of `instance` as imports of `module`.
  void define_instance(std::string_view module, const Instance& instance) const {
    detail::check(
        safewasm_linker_define_instance(raw(), detail::data(module), module.size(), instance.raw()));
  }

  /// Defines the exports of `exporter` as imports of `module`. If `exporter` is a command (it exports
  /// `_start`), each call of its functions makes a new instance; otherwise it is instantiated in `store` now.
  ///
  /// Errors: `link`, `invalid_module`, `unsupported`; traps and exceptions of the module's functions.
  void define_module(StoreRef store, std::string_view module, const Module& exporter) const {
    detail::check(safewasm_linker_define_module(raw(), store.raw(), detail::data(module), module.size(),
                                                exporter.raw()));
  }

  /// Defines each function that `module` imports and that isn't defined as one that traps.
  void define_unknown_imports_as_traps(const Module& module) const {
    detail::check(safewasm_linker_define_unknown_imports_as_traps(raw(), module.raw()));
  }

  /// Defines each import of `module` that isn't defined: functions that return zeros and null references,
  /// anything else as a new item of its type in `store`. Errors: `link` for a type without such a value.
  void define_unknown_imports_as_default_values(StoreRef store, const Module& module) const {
    detail::check(safewasm_linker_define_unknown_imports_as_default_values(raw(), store.raw(), module.raw()));
  }

  /// An instance of `module`, with the imports that are defined. Runs the module's start function, whose
  /// traps and exceptions it throws.
  ///
  /// Errors: `link`, naming the imports that are missing or the one of another type, and near names;
  /// `wrong_store`, `wrong_engine`, `limit`.
  [[nodiscard]] Instance instantiate(StoreRef store, const Module& module) const {
    return Instance(
        detail::get<safewasm_instance_t*>(safewasm_linker_instantiate, raw(), store.raw(), module.raw()));
  }

  /// Looks up the imports of `module` once for many instances. Errors: as for `instantiate`.
  [[nodiscard]] InstancePre instantiate_pre(const Module& module) const {
    return InstancePre(
        detail::get<safewasm_instancepre_t*>(safewasm_linker_instantiate_pre, raw(), module.raw()));
  }

  /// The definition of `name` in `module`, as an item of `store`. Errors: `not_found`, with near names.
  [[nodiscard]] Extern get(StoreRef store, std::string_view module, std::string_view name) const {
    return detail::adopt(detail::get<safewasm_extern_t>(safewasm_linker_get, raw(), store.raw(),
                                                        detail::data(module), module.size(),
                                                        detail::data(name), name.size()));
  }

  /// All definitions, in the order in which they were made.
  [[nodiscard]] std::vector<Definition> definitions() const {
    std::vector<Definition> definitions;
    const auto len = detail::get<std::size_t>(safewasm_linker_len, raw());
    for (std::size_t i = 0; i < len; i++) {
      safewasm_text_t module, name;
      const auto type = ExternType(
          detail::get<safewasm_externtype_t*>(safewasm_linker_definition, raw(), i, &module, &name));
      definitions.push_back({detail::string(module), detail::string(name), type});
    }
    return definitions;
  }

 private:
  Engine engine_;
};

template <class Signature, class F>
void Linker::define(std::string_view module, std::string_view name, F&& function) const {
  using Function = std::decay_t<F>;
  using Type = typename detail::SignatureOf<Signature, Function>::type;
  using Host = detail::Host<Function, Type>;
  const FuncType type = FuncType::of<Type>(engine_);
  void* const env = detail::new_host(std::forward<F>(function));
  if constexpr (detail::FuncTraits<Type>::are_numbers) {
    detail::check(safewasm_linker_define_func_slots(raw(), detail::data(module), module.size(),
                                                    detail::data(name), name.size(), type.raw(),
                                                    Host::call_slots, env, detail::free_host<Function>));
  } else {
    detail::check(safewasm_linker_define_func(raw(), detail::data(module), module.size(), detail::data(name),
                                              name.size(), type.raw(), Host::call_values, env,
                                              detail::free_host<Function>));
  }
}

template <class F>
void Linker::define(std::string_view module, std::string_view name, const FuncType& type,
                    F&& function) const {
  using Function = std::decay_t<F>;
  detail::check(
      safewasm_linker_define_func(raw(), detail::data(module), module.size(), detail::data(name), name.size(),
                                  type.raw(), detail::DynamicHost<Function>::call_values,
                                  detail::new_host(std::forward<F>(function)), detail::free_host<Function>));
}

inline Extern Caller::get(std::string_view name) const {
  return detail::adopt(
      detail::get<safewasm_extern_t>(safewasm_caller_export, raw_, detail::data(name), name.size()));
}

template <class Signature>
TypedFunc<Signature> Caller::func(std::string_view name) const {
  return {detail::as<Func>(get(name), name), "the function \"" + std::string(name) + "\""};
}

}  // namespace safewasm

#endif
