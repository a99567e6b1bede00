/* Host functions: C++ functions that wasm calls. */
#ifndef SAFEWASM_HOST_HPP
#define SAFEWASM_HOST_HPP

#include <safewasm/items.hpp>

namespace safewasm {

/// The caller of a host function: access to the instance that called. Valid on the thread of the host
/// function until that returns; an error afterwards.
class Caller {
 public:
  /// The caller that a C callback was given.
  explicit Caller(safewasm_caller_t* raw) noexcept : raw_(raw) {}
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  /// The store that the host function runs in, also where a function takes a `StoreRef`.
  [[nodiscard]] StoreRef store() const {
    return StoreRef(detail::get<safewasm_store_t*>(safewasm_caller_store, raw_));
  }
  operator StoreRef() const { return store(); }

  /// As `StoreRef::data_if` and `StoreRef::data`, for the store that the host function runs in.
  template <class T>
  [[nodiscard]] T* data_if() const {
    auto* const data = detail::get<void*>(safewasm_caller_data, raw_);
    return detail::carried<std::remove_const_t<T>>(static_cast<safewasm_error_t*>(data));
  }
  template <class T>
  [[nodiscard]] T& data() const {
    return detail::wanted(data_if<T>());
  }

  /// An export of the calling instance. Errors: `not_found`, also if no instance called.
  [[nodiscard]] Extern get(std::string_view name) const;

  /// An exported function of the calling instance, as `Instance::func` gives it.
  template <class Signature>
  [[nodiscard]] TypedFunc<Signature> func(std::string_view name) const;

  /// The memory that the calling instance exports as `name`, without a handle. It must not be used any more
  /// once a call in the store, or `Memory::grow`, may have made the memory larger.
  ///
  /// Errors: `not_found`, `type_mismatch`; `unsupported` for a shared memory.
  [[nodiscard]] MemorySpan memory(std::string_view name = "memory") const {
    std::uint8_t* data = nullptr;
    const auto len =
        detail::get<std::size_t>(safewasm_caller_memory, raw_, detail::data(name), name.size(), &data);
    return {data, len};
  }

  /// The handle for the C functions.
  [[nodiscard]] safewasm_caller_t* raw() const noexcept { return raw_; }

  /// Whether the host function runs, on this thread.
  [[nodiscard]] bool is_valid() const noexcept { return safewasm_caller_is_valid(raw_); }

 private:
  safewasm_caller_t* raw_;
};

namespace detail {

// The signature that something which can be called has, and whether it wants the caller.
template <class Call>
struct Deduced;
template <class R, class... A>
struct Deduced<R(A...)> {
  using type = R(std::decay_t<A>...);
};
template <class R, class... A>
struct Deduced<R(Caller&, A...)> : Deduced<R(A...)> {};
template <class R, class... A>
struct Deduced<R(const Caller&, A...)> : Deduced<R(A...)> {};
template <class R, class... A>
struct Deduced<R (*)(A...)> : Deduced<R(A...)> {};
template <class R, class... A>
struct Deduced<R (*)(A...) noexcept> : Deduced<R(A...)> {};
template <class C, class R, class... A>
struct Deduced<R (C::*)(A...)> : Deduced<R(A...)> {};
template <class C, class R, class... A>
struct Deduced<R (C::*)(A...) const> : Deduced<R(A...)> {};
template <class C, class R, class... A>
struct Deduced<R (C::*)(A...) noexcept> : Deduced<R(A...)> {};
template <class C, class R, class... A>
struct Deduced<R (C::*)(A...) const noexcept> : Deduced<R(A...)> {};

// The signature of an object with several, or with none.
struct Unclear {};
template <>
struct FuncTraits<Unclear> : FuncTraits<void()> {};

template <class F, class = void>
struct DeducedOf {
  using type = Unclear;
};
template <class F>
struct DeducedOf<F, std::void_t<decltype(&F::operator())>> : Deduced<decltype(&F::operator())> {};

template <class Signature, class F>
struct SignatureOf {
  using type = Signature;
};
template <class F>
struct SignatureOf<void, F> : DeducedOf<F> {};
template <class R, class... A>
struct SignatureOf<void, R (*)(A...)> : Deduced<R(A...)> {};
template <class R, class... A>
struct SignatureOf<void, R (*)(A...) noexcept> : Deduced<R(A...)> {};

// Hands results over to the library: all or none.
inline void release(Span<Val> values, safewasm_val_t* raw) {
  for (const Val& value : values) static_cast<void>(Arg(value));  // Throws if it is empty.
  for (Val& value : values) *raw++ = value.release();
}

// A C++ function behind the callbacks of the C functions.
template <class F, class Signature>
struct Host;

template <class F>
struct Host<F, Unclear> {
  static_assert(!std::is_object_v<F>,
                "the function takes `auto`, is overloaded or can't be called: give the type, as in "
                "`Func::wrap<double(double)>(store, f)`");
  static safewasm_error_t* call_slots(void*, safewasm_caller_t*, safewasm_slot_t*, std::size_t) noexcept;
};

template <class F, class R, class... A>
struct Host<F, R(A...)> {
  using Type = FuncTraits<R(A...)>;

  static safewasm_error_t* call_slots(void* env, safewasm_caller_t* caller, safewasm_slot_t* slots,
                                      std::size_t) noexcept {
    return guarded([&] { from_slots(env, caller, slots, std::index_sequence_for<A...>()); });
  }

  static safewasm_error_t* call_values(void* env, safewasm_caller_t* caller, const safewasm_val_t* args,
                                       std::size_t, safewasm_val_t* results, std::size_t) noexcept {
    return guarded([&] { from_values(env, caller, args, results, std::index_sequence_for<A...>()); });
  }

 private:
  static R call(void* env, safewasm_caller_t* raw, A... args) {
    F& function = *static_cast<F*>(env);
    if constexpr (std::is_invocable_r_v<R, F&, A...>) {
      return static_cast<R>(function(std::move(args)...));
    } else {
      static_assert(std::is_invocable_r_v<R, F&, Caller&, A...>,
                    "the function can't be called with the types of its signature by value");
      Caller caller(raw);
      return static_cast<R>(function(caller, std::move(args)...));
    }
  }

  template <std::size_t... I>
  static void from_slots(void* env, safewasm_caller_t* caller, [[maybe_unused]] safewasm_slot_t* slots,
                         std::index_sequence<I...>) {
    if constexpr (std::is_void_v<R>) {
      call(env, caller, take<A>(slots[I])...);
    } else {
      Results<R>::put(slots, call(env, caller, take<A>(slots[I])...));
    }
  }

  template <std::size_t... I>
  static void from_values(void* env, safewasm_caller_t* caller, [[maybe_unused]] const safewasm_val_t* args,
                          [[maybe_unused]] safewasm_val_t* results, std::index_sequence<I...>) {
    if constexpr (std::is_void_v<R>) {
      call(env, caller, Val::copy_of(args[I]).template get<A>()...);
    } else {
      auto values = Results<R>::values(call(env, caller, Val::copy_of(args[I]).template get<A>()...));
      release({values.data(), values.size()}, results);
    }
  }
};

// A C++ function that takes and gives any values.
template <class F>
struct DynamicHost {
  static safewasm_error_t* call_values(void* env, safewasm_caller_t* raw, const safewasm_val_t* raw_args,
                                       std::size_t args_len, safewasm_val_t* raw_results,
                                       std::size_t results_len) noexcept {
    return guarded([&] {
      Caller caller(raw);
      std::vector<Val> args;
      args.reserve(args_len);
      for (std::size_t i = 0; i < args_len; i++) args.push_back(Val::copy_of(raw_args[i]));
      std::vector<Val> results = (*static_cast<F*>(env))(caller, std::move(args));
      if (results.size() != results_len) {
        throw Error(ErrorKind::type_mismatch, "a host function gave " + std::to_string(results.size()) +
                                                  " results in place of " + std::to_string(results_len));
      }
      release(results, raw_results);
    });
  }
};

// Frees a C++ function. It may not throw then, as the library calls this.
template <class F>
void free_host(void* env) noexcept {
  static_assert(std::is_nothrow_destructible_v<F>, "a host function can't throw when it is destroyed");
  delete static_cast<F*>(env);
}

// A C++ function as an `env` for `free_host`. Every C function that takes it frees it, also on failure.
template <class F>
[[nodiscard]] void* new_host(F&& function) {
  return new std::decay_t<F>(std::forward<F>(function));
}

}  // namespace detail

template <class F>
Func::Func(StoreRef store, const FuncType& type, F&& function) : UniqueHandle(nullptr) {
  using Function = std::decay_t<F>;
  *this = Func(detail::get<safewasm_func_t*>(
      safewasm_func_new, store.raw(), type.raw(), detail::DynamicHost<Function>::call_values,
      detail::new_host(std::forward<F>(function)), detail::free_host<Function>));
}

template <class Signature, class F>
Func Func::wrap(StoreRef store, F&& function) {
  using Function = std::decay_t<F>;
  using Type = typename detail::SignatureOf<Signature, Function>::type;
  using Host = detail::Host<Function, Type>;
  const FuncType type = FuncType::of<Type>(store.engine());
  void* const env = detail::new_host(std::forward<F>(function));
  if constexpr (detail::FuncTraits<Type>::are_numbers) {
    return Func(detail::get<safewasm_func_t*>(safewasm_func_new_slots, store.raw(), type.raw(),
                                              Host::call_slots, env, detail::free_host<Function>));
  } else {
    return Func(detail::get<safewasm_func_t*>(safewasm_func_new, store.raw(), type.raw(), Host::call_values,
                                              env, detail::free_host<Function>));
  }
}

}  // namespace safewasm

#endif
