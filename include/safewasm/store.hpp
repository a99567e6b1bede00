/* Stores: the owners of all that runs, and time, interrupts and fuel, which end calls in them. */
#ifndef SAFEWASM_STORE_HPP
#define SAFEWASM_STORE_HPP

#include <safewasm/profile.hpp>
#include <safewasm/wasi.hpp>

#include <chrono>

namespace safewasm {

namespace detail {

// A duration as the C functions take it: 0 if it is negative, for ever if nanoseconds of 63 bits can't hold
// it.
template <class Rep, class Period>
[[nodiscard]] std::uint64_t nanoseconds(std::chrono::duration<Rep, Period> duration) noexcept {
  // `duration_cast` to an integer type may overflow.
  const long double count = std::chrono::duration<long double, std::nano>(duration).count();
  if (!(count > 0)) return 0;
  return count < 0x1p63L ? static_cast<std::uint64_t>(count) : UINT64_MAX;
}

// The data of a store, which must be of type `T`.
template <class T>
[[nodiscard]] T& wanted(T* data) {
  if (data != nullptr) return *data;
  throw Error(ErrorKind::type_mismatch, "the store has no data of the wanted type");
}

}  // namespace detail

/// A time limit of a store, which ends with this object. It may end on any thread.
class Timeout {
 public:
  /// Takes over the limit of `other`, which then stands for none.
  Timeout(Timeout&& other) noexcept : store_(std::exchange(other.store_, nullptr)), number_(other.number_) {}
  Timeout& operator=(Timeout&& other) noexcept {
    std::swap(store_, other.store_);
    std::swap(number_, other.number_);
    return *this;
  }
  Timeout(const Timeout&) = delete;
  Timeout& operator=(const Timeout&) = delete;

  /// Ends the limit. A store that was deleted has ended it already.
  ~Timeout() {
    if (store_ != nullptr) safewasm_error_delete(safewasm_store_end_timeout(store_, number_));
  }

 private:
  template <class Self>
  friend class StoreFunctions;
  Timeout(safewasm_store_t* store, std::uint64_t number) noexcept : store_(store), number_(number) {}

  safewasm_store_t* store_;
  std::uint64_t number_;
};

/// Ends the calls of a store from another thread. Copies are cheap, and any thread may use them. Once the
/// store is deleted, the use is an error of kind `invalid_handle`.
class Interrupter {
 public:
  /// Ends the call that runs with the trap `TrapCode::interrupt`; does nothing if none runs.
  ///
  /// Errors: `unsupported` without `Config::epoch_interruption`.
  void interrupt() const { detail::check(safewasm_store_interrupt(store_)); }

  /// Sets the time, from now on, after which calls end with the trap `TrapCode::interrupt`. It takes the
  /// place of an earlier one, and holds for later calls too. A duration of more than 292 years, such as
  /// `std::chrono::hours::max()`, means none.
  ///
  /// Errors: `unsupported` without `Config::epoch_interruption`; `limit`.
  template <class Rep, class Period>
  void set_deadline(std::chrono::duration<Rep, Period> duration) const {
    detail::check(safewasm_store_set_deadline(store_, detail::nanoseconds(duration)));
  }

 private:
  template <class Self>
  friend class StoreFunctions;
  explicit Interrupter(safewasm_store_t* store) noexcept : store_(store) {}

  safewasm_store_t* store_;
};

/// The functions of a store, which `Store` and `StoreRef` have.
///
/// Those that set limits return the store, so that they can be chained. All are described in the C header, at
/// `safewasm_store_` and the function's name.
template <class Self>
class StoreFunctions {
 public:
  /// The store's engine.
  [[nodiscard]] Engine engine() const {
    return Engine(detail::get<safewasm_engine_t*>(safewasm_store_engine, raw()));
  }

  /// Attaches an object of C++ to the store, in place of the object before. The store owns it, and destroys
  /// it once, on any thread: when another object takes its place, or with the store.
  template <class T>
  const Self& set_data(T&& object) const {
    safewasm_error_t* carrier = nullptr;
    detail::check(detail::carry(std::make_unique<std::decay_t<T>>(std::forward<T>(object)),
                                "the data of a store", &carrier));
    detail::check(safewasm_store_set_data(raw(), carrier, detail::delete_carrier));
    return self();
  }

  /// The object that `set_data` attached, or NULL if there is no object, one of another type, or one that C code attached.
  template <class T>
  [[nodiscard]] T* data_if() const {
    auto* const data = detail::get<void*>(safewasm_store_data, raw());
    return detail::carried<std::remove_const_t<T>>(static_cast<safewasm_error_t*>(data));
  }

  /// The object that `set_data` attached. Errors: `type_mismatch` if there is none of this type.
  template <class T>
  [[nodiscard]] T& data() const {
    return detail::wanted(data_if<T>());
  }

  /// Gives the programs for WASI that run in this store what the config says; it is consumed, also if this fails.
  /// Errors: `invalid_argument` if the store has WASI already.
  const Self& set_wasi(WasiConfig wasi) const {
    detail::check(safewasm_store_set_wasi(raw(), wasi.release()));
    return self();
  }

  /// Collects garbage: frees objects that neither wasm nor a handle can reach.
  void collect() const { detail::check(safewasm_store_collect(raw())); }

  /// An object that ends calls of this store from another thread.
  [[nodiscard]] Interrupter interrupter() const noexcept { return Interrupter(raw()); }

  /// Begins a time limit, which ends with the object that is returned: calls that still run that long after
  /// the first one has begun end with the trap `TrapCode::interrupt`.
  ///
  /// Errors: `unsupported` without `Config::epoch_interruption`; `limit`.
  template <class Rep, class Period>
  [[nodiscard]] Timeout timeout(std::chrono::duration<Rep, Period> duration) const {
    const std::uint32_t scope = SAFEWASM_TIMEOUT_ALL_TASKS;
    return Timeout(raw(), detail::get<std::uint64_t>(safewasm_store_begin_timeout, raw(),
                                                     detail::nanoseconds(duration), scope));
  }

  /// As `timeout`, for the calls of the task that begins it, as the engine's hooks tell tasks apart.
  template <class Rep, class Period>
  [[nodiscard]] Timeout task_timeout(std::chrono::duration<Rep, Period> duration) const {
    const std::uint32_t scope = SAFEWASM_TIMEOUT_ONE_TASK;
    return Timeout(raw(), detail::get<std::uint64_t>(safewasm_store_begin_timeout, raw(),
                                                     detail::nanoseconds(duration), scope));
  }

  /// As `Interrupter::set_deadline`.
  template <class Rep, class Period>
  const Self& set_deadline(std::chrono::duration<Rep, Period> duration) const {
    interrupter().set_deadline(duration);
    return self();
  }

  /// Calls end once the engine's epoch has been counted on `ticks` more times; `UINT64_MAX` means never.
  const Self& set_epoch_deadline(std::uint64_t ticks) const {
    return set(safewasm_store_set_epoch_deadline, ticks);
  }

  /// The fuel that wasm has: about one unit for each instruction. A new store has none.
  ///
  /// Errors: `unsupported` without `Config::consume_fuel`.
  const Self& set_fuel(std::uint64_t fuel) const { return set(safewasm_store_set_fuel, fuel); }

  /// Adds to the fuel that wasm has.
  const Self& add_fuel(std::uint64_t fuel) const { return set(safewasm_store_add_fuel, fuel); }

  /// The fuel that wasm has left.
  [[nodiscard]] std::uint64_t fuel() const { return detail::get<std::uint64_t>(safewasm_store_fuel, raw()); }

  /// The fuel that wasm has consumed since `set_fuel`.
  [[nodiscard]] std::uint64_t fuel_consumed() const {
    return detail::get<std::uint64_t>(safewasm_store_fuel_consumed, raw());
  }

  /// How many bytes all memories may have together.
  const Self& set_memory_limit(std::uint64_t bytes) const {
    return set(safewasm_store_set_memory_limit, bytes);
  }

  /// How many elements all tables may have together.
  const Self& set_table_limit(std::uint64_t elements) const {
    return set(safewasm_store_set_table_limit, elements);
  }

  /// How many instances may be made.
  const Self& set_instance_limit(std::uint64_t instances) const {
    return set(safewasm_store_set_instance_limit, instances);
  }

  /// Limits of time, fuel, memory, tables and instances at once, with safe defaults. They take the place of those
  /// that this function set before.
  ///
  /// Errors: `unsupported` without `Config::sandbox` or what it sets; `limit`.
  const Self& set_sandbox(const safewasm_sandbox_t& limits = {}) const {
    detail::check(safewasm_store_set_sandbox(raw(), &limits));
    return self();
  }

  /// Starts to record a profile: a sample of the functions that are being called after each interval, up to that
  /// many samples.
  ///
  /// Errors: `invalid_argument` for a number that is out of range, and if a profile is recorded already; `unsupported`
  /// without `Config::epoch_interruption`; `limit`.
  template <class Rep, class Period>
  void profile_start(std::chrono::duration<Rep, Period> interval, std::size_t max_samples = 0) const {
    detail::check(safewasm_store_profile_start(raw(), detail::nanoseconds(interval), max_samples));
  }

  /// As above, with a thousand samples a second.
  void profile_start() const { profile_start(std::chrono::milliseconds(1)); }

  /// Ends the profile. Errors: `not_found` if none is recorded; `limit`.
  [[nodiscard]] Profile profile_stop() const {
    return Profile(detail::get<safewasm_profile_t*>(safewasm_store_profile_stop, raw()));
  }

 private:
  friend Self;
  StoreFunctions() = default;

  const Self& self() const noexcept { return static_cast<const Self&>(*this); }
  safewasm_store_t* raw() const noexcept { return self().raw(); }

  const Self& set(safewasm_error_t* (*function)(safewasm_store_t*, std::uint64_t),
                  std::uint64_t value) const {
    detail::check(function(raw(), value));
    return self();
  }
};

/// A store: the instances, memories, globals, tables and functions of a running program. They become invalid
/// with it.
///
/// A store and what belongs to it may move between threads, one thread in it at a time; a second one gets an
/// error of kind `store_busy`.
class Store : public UniqueHandle<safewasm_store_t, safewasm_store_delete, safewasm_store_is_valid>,
              public StoreFunctions<Store> {
 public:
  using UniqueHandle::raw;
  using UniqueHandle::UniqueHandle;

  /// A store of `engine`.
  explicit Store(const Engine& engine)
      : UniqueHandle(detail::get<safewasm_store_t*>(safewasm_store_new, engine.raw())) {}
};

/// A reference to a store, as functions take it. `Store` and `Caller` convert to it, and copies are cheap. It
/// doesn't keep the store: the use of a reference to a deleted store is an error.
class StoreRef : public StoreFunctions<StoreRef> {
 public:
  /// A reference to `store`.
  StoreRef(const Store& store) noexcept : raw_(store.raw()) {}

  /// The store that the C functions know by this handle.
  explicit StoreRef(safewasm_store_t* raw) noexcept : raw_(raw) {}

  /// The handle for the C functions.
  [[nodiscard]] safewasm_store_t* raw() const noexcept { return raw_; }

  /// Whether the store still lives. May be called from any thread.
  [[nodiscard]] bool is_valid() const noexcept { return safewasm_store_is_valid(raw_); }

 private:
  safewasm_store_t* raw_;
};

}  // namespace safewasm

#endif
