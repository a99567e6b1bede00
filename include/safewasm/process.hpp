/* Processes: commands that run on threads of the library. */
#ifndef SAFEWASM_PROCESS_HPP
#define SAFEWASM_PROCESS_HPP

#include <safewasm/instance.hpp>

#include <optional>

namespace safewasm {

/// A process: a module with a function `_start` that runs on a thread of the library, or has ended. If it
/// still runs when it is destroyed, it is killed. May be used from any threads at once.
class Process
    : public UniqueHandle<safewasm_process_t, safewasm_process_delete, safewasm_process_is_valid> {
 public:
  using UniqueHandle::UniqueHandle;

  /// Starts a process: instantiates `module` in `store` with the definitions of `linker`, and calls `_start`,
  /// on a thread of the library. The store is consumed, even if this fails: its objects are invalid afterwards.
  ///
  /// Errors: `not_found` if the module has no `_start`; `link`, naming the imports that are missing or the one
  /// of another type; `invalid_module`, `wrong_store`, `wrong_engine`, `limit`.
  Process(const Linker& linker, const Module& module, Store store)
      : UniqueHandle(start(linker, module, std::move(store), nullptr, nullptr, nullptr)) {}

  /// As above. The library calls `notify` without arguments once, on the thread of the process, when that has
  /// ended. It must return soon and can't throw. It isn't called if this constructor throws.
  template <class F>
  Process(const Linker& linker, const Module& module, Store store, F&& notify)
      : UniqueHandle(start(
            linker, module, std::move(store), [](void* env) { (*static_cast<std::decay_t<F>*>(env))(); },
            new std::decay_t<F>(std::forward<F>(notify)),
            [](void* env) { delete static_cast<std::decay_t<F>*>(env); })) {
    static_assert(std::is_nothrow_destructible_v<std::decay_t<F>>,
                  "an object that the library frees can't throw then");
  }

  /// Waits for the end, and returns the exit status, which is 0 if `_start` returned. Throws the error that
  /// ended the process: a `Trap`, a `WasmException`, the exception of a host function, another `Error`.
  ///
  /// Errors: `unsupported` in a host function of the process, and in a forked child.
  std::uint32_t wait() const {
    (void)detail::get<bool>(safewasm_process_wait, raw(), UINT64_MAX);
    return status().value();
  }

  /// Waits for the end, but no longer than that. Returns whether the process has ended. Errors: as for `wait`.
  template <class Rep, class Period>
  [[nodiscard]] bool wait_for(std::chrono::duration<Rep, Period> duration) const {
    return detail::get<bool>(safewasm_process_wait, raw(), detail::nanoseconds(duration));
  }

  /// The exit status, or nothing if the process runs. Throws the error that ended the process, as `wait` does.
  [[nodiscard]] std::optional<std::uint32_t> status() const {
    bool has_ended = false;
    const auto status = detail::get<std::uint32_t>(safewasm_process_status, raw(), &has_ended);
    return has_ended ? std::optional(status) : std::nullopt;
  }

  /// Ends the process with the trap `TrapCode::interrupt`, also while it waits in a WASI function. Does nothing
  /// if it has ended. Waits for nothing.
  ///
  /// Errors: `unsupported` without `Config::epoch_interruption`, and in a forked child.
  void kill() const { detail::check(safewasm_process_kill(raw())); }

 private:
  [[nodiscard]] static safewasm_process_t* start(const Linker& linker, const Module& module, Store store,
                                                 safewasm_notify_t notify, void* env,
                                                 safewasm_finalizer_t finalizer) {
    return detail::get<safewasm_process_t*>(safewasm_process_new, linker.raw(), module.raw(), store.release(),
                                            notify, env, finalizer);
  }
};

}  // namespace safewasm

#endif
