/* Engines and modules: compiled code, and the settings of the compiler. */
#ifndef SAFEWASM_ENGINE_HPP
#define SAFEWASM_ENGINE_HPP

#include <safewasm/types.hpp>

namespace safewasm {

/// How hard the compiler tries.
enum class OptLevel : std::uint32_t {
  none = SAFEWASM_OPT_LEVEL_NONE,
  speed = SAFEWASM_OPT_LEVEL_SPEED,
  speed_and_size = SAFEWASM_OPT_LEVEL_SPEED_AND_SIZE,
};

/// A proposal to WebAssembly that can be turned on and off: `safewasm_feature_t` of the C header, which
/// describes each.
enum class Feature : std::uint32_t {
  multi_value = SAFEWASM_FEATURE_MULTI_VALUE,
  bulk_memory = SAFEWASM_FEATURE_BULK_MEMORY,
  reference_types = SAFEWASM_FEATURE_REFERENCE_TYPES,
  simd = SAFEWASM_FEATURE_SIMD,
  relaxed_simd = SAFEWASM_FEATURE_RELAXED_SIMD,
  threads = SAFEWASM_FEATURE_THREADS,
  tail_call = SAFEWASM_FEATURE_TAIL_CALL,
  multi_memory = SAFEWASM_FEATURE_MULTI_MEMORY,
  memory64 = SAFEWASM_FEATURE_MEMORY64,
  extended_const = SAFEWASM_FEATURE_EXTENDED_CONST,
  function_references = SAFEWASM_FEATURE_FUNCTION_REFERENCES,
  gc = SAFEWASM_FEATURE_GC,
  exceptions = SAFEWASM_FEATURE_EXCEPTIONS,
  custom_page_sizes = SAFEWASM_FEATURE_CUSTOM_PAGE_SIZES,
  wide_arithmetic = SAFEWASM_FEATURE_WIDE_ARITHMETIC,
  stack_switching = SAFEWASM_FEATURE_STACK_SWITCHING,
};

/// A setting that is a number: `safewasm_option_t` of the C header, which describes each, with its values and
/// its default.
enum class Option : std::uint32_t {
  deterministic = SAFEWASM_OPTION_DETERMINISTIC,
  nan_canonicalization = SAFEWASM_OPTION_NAN_CANONICALIZATION,
  relaxed_simd_deterministic = SAFEWASM_OPTION_RELAXED_SIMD_DETERMINISTIC,
  strategy = SAFEWASM_OPTION_STRATEGY,
  cpu_level = SAFEWASM_OPTION_CPU_LEVEL,
  inlining = SAFEWASM_OPTION_INLINING,
  single_pass_regalloc = SAFEWASM_OPTION_SINGLE_PASS_REGALLOC,
  parallel_compilation = SAFEWASM_OPTION_PARALLEL_COMPILATION,
  debug_verifier = SAFEWASM_OPTION_DEBUG_VERIFIER,
  branch_hinting = SAFEWASM_OPTION_BRANCH_HINTING,
  native_unwind_info = SAFEWASM_OPTION_NATIVE_UNWIND_INFO,
  debug_symbols = SAFEWASM_OPTION_DEBUG_SYMBOLS,
  address_map = SAFEWASM_OPTION_ADDRESS_MAP,
  backtrace_frames = SAFEWASM_OPTION_BACKTRACE_FRAMES,
  memory_reservation = SAFEWASM_OPTION_MEMORY_RESERVATION,
  memory_guard_size = SAFEWASM_OPTION_MEMORY_GUARD_SIZE,
  memory_reservation_for_growth = SAFEWASM_OPTION_MEMORY_RESERVATION_FOR_GROWTH,
  memory_may_move = SAFEWASM_OPTION_MEMORY_MAY_MOVE,
  guard_before_memory = SAFEWASM_OPTION_GUARD_BEFORE_MEMORY,
  memory_init_cow = SAFEWASM_OPTION_MEMORY_INIT_COW,
  memory_image_size = SAFEWASM_OPTION_MEMORY_IMAGE_SIZE,
  table_lazy_init = SAFEWASM_OPTION_TABLE_LAZY_INIT,
  collector = SAFEWASM_OPTION_COLLECTOR,
  gc_heap_initial_size = SAFEWASM_OPTION_GC_HEAP_INITIAL_SIZE,
  gc_heap_reservation = SAFEWASM_OPTION_GC_HEAP_RESERVATION,
  gc_heap_guard_size = SAFEWASM_OPTION_GC_HEAP_GUARD_SIZE,
  gc_heap_reservation_for_growth = SAFEWASM_OPTION_GC_HEAP_RESERVATION_FOR_GROWTH,
  gc_heap_may_move = SAFEWASM_OPTION_GC_HEAP_MAY_MOVE,
  coredump_size = SAFEWASM_OPTION_COREDUMP_SIZE,
  profiling_strategy = SAFEWASM_OPTION_PROFILING_STRATEGY,
};

/// A compiler, for `Config::strategy`: `safewasm_strategy_t` of the C header.
enum class Strategy : std::uint32_t {
  cranelift = SAFEWASM_STRATEGY_CRANELIFT,
  winch = SAFEWASM_STRATEGY_WINCH,
};

/// A garbage collector, for `Config::collector`: `safewasm_collector_t` of the C header.
enum class Collector : std::uint32_t {
  drc = SAFEWASM_COLLECTOR_DRC,
  null = SAFEWASM_COLLECTOR_NULL,
  copying = SAFEWASM_COLLECTOR_COPYING,
};

/// How Linux's profiler `perf` is told of compiled functions, for `Config::profiling_strategy`:
/// `safewasm_profiling_t` of the C header.
enum class Profiling : std::uint32_t {
  none = SAFEWASM_PROFILING_NONE,
  perf_map = SAFEWASM_PROFILING_PERF_MAP,
  jit_dump = SAFEWASM_PROFILING_JIT_DUMP,
};

/// The configuration of an engine, which `Engine` consumes.
///
/// Each setter returns the config: `Engine engine(Config().consume_fuel().max_wasm_stack(1 << 20))`. The C
/// header describes each setting in full, at `safewasm_config_set_` and the setter's name.
class Config : public UniqueHandle<safewasm_config_t, safewasm_config_delete, safewasm_config_is_valid> {
 public:
  using UniqueHandle::UniqueHandle;

  /// A config with the default settings.
  Config() : UniqueHandle(detail::get<safewasm_config_t*>(safewasm_config_new)) {}

  /// The compiler's effort; `OptLevel::speed` is the default.
  Config& opt_level(OptLevel level) & {
    return set(safewasm_config_set_opt_level, static_cast<std::uint32_t>(level));
  }
  Config&& opt_level(OptLevel level) && { return std::move(opt_level(level)); }

  /// Native debug info in compiled code, for debuggers. Off by default.
  Config& debug_info(bool enabled = true) & { return set(safewasm_config_set_debug_info, enabled); }
  Config&& debug_info(bool enabled = true) && { return std::move(debug_info(enabled)); }

  /// Files and lines in `Frame`. Off by default.
  Config& backtrace_lines(bool enabled = true) & { return set(safewasm_config_set_backtrace_lines, enabled); }
  Config&& backtrace_lines(bool enabled = true) && { return std::move(backtrace_lines(enabled)); }

  /// Traps by signals. On by default.
  Config& signals_based_traps(bool enabled) & {
    return set(safewasm_config_set_signals_based_traps, enabled);
  }
  Config&& signals_based_traps(bool enabled) && { return std::move(signals_based_traps(enabled)); }

  /// Turns a proposal on or off.
  Config& feature(Feature proposal, bool enabled = true) & {
    return set(safewasm_config_set_feature, static_cast<std::uint32_t>(proposal), enabled);
  }
  Config&& feature(Feature proposal, bool enabled = true) && { return std::move(feature(proposal, enabled)); }

  /// Sets an option to a number; a switch is 0 or 1. Errors: `invalid_argument` for a value that it doesn't
  /// take.
  Config& option(Option which, std::uint64_t value) & {
    return set(safewasm_config_set_option, static_cast<std::uint32_t>(which), value);
  }
  Config&& option(Option which, std::uint64_t value) && { return std::move(option(which, value)); }

  /// The same results each time and on each machine. Off by default.
  Config& deterministic(bool enabled = true) & { return option(Option::deterministic, enabled ? 1 : 0); }
  Config&& deterministic(bool enabled = true) && { return std::move(deterministic(enabled)); }

  /// The compiler; `Strategy::cranelift` is the default.
  Config& strategy(Strategy compiler) & {
    return option(Option::strategy, static_cast<std::uint32_t>(compiler));
  }
  Config&& strategy(Strategy compiler) && { return std::move(strategy(compiler)); }

  /// The garbage collector; `Collector::drc` is the default.
  Config& collector(Collector which) & {
    return option(Option::collector, static_cast<std::uint32_t>(which));
  }
  Config&& collector(Collector which) && { return std::move(collector(which)); }

  /// How `perf` is told of compiled functions; `Profiling::none` is the default.
  Config& profiling_strategy(Profiling strategy) & {
    return option(Option::profiling_strategy, static_cast<std::uint32_t>(strategy));
  }
  Config&& profiling_strategy(Profiling strategy) && { return std::move(profiling_strategy(strategy)); }

  /// The fuel that an operator consumes, from 0 to 255: `operator_cost("i32.div_s", 20)`.
  Config& operator_cost(std::string_view name, std::uint32_t cost) & {
    return set(safewasm_config_set_operator_cost, detail::data(name), name.size(), cost);
  }
  Config&& operator_cost(std::string_view name, std::uint32_t cost) && {
    return std::move(operator_cost(name, cost));
  }

  /// Shared memories. Off by default.
  Config& shared_memory(bool enabled = true) & { return set(safewasm_config_set_shared_memory, enabled); }
  Config&& shared_memory(bool enabled = true) && { return std::move(shared_memory(enabled)); }

  /// The stack that a call of wasm may use, in bytes.
  Config& max_wasm_stack(std::size_t bytes) & { return set(safewasm_config_set_max_wasm_stack, bytes); }
  Config&& max_wasm_stack(std::size_t bytes) && { return std::move(max_wasm_stack(bytes)); }

  /// The largest size of a module, in bytes.
  Config& max_module_size(std::size_t bytes) & { return set(safewasm_config_set_max_module_size, bytes); }
  Config&& max_module_size(std::size_t bytes) && { return std::move(max_module_size(bytes)); }

  /// The largest number of functions that a module may define.
  Config& max_module_functions(std::size_t count) & {
    return set(safewasm_config_set_max_module_functions, count);
  }
  Config&& max_module_functions(std::size_t count) && { return std::move(max_module_functions(count)); }

  /// A cache of compiled modules: a folder of the user's own, which processes may share, and the largest size of
  /// its contents. An empty `folder` is the user's folder for caches. Off by default.
  Config& cache(std::string_view folder, std::uint64_t max_size) & {
    return set(safewasm_config_set_cache, folder.empty() ? nullptr : folder.data(), folder.size(), max_size);
  }
  Config&& cache(std::string_view folder, std::uint64_t max_size) && {
    return std::move(cache(folder, max_size));
  }

  /// Fuel; see `Store::set_fuel`. Off by default.
  Config& consume_fuel(bool enabled = true) & { return set(safewasm_config_set_consume_fuel, enabled); }
  Config&& consume_fuel(bool enabled = true) && { return std::move(consume_fuel(enabled)); }

  /// Interrupts, time limits and epochs, which end calls. Off by default.
  Config& epoch_interruption(bool enabled = true) & {
    return set(safewasm_config_set_epoch_interruption, enabled);
  }
  Config&& epoch_interruption(bool enabled = true) && { return std::move(epoch_interruption(enabled)); }

  /// Safe settings for modules that nobody trusts; see `Store::set_sandbox`.
  Config& sandbox(const safewasm_sandbox_t& limits = {}) & { return set(safewasm_config_set_sandbox, &limits); }
  Config&& sandbox(const safewasm_sandbox_t& limits = {}) && { return std::move(sandbox(limits)); }

  /// A pool of memories and tables. Off by default.
  Config& pooling(const safewasm_pooling_t& sizes = {}) & { return set(safewasm_config_set_pooling, &sizes); }
  Config&& pooling(const safewasm_pooling_t& sizes = {}) && { return std::move(pooling(sizes)); }

  /// Hooks of a language runtime. They are copied; their `env` must outlive the engine.
  Config& hooks(const safewasm_hooks_t& runtime) & { return set(safewasm_config_set_hooks, &runtime); }
  Config&& hooks(const safewasm_hooks_t& runtime) && { return std::move(hooks(runtime)); }

 private:
  template <class Set, class... Values>
  Config& set(Set* function, Values... values) {
    detail::check(function(raw(), values...));
    return *this;
  }
};

/// How often the cache of an engine had a module, didn't have it, and couldn't be read or written.
struct CacheCounts {
  std::uint64_t hits;
  std::uint64_t misses;
  std::uint64_t failures;
};

/// An engine, which compiles modules. Copies share one handle and are cheap; may be used from any threads at
/// once. It may be destroyed before its stores and modules.
class Engine : public SharedHandle<safewasm_engine_t, safewasm_engine_delete, safewasm_engine_is_valid> {
 public:
  using SharedHandle::SharedHandle;

  /// An engine with the default settings.
  Engine() : SharedHandle(detail::get<safewasm_engine_t*>(safewasm_engine_new, nullptr)) {}

  /// An engine with the settings of `config`, which is consumed, also if this fails.
  ///
  /// Errors: `unsupported` for settings that contradict each other, or that the machine can't do.
  explicit Engine(Config config) : SharedHandle(make(std::move(config))) {}

  /// Counts the engine's epoch on by one, and returns it; see `Store::set_epoch_deadline`.
  std::uint64_t increment_epoch() const {
    return detail::get<std::uint64_t>(safewasm_engine_increment_epoch, raw());
  }

  /// The use of the cache since the engine was made. Errors: `unsupported` without `Config::cache`.
  [[nodiscard]] CacheCounts cache_counts() const {
    CacheCounts counts{};
    detail::check(safewasm_engine_cache_counts(raw(), &counts.hits, &counts.misses, &counts.failures));
    return counts;
  }

 private:
  [[nodiscard]] static safewasm_engine_t* make(Config config) {
    // The C function takes NULL for the default settings.
    if (config.raw() == nullptr) throw Error(ErrorKind::null_pointer, "`config` is empty: it was moved from");
    return detail::get<safewasm_engine_t*>(safewasm_engine_new, config.release());
  }
};

/// Bytes of the library. They live as long as this object.
class Bytes : public UniqueHandle<safewasm_bytes_t, safewasm_bytes_delete, safewasm_bytes_is_valid> {
 public:
  using UniqueHandle::UniqueHandle;

  /// The bytes.
  [[nodiscard]] Span<const std::uint8_t> span() const {
    const std::uint8_t* data = nullptr;
    std::size_t len = 0;
    detail::check(safewasm_bytes_data(raw(), &data, &len));
    return {data, len};
  }

  /// The first byte, and the number of bytes.
  [[nodiscard]] const std::uint8_t* data() const { return span().data(); }
  [[nodiscard]] std::size_t size() const { return span().size(); }
};

/// Turns WebAssembly text into bytes, without validating the module. Errors: `invalid_text`, whose message
/// has line and column. May be called from any thread.
[[nodiscard]] inline Bytes wat2wasm(std::string_view text) {
  return Bytes(detail::get<safewasm_bytes_t*>(safewasm_wat2wasm, detail::data(text), text.size()));
}

/// The kind of bytes that `detect` finds: `safewasm_content_t` of the C header, which describes each.
enum class Content : std::uint32_t {
  unknown = SAFEWASM_CONTENT_UNKNOWN,
  module = SAFEWASM_CONTENT_MODULE,
  text = SAFEWASM_CONTENT_TEXT,
  component = SAFEWASM_CONTENT_COMPONENT,
  artifact = SAFEWASM_CONTENT_ARTIFACT,
  component_artifact = SAFEWASM_CONTENT_COMPONENT_ARTIFACT,
};

/// Finds out what bytes are, by their beginning and their end. They may still be invalid. May be called from any
/// thread.
[[nodiscard]] inline Content detect(Span<const std::uint8_t> bytes) {
  return static_cast<Content>(
      detail::get<std::uint32_t>(safewasm_detect, detail::data(bytes), bytes.size()));
}

/// An import of a module.
struct ImportType {
  /// The name of the module that exports it, and its name there.
  std::string module;
  std::string name;
  /// The type that the import must have.
  ExternType type;
};

/// An export of a module.
struct ExportType {
  /// The name that `Instance::get` takes.
  std::string name;
  /// The type, as the module declares it.
  ExternType type;
};

/// A custom section of a module.
struct CustomSection {
  /// The name, which several sections of a module may have.
  std::string name;
  /// The bytes.
  std::vector<std::uint8_t> data;
};

/// A compiled module, not yet running. Copies share one handle and are cheap; may be used from any threads at
/// once. It may be destroyed before its instances.
class Module : public SharedHandle<safewasm_module_t, safewasm_module_delete, safewasm_module_is_valid> {
 public:
  using SharedHandle::SharedHandle;

  /// Compiles the binary format. Errors: `invalid_module`, `compiler`, `limit`.
  [[nodiscard]] static Module from_bytes(const Engine& engine, Span<const std::uint8_t> bytes) {
    return Module(detail::get<safewasm_module_t*>(safewasm_module_new, engine.raw(), detail::data(bytes),
                                                  bytes.size()));
  }

  /// As `from_bytes`, and calls `progress(done, total)` with numbers of functions: about ten times a second, and
  /// once all are compiled. An exception that it throws gives the module up, and is thrown from here. The
  /// library compiles on threads of its own, and calls it on this one.
  template <class F>
  [[nodiscard]] static Module from_bytes_with_progress(const Engine& engine, Span<const std::uint8_t> bytes,
                                                       F&& progress) {
    const safewasm_progress_t call = [](void* env, std::size_t done, std::size_t total) {
      return detail::guarded([&] { (*static_cast<std::remove_reference_t<F>*>(env))(done, total); });
    };
    void* env = const_cast<void*>(static_cast<const void*>(std::addressof(progress)));
    return Module(detail::get<safewasm_module_t*>(safewasm_module_new_with_progress, engine.raw(),
                                                  detail::data(bytes), bytes.size(), call, env));
  }

  /// Compiles the text format. Errors: `invalid_text`, whose message has line and column; `invalid_module`,
  /// `compiler`, `limit`.
  [[nodiscard]] static Module from_text(const Engine& engine, std::string_view text) {
    return Module(detail::get<safewasm_module_t*>(safewasm_module_new_text, engine.raw(), detail::data(text),
                                                  text.size()));
  }

  /// Compiles a file in the binary or the text format. Errors: `io`; the errors of `from_bytes` and
  /// `from_text`.
  [[nodiscard]] static Module from_file(const Engine& engine, std::string_view path) {
    return Module(detail::get<safewasm_module_t*>(safewasm_module_new_file, engine.raw(), detail::data(path),
                                                  path.size()));
  }

  /// Throws an error of kind `invalid_module` unless `bytes` are a valid module; compiles nothing.
  static void validate(const Engine& engine, Span<const std::uint8_t> bytes) {
    detail::check(safewasm_module_validate(engine.raw(), detail::data(bytes), bytes.size()));
  }

  /// Compiles the binary format to an artifact, without loading its code. Errors: those of `from_bytes`.
  [[nodiscard]] static Bytes precompile(const Engine& engine, Span<const std::uint8_t> wasm) {
    return Bytes(detail::get<safewasm_bytes_t*>(safewasm_module_precompile, engine.raw(), detail::data(wasm),
                                                wasm.size()));
  }

  /// Loads an artifact of `serialize` or `precompile`. Unsafe: an artifact is code that runs outside of any
  /// sandbox, so it must come from somebody whom the program trusts.
  ///
  /// Errors: `invalid_artifact`; `incompatible`, whose message has the difference; `limit`.
  [[nodiscard]] static Module deserialize(const Engine& engine, Span<const std::uint8_t> artifact) {
    return Module(detail::get<safewasm_module_t*>(safewasm_module_deserialize, engine.raw(),
                                                  detail::data(artifact), artifact.size()));
  }

  /// Loads the artifact in a file, which is mapped: it must not be changed or cut while the module or an
  /// instance of it exists. Unsafe, as `deserialize` is. Errors: `io`; the errors of `deserialize`.
  [[nodiscard]] static Module deserialize_file(const Engine& engine, std::string_view path) {
    return Module(detail::get<safewasm_module_t*>(safewasm_module_deserialize_file, engine.raw(),
                                                  detail::data(path), path.size()));
  }

  /// The module's artifact: its compiled code, as bytes that `deserialize` loads.
  [[nodiscard]] Bytes serialize() const {
    return Bytes(detail::get<safewasm_bytes_t*>(safewasm_module_serialize, raw()));
  }

  /// The module in the binary format. The bytes live as long as the module.
  [[nodiscard]] Span<const std::uint8_t> wasm() const {
    const std::uint8_t* data = nullptr;
    std::size_t len = 0;
    detail::check(safewasm_module_wasm(raw(), &data, &len));
    return {data, len};
  }

  /// The module in the binary format that an artifact has, whether its code fits or not. The bytes lie in
  /// `artifact`. Errors: `invalid_artifact`, `incompatible`.
  [[nodiscard]] static Span<const std::uint8_t> wasm_of(Span<const std::uint8_t> artifact) {
    const std::uint8_t* data = nullptr;
    std::size_t len = 0;
    detail::check(safewasm_artifact_wasm(detail::data(artifact), artifact.size(), &data, &len));
    return {data, len};
  }

  /// The imports, in the module's order.
  [[nodiscard]] std::vector<ImportType> imports() const {
    std::vector<ImportType> imports;
    const auto len = detail::get<std::size_t>(safewasm_module_imports_len, raw());
    for (std::size_t i = 0; i < len; i++) {
      safewasm_text_t module, name;
      const auto type =
          ExternType(detail::get<safewasm_externtype_t*>(safewasm_module_import, raw(), i, &module, &name));
      imports.push_back({detail::string(module), detail::string(name), type});
    }
    return imports;
  }

  /// The exports, in the module's order.
  [[nodiscard]] std::vector<ExportType> exports() const {
    std::vector<ExportType> exports;
    const auto len = detail::get<std::size_t>(safewasm_module_exports_len, raw());
    for (std::size_t i = 0; i < len; i++) {
      safewasm_text_t name;
      const auto type =
          ExternType(detail::get<safewasm_externtype_t*>(safewasm_module_export, raw(), i, &name));
      exports.push_back({detail::string(name), type});
    }
    return exports;
  }

  /// The module's name from its name section, if it has one.
  [[nodiscard]] std::optional<std::string> name() const {
    const auto name = detail::get<safewasm_text_t>(safewasm_module_name, raw());
    return name.data != nullptr ? std::optional(detail::string(name)) : std::nullopt;
  }

  /// The custom sections, in the module's order. Several may have one name.
  [[nodiscard]] std::vector<CustomSection> custom_sections() const {
    std::vector<CustomSection> sections;
    const auto len = detail::get<std::size_t>(safewasm_module_custom_sections_len, raw());
    for (std::size_t i = 0; i < len; i++) {
      safewasm_text_t name;
      const std::uint8_t* data = nullptr;
      const auto size = detail::get<std::size_t>(safewasm_module_custom_section, raw(), i, &name, &data);
      sections.push_back({detail::string(name), {data, data + size}});
    }
    return sections;
  }

  /// The memories and tables that an instance needs at its start.
  [[nodiscard]] safewasm_resources_t resources() const {
    return detail::get<safewasm_resources_t>(safewasm_module_resources, raw());
  }
};

inline FuncType::FuncType(const Engine& engine, Span<const ValType> params, Span<const ValType> results)
    : SharedHandle(nullptr) {
  std::vector<safewasm_valtype_t> types;
  types.reserve(params.size() + results.size());
  for (const ValType type : params) types.push_back(type.raw());
  for (const ValType type : results) types.push_back(type.raw());
  *this = FuncType(detail::get<safewasm_functype_t*>(safewasm_functype_new, engine.raw(), types.data(),
                                                     params.size(), types.data() + params.size(),
                                                     results.size()));
}

inline FuncType::FuncType(const Engine& engine, std::string_view text)
    : SharedHandle(detail::get<safewasm_functype_t*>(safewasm_functype_new_text, engine.raw(),
                                                     detail::data(text), text.size())) {}

inline HeapType::HeapType(const Engine& engine, std::string_view text)
    : SharedHandle(detail::get<safewasm_heaptype_t*>(safewasm_heaptype_new_text, engine.raw(),
                                                     detail::data(text), text.size())) {}

}  // namespace safewasm

#endif
