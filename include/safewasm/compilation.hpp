/* Compilations: modules that threads of the library compile while the program does something else. */
#ifndef SAFEWASM_COMPILATION_HPP
#define SAFEWASM_COMPILATION_HPP

#include <safewasm/store.hpp>

namespace safewasm {

/// How many functions of a module were compiled, and how many it has.
struct Progress {
  std::size_t done = 0;
  std::size_t total = 0;
};

/// A module that threads of the library compile, or have compiled. If it isn't compiled yet when this is
/// destroyed, it is given up, unless the engine has a cache that wants it. May be used from any threads at once.
class Compilation : public UniqueHandle<safewasm_compilation_t, safewasm_compilation_delete,
                                        safewasm_compilation_is_valid> {
 public:
  using UniqueHandle::UniqueHandle;

  /// Starts to compile the binary format, of which the library makes a copy. Errors: `invalid_module` if the bytes
  /// don't begin as a module does; `limit`.
  Compilation(const Engine& engine, Span<const std::uint8_t> bytes)
      : UniqueHandle(start(engine, bytes, nullptr, nullptr, nullptr)) {}

  /// As above. The library calls `notify` without arguments once, on one of its threads, when the compilation
  /// has ended. It must return soon and can't throw. It isn't called if this constructor throws.
  template <class F>
  Compilation(const Engine& engine, Span<const std::uint8_t> bytes, F&& notify)
      : UniqueHandle(start(
            engine, bytes, [](void* env) { (*static_cast<std::decay_t<F>*>(env))(); },
            new std::decay_t<F>(std::forward<F>(notify)),
            [](void* env) { delete static_cast<std::decay_t<F>*>(env); })) {
    static_assert(std::is_nothrow_destructible_v<std::decay_t<F>>,
                  "an object that the library frees can't throw then");
  }

  /// Waits for the end, but no longer than that. Returns whether the compilation has ended.
  ///
  /// Errors: `unsupported` in a forked child.
  template <class Rep, class Period>
  [[nodiscard]] bool wait_for(std::chrono::duration<Rep, Period> duration) const {
    return detail::get<bool>(safewasm_compilation_wait, raw(), detail::nanoseconds(duration));
  }

  /// How far the compilation is. Errors: `unsupported` in a forked child.
  [[nodiscard]] Progress progress() const {
    Progress progress;
    progress.total = detail::get<std::size_t>(safewasm_compilation_progress, raw(), &progress.done);
    return progress;
  }

  /// Waits for the module. Errors: `invalid_module`, `compiler`, `limit`; `unsupported` in a forked child.
  [[nodiscard]] Module module() const {
    return Module(detail::get<safewasm_module_t*>(safewasm_compilation_module, raw()));
  }

 private:
  [[nodiscard]] static safewasm_compilation_t* start(const Engine& engine, Span<const std::uint8_t> bytes,
                                                     safewasm_notify_t notify, void* env,
                                                     safewasm_finalizer_t finalizer) {
    return detail::get<safewasm_compilation_t*>(safewasm_compilation_new, engine.raw(), detail::data(bytes),
                                                bytes.size(), notify, env, finalizer);
  }
};

}  // namespace safewasm

#endif
